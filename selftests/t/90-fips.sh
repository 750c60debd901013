#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# With fips=1 the kernel has no MD4 and MD5: NTLM fails with a clear status
# before any NTLM message is sent, and everything else works.
# boot: fips=1
# guests: 6.1 6.12
# timeout: 120

. "$(dirname "$0")/../lib.sh"

need credsspctl tspeer ss

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
nothing_left "no context and no credential is left"
finish
