# SPDX-License-Identifier: GPL-2.0-only
# The peer's own Kerberos, with MIT's initiator.

PROGRAMS += $(O)/krb5_peer_test

$(O)/krb5_peer_test: $(addprefix $(O)/obj/,krb5_peer_test.o krb5_gss.o krb5_error.o spnego.o \
		der.o bytes.o ioctl/tap.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgssapi_krb5
