# SPDX-License-Identifier: GPL-2.0-only
# A hostile SMB server.

PROGRAMS += $(O)/smbpeer

$(O)/smbpeer: $(O)/obj/smbpeer.o $(O)/obj/smb_fault.o
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
