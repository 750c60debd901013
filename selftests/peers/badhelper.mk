# SPDX-License-Identifier: GPL-2.0-only
# A helper that misbehaves: credsspd's own engine, spoiled on the way out.

BADHELPER_SRC	:= ../../userspace-helper/credsspd
include $(BADHELPER_SRC)/engine.mk
BADHELPER_OBJ	:= $(credsspd_engine:%=$(O)/obj/helper-%.o)
PROGRAMS	+= $(O)/badhelper

$(O)/badhelper: $(O)/obj/badhelper.o $(BADHELPER_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgnutls -lseccomp

$(BADHELPER_OBJ) $(O)/obj/badhelper.o: CFLAGS += -I../../include/uapi -I$(BADHELPER_SRC)

$(BADHELPER_OBJ): $(O)/obj/helper-%.o: $(BADHELPER_SRC)/%.c | $(O)/obj
	$(CC) $(CFLAGS) -c -o $@ $<
