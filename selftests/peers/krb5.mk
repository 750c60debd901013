# SPDX-License-Identifier: GPL-2.0-only
# The peer's own Kerberos, with MIT's initiator; and a KDC with faults.

PROGRAMS += $(O)/krb5_peer_test $(O)/fakekdc

$(O)/krb5_peer_test: $(addprefix $(O)/obj/,krb5_peer_test.o krb5_gss.o krb5_error.o spnego.o \
		der.o bytes.o ioctl/tap.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgssapi_krb5

$(O)/fakekdc: $(addprefix $(O)/obj/,fakekdc.o krb5_error.o spnego.o der.o bytes.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
