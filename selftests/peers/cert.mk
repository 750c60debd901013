# SPDX-License-Identifier: GPL-2.0-only
# Client certificates by the ioctls, from ../ioctl.

PROGRAMS += $(O)/cert_test

$(O)/cert_test: $(addprefix $(O)/obj/ioctl/,cert.o tap.o device.o sock.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
