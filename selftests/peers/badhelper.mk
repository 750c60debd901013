# SPDX-License-Identifier: GPL-2.0-only
# A helper that misbehaves: credsspd's own engine, spoiled on the way out.

include ../../userspace-helper/credsspd/engine.mk
BADHELPER_OBJ	:= $(credsspd_engine:%=$(O)/obj/helper/%.o)
PROGRAMS	+= $(O)/badhelper

$(O)/badhelper: $(O)/obj/badhelper.o $(BADHELPER_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgnutls -lseccomp

$(BADHELPER_OBJ) $(O)/obj/badhelper.o: CFLAGS += -I../../include/uapi -I$(credsspd_dir)

$(BADHELPER_OBJ): $(O)/obj/helper/%.o: $(credsspd_dir)/%.c
	mkdir -p $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<
