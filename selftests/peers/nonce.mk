# SPDX-License-Identifier: GPL-2.0-only
# nonce_test, from ../ioctl, which opens what it hears on loopback with GnuTLS.

PROGRAMS += $(O)/nonce_test

$(O)/nonce_test: $(addprefix $(O)/obj/ioctl/,nonces.o lo.o side.o tap.o device.o sock.o) \
		$(O)/../user/libcredssp.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgnutls -lidn2
