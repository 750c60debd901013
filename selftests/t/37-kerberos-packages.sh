#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kerberos and Negotiate as packages of their own, by ioctl, with MIT's acceptor: exchanges,
# attributes, and messages of every length both ways, for each encryption type.
# guests: backports
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need krb5_package_test credsspctl kinit kvno setpriv

# package_test WHAT PACKAGE ENCTYPE [CCACHE]
package_test() {
	local what=$1
	shift
	KRB5_CONFIG=$KDC/peer.conf embed "$what" "${AS_USER[@]}" krb5_package_test "$1" "$2" \
		"$PEER_TARGET" "$KDC/peer.keytab" "${@:3}"
}

patient
kdc_make && kdc_start 0 && kdc_helper
verdict "a KDC, and a helper that knows it"
CCACHE=FILE:$KDC/alice.cc AS_USER=()

# pair: every other row, so that each enctype meets each package and each source of tickets
PAIR=0
pair() {
	local n=$PAIR
	PAIR=$((PAIR + 1))
	[ $(((n & 1) ^ (n >> 1 & 1) ^ (n >> 2 & 1))) -eq 0 ]
}

for row in 17:aes128-cts-hmac-sha1-96 18:aes256-cts-hmac-sha1-96 \
	19:aes128-cts-hmac-sha256-128 20:aes256-cts-hmac-sha384-192; do
	kdc_enctype "${row#*:}"
	kdc_ticket alice "$CCACHE"
	kvno -q -c "$CCACHE" "$PEER_TARGET" || problem "kvno"
	for package in kerberos negotiate; do
		for source in password cache; do
			pair || continue
			tickets=()
			[ $source = password ] || tickets=("$CCACHE")
			package_test "${row#*:}, $package, $source" $package "${row%%:*}" \
				"${tickets[@]}"
		done
	done
done

# A user without privileges, with tickets of its own
chmod 755 "$WORK"
(umask 077 && cp "${CCACHE#FILE:}" "$KDC/user.cc") && chown 4242:4242 "$KDC/user.cc"
AS_USER=(setpriv --reuid=4242 --regid=4242 --clear-groups)
package=negotiate
[ "$KERNEL" != backports ] || package=kerberos
package_test "an unprivileged user, $package" $package 20 "FILE:$KDC/user.cc"

nothing_left "no context and no credential is left"
finish
