# SPDX-License-Identifier: GPL-2.0-only
# The peer's own Kerberos, with MIT's initiator; and a KDC with faults.

PROGRAMS += $(O)/krb5_peer_test $(O)/fakekdc

$(O)/krb5_peer_test: $(addprefix $(O)/obj/,krb5_peer_test.o krb5_gss.o krb5_user.o krb5_error.o spnego.o \
		der.o bytes.o ioctl/tap.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgssapi_krb5 -lkrb5

$(O)/fakekdc: $(addprefix $(O)/obj/,fakekdc.o krb5_error.o spnego.o der.o bytes.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

# The module's packages, with MIT's acceptor
KRB5_PACKAGE := krb5_package_test krb5_package_messages krb5_package_wrong krb5_pair
PROGRAMS += $(O)/krb5_package_test

$(O)/krb5_package_test: $(KRB5_PACKAGE:%=$(O)/obj/%.o) $(addprefix $(O)/obj/,krb5_gss.o spnego.o \
		der.o bytes.o ioctl/tap.o ioctl/device.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgssapi_krb5

$(KRB5_PACKAGE:%=$(O)/obj/%.o): CFLAGS += -I../../include/uapi

# The module's packages, with an acceptor in Python
GSS_PACKAGE := gss_package_test gss_peer
PROGRAMS += $(O)/gss_package_test

$(O)/gss_package_test: $(GSS_PACKAGE:%=$(O)/obj/%.o) $(addprefix $(O)/obj/,bytes.o ioctl/tap.o \
		ioctl/device.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(GSS_PACKAGE:%=$(O)/obj/%.o): CFLAGS += -I../../include/uapi

# Negotiate of the module, with smbd
SMB_PACKAGE := smb_package_test smb2
PROGRAMS += $(O)/smb_package_test

$(O)/smb_package_test: $(SMB_PACKAGE:%=$(O)/obj/%.o) $(addprefix $(O)/obj/,bytes.o ioctl/tap.o \
		ioctl/device.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgnutls

$(SMB_PACKAGE:%=$(O)/obj/%.o): CFLAGS += -I../../include/uapi
