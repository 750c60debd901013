#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Negotiate as a package of its own, as an SMB redirector uses it, with Samba's smbd:
# its NegTokenInit2, the logon by Kerberos and by NTLM, and signatures with the session key.
# guests: 6.1 backports
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../smbd.sh
. "$TOP/selftests/smbd.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need smb_package_test kinit

patient
kdc_make && kdc_start 0 && kdc_helper
verdict "a KDC, and a helper that knows it"
# 32 bytes of session key, of which SMB takes 16; and 16
for enctype in aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha1-96; do
	kdc_enctype $enctype
	smbd_start
	verdict "smbd with a key of $enctype"
	kdc_ticket alice "FILE:$KDC/alice.cc"
	for tickets in "" "FILE:$KDC/alice.cc"; do
		my_turn 4 || continue
		what=password
		[ -z "$tickets" ] || what="tickets of a cache"
		embed "$enctype, $what" \
			smb_package_test "${SMBD_PORT:?}" "$SMBD_TARGET" kerberos ${tickets:+"$tickets"}
	done
	[ $enctype = aes128-cts-hmac-sha1-96 ] || smbd_stop
done

# The server lists Kerberos first, but there is no KDC.
kdc_stop
embed "NTLM" smb_package_test "$SMBD_PORT" "$SMBD_TARGET" ntlm
smbd_stop

nothing_left "no context and no credential is left"
finish
