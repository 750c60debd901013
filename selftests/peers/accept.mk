# SPDX-License-Identifier: GPL-2.0-only
# For acceptors: a client with another library's mechanisms, and a proxy that alters what a good
# client says.

PROGRAMS += $(O)/gssclient $(O)/tsproxy

$(O)/gssclient: $(addprefix $(O)/obj/,gssclient.o identity.o bind_hash.o ts.o der.o bytes.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgssapi_krb5 -lgnutls -lnettle

$(O)/tsproxy: $(addprefix $(O)/obj/,tsproxy.o alter.o identity.o der.o bytes.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgnutls
