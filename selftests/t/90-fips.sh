#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# With fips=1 the kernel has no MD4 and MD5: NTLM fails with a clear status
# before any NTLM message is sent, and everything else works, Kerberos among it.
# boot: fips=1
# guests: 6.1 6.12
# timeout: 120

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl tspeer ss kinit gss_package_test

want fips_enabled "$(cat /proc/sys/crypto/fips_enabled)" 1
verdict "this kernel is in FIPS mode"
check "the module is loaded and its helper is there" credsspctl status
start_peer
for transport in socket token; do
	for mech in ntlm negotiate; do
		auth --carrier raw --transport $transport --mech $mech "127.0.0.1:$PEER_PORT"
		next_line
		want "exit status" "$RC" 3
		want reason "${JSON[reason]}" fips
		want status "${JSON[status]}" SEC_E_ALGORITHM_MISMATCH
		want "delegated to the peer" "${PEER[delegated]}" none
		want "version seen by the peer" "${PEER[peer_version]}" 0
		verdict "NTLM is refused, $mech, $transport transport"
	done
done

kdc_make && kdc_start 0 && kdc_helper
verdict "a KDC, and a helper that knows it"
for enctype in aes128-cts-hmac-sha1-96 aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha256-128 \
	aes256-cts-hmac-sha384-192; do
	kdc_enctype $enctype
	KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/peer.keytab"
	for transport in socket token; do
		auth --carrier raw --transport $transport --target "$PEER_TARGET" \
			"127.0.0.1:$PEER_PORT"
		next_line
		want "exit status" "$RC" 0
		want mechanism "${JSON[mechanism]}" spnego-kerberos
		want "the peer's result" "${PEER[result]}" ok
		want "delegated to the peer" "${PEER[delegated]}" password
		verdict "Kerberos with $enctype, $transport transport"
	done
done
stop_peer
kdc_ticket alice "FILE:$KDC/alice.cc"
KRB5_CONFIG=$KDC/peer.conf embed "Kerberos on its own" gss_package_test kerberos kerberos \
	"$PEER_TARGET" "$KDC/peer.keytab" "FILE:$KDC/alice.cc"
nothing_left "no context and no credential is left"
finish
