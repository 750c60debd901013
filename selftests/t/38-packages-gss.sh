#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Negotiate, Kerberos and NTLM as packages of their own, by ioctl, with acceptors by
# python3-gssapi: MIT's Kerberos and SPNEGO, and gss-ntlmssp. Channel bindings, an acceptor
# that begins, and messages both ways.
# guests: 6.1
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need gss_package_test kinit
/usr/bin/python3 -c 'import gssapi' || bail "python3-gssapi is missing"

# package_test WHAT PACKAGE MECH [CCACHE]
package_test() {
	local what=$1
	shift
	KRB5_CONFIG=$KDC/peer.conf NTLM_USER_FILE=$WORK/accounts \
		embed "$what" gss_package_test "$1" "$2" "$PEER_TARGET" "$KDC/peer.keytab" "${@:3}"
}

patient
kdc_make && kdc_start 0 && kdc_helper
verdict "a KDC, and a helper that knows it"
(umask 077 && printf 'CREDSSP:alice:%s\n' "$PASSWORD" >"$WORK/accounts")
CCACHE=FILE:$KDC/alice.cc

for row in aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha256-128; do
	kdc_enctype "$row"
	kdc_ticket alice "$CCACHE"
	for package in kerberos negotiate; do
		# each enctype and each package once
		case $row,$package in aes256*,negotiate | aes128*,kerberos) continue ;; esac
		package_test "$row, $package" $package kerberos "$CCACHE"
	done
done
for package in ntlm negotiate; do
	package_test "NTLM, $package" $package ntlm
done

nothing_left "no context and no credential is left"
finish
