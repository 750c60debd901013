#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The statements of InitializeSecurityContext's contract, one after the other; each
# result is named in Documentation/isc-conformance.rst.
# timeout: 200

. "$(dirname "$0")/../lib.sh"

need isc_test credsspctl tspeer

start_peer --echo --wrong records-100
export PEER_PORT
embed "contract" isc_test

# The server's reason if the client gives up: alert-51, decrypt_error
for transport in socket token; do
	start_peer --wrong bind-other-key
	auth --carrier raw --mech ntlm --transport $transport "127.0.0.1:$PEER_PORT"
	next_line
	want status "${JSON[status]}" SEC_E_MESSAGE_ALTERED
	want "why, at the peer" "${PEER[why]}" alert-51
	verdict "with EXTENDED_ERROR the server is told of the failure by an alert, $transport transport"
done

start_peer --wrong error-nego --error-code 0xc000005e
auth --carrier raw --mech ntlm "127.0.0.1:$PEER_PORT"
want status "${JSON[status]}" SEC_E_NO_AUTHENTICATING_AUTHORITY
start_peer --wrong error-auth --error-code 0xc000018d
auth --carrier raw --mech ntlm "127.0.0.1:$PEER_PORT"
want status "${JSON[status]}" SEC_E_NO_AUTHENTICATING_AUTHORITY
verdict "SEC_E_NO_AUTHENTICATING_AUTHORITY: the server has no domain to ask"

# has_trust BIT: it is among the report's
has_trust() { grep -q "\"$1\"" "$WORK/auth.json"; }

tspeer --make-cert "$WORK/server.pem" --ec --host server.example --days 3
start_peer --pem "$WORK/server.pem"
for transport in socket token; do
	auth --carrier raw --transport $transport --target TERMSRV/server.example \
		"127.0.0.1:$PEER_PORT"
	next_line
	want "exit status" "$RC" 0
	want "the peer's result" "${PEER[result]}" ok
	has_trust untrusted-root || problem "the certificate is not called untrusted"
	! has_trust wrong-name || problem "the certificate's own name is called wrong"
	verdict "an untrusted certificate is reported, and does not end the exchange, $transport transport"
	[[ ${JSON[expiry]} = $(date -u -d '+3 days' +%Y-%m-%d)* ]] ||
		problem "expiry is ${JSON[expiry]}"
	verdict "the context expires with the server's certificate, $transport transport"
	auth --carrier raw --transport $transport --target TERMSRV/other.example \
		"127.0.0.1:$PEER_PORT"
	next_line
	want "exit status" "$RC" 0
	has_trust wrong-name || problem "the certificate is not called another's"
	verdict "the certificate is checked against the target name, $transport transport"
done

for transport in socket token; do
	auth --carrier raw --transport $transport --target HTTP/server.example \
		"127.0.0.1:$PEER_PORT"
	next_line
	want status "${JSON[status]}" SEC_E_DELEGATION_POLICY
	want "delegated to the peer" "${PEER[delegated]}" none
	verdict "the policy is enforced without MUTUAL_AUTH, $transport transport"
done

stop_peer
nothing_left "no context and no credential is left"
finish
