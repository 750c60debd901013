# SPDX-License-Identifier: GPL-2.0-only
# A helper that misbehaves: credsspd's own engine, spoiled on the way out.

BADHELPER_SRC	:= ../../userspace-helper/credsspd
BADHELPER_OBJ	:= $(addprefix $(O)/obj/helper-,\
		   budget.o bytes.o client_cert.o clock.o conversations.o coroutine.o elements.o \
		   engine.o extensions.o facts.o failure.o issuers.o keeper.o keeper_process.o \
		   keeper_worker.o key_file.o key_limits.o keyring.o log.o sandbox.o syscalls.o \
		   ticket.o tls.o trust.o vector.o workers.o)
PROGRAMS	+= $(O)/badhelper

$(O)/badhelper: $(O)/obj/badhelper.o $(BADHELPER_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgnutls -lseccomp

$(BADHELPER_OBJ) $(O)/obj/badhelper.o: CFLAGS += -I../../include/uapi -I$(BADHELPER_SRC)

$(BADHELPER_OBJ): $(O)/obj/helper-%.o: $(BADHELPER_SRC)/%.c | $(O)/obj
	$(CC) $(CFLAGS) -c -o $@ $<
