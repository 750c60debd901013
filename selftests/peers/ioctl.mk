# SPDX-License-Identifier: GPL-2.0-only
# Programs that use the module's ioctls and libcredssp, from ../ioctl.

IOCTL_DIR := ../ioctl
LIBCREDSSP ?= $(O)/../user/libcredssp.a
HARNESS := tap device sock exchange
ISC_TEST := isc supplied walk tap device sock
IOCTL_TEST := main args acquire handles inner query tokens sockets threads $(HARNESS)

PROGRAMS += $(O)/ioctl_test $(O)/stream_test $(O)/failnth_test \
	$(O)/nohelper_test $(O)/cache_test $(O)/policy_test $(O)/isc_test \
	$(O)/accept_test $(O)/hold $(O)/busy_test $(O)/frozen $(O)/rekey_test \
	$(O)/crowd

# The acceptor for the inner packages is tspeer's.
$(O)/ioctl_test: $(IOCTL_TEST:%=$(O)/obj/ioctl/%.o) \
		$(addprefix $(O)/obj/,ntlm.o ntlm_challenge.o spnego.o der.o bytes.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgnutls -lnettle

$(O)/stream_test: $(addprefix $(O)/obj/ioctl/,stream.o side.o tap.o device.o sock.o) $(LIBCREDSSP)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lidn2

$(O)/accept_test: $(addprefix $(O)/obj/ioctl/,accept.o pair.o tap.o device.o sock.o) $(LIBCREDSSP)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lidn2

$(O)/rekey_test: $(addprefix $(O)/obj/ioctl/,rekey.o side.o tap.o device.o sock.o) $(LIBCREDSSP)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lidn2

$(O)/cache_test: $(addprefix $(O)/obj/ioctl/,cache.o exchange.o tap.o device.o sock.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(O)/isc_test: $(ISC_TEST:%=$(O)/obj/ioctl/%.o) $(LIBCREDSSP)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lidn2

$(O)/failnth_test $(O)/nohelper_test $(O)/policy_test $(O)/busy_test: $(O)/%_test: $(O)/obj/ioctl/%.o \
		$(addprefix $(O)/obj/ioctl/,tap.o device.o sock.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(O)/frozen: $(addprefix $(O)/obj/ioctl/,frozen.o tap.o device.o sock.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(O)/crowd $(O)/hold: $(O)/%: $(O)/obj/ioctl/%.o $(addprefix $(O)/obj/ioctl/,tap.o device.o sock.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(O)/obj/ioctl/%.o: $(IOCTL_DIR)/%.c | $(O)/obj/ioctl
	$(CC) $(CFLAGS) -I../../include/uapi -I../../userspace-helper/libcredssp -c -o $@ $<

$(O)/obj/ioctl:
	mkdir -p $@

-include $(wildcard $(O)/obj/ioctl/*.d)
