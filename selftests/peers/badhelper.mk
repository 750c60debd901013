# SPDX-License-Identifier: GPL-2.0-only
# A helper that misbehaves: credsspd's own engine, spoiled on the way out.

BADHELPER_SRC	:= ../../userspace-helper/credsspd
BADHELPER_OBJ	:= $(addprefix $(O)/obj/helper-,\
		   bytes.o conversations.o engine.o log.o ticket.o tls.o trust.o)
PROGRAMS	+= $(O)/badhelper

$(O)/badhelper: $(O)/obj/badhelper.o $(BADHELPER_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgnutls

$(BADHELPER_OBJ) $(O)/obj/badhelper.o: CFLAGS += -I../../include/uapi -I$(BADHELPER_SRC)

$(BADHELPER_OBJ): $(O)/obj/helper-%.o: $(BADHELPER_SRC)/%.c | $(O)/obj
	$(CC) $(CFLAGS) -c -o $@ $<
