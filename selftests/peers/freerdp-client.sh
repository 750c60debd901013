#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The tests' own peer against clients that were not written here: FreeRDP 2 and 3 log on
# to tspeer by RDP's NLA. This shows that tspeer accepts correct clients and refuses wrong
# ones, which the other programs rely on.
#
# It needs neither the module nor a guest.

. "$(dirname "$0")/../lib.sh"

need tspeer Xvfb

# attempt CLIENT PASSWORD: one logon; PEER has what tspeer saw. The client's exit status
# tells nothing: after NLA it waits for RDP, which tspeer does not speak.
attempt() {
	local pid
	"$1" "/v:127.0.0.1:$PEER_PORT" /u:alice "/p:$2" /cert:ignore +auth-only \
		>"$WORK/client" 2>&1 </dev/null &
	pid=$!
	next_line || problem "tspeer has no line: $(tail -n 1 "$WORK/client")"
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
}

# accepted CLIENT WHAT OPTION...: those of tspeer
accepted() {
	local client=$1 what=$2
	shift 2
	start_peer --x224 hybrid "$@" || bail "no peer"
	attempt "$client" "$PASSWORD"
	want result "${PEER[result]}" ok
	want user "${PEER[user]}" alice
	want delegated "${PEER[delegated]}" password
	want deleg_user "${PEER[deleg_user]}" alice
	verdict "$client: $what"
}

peer_pem rsa
xvfb_start
for client in xfreerdp xfreerdp3; do
	need $client
	for version in 2 3 4 5 6; do
		accepted $client "version $version" --version $version
		want version "${PEER[version]}" $version
		verdict "$client: version $version is what tspeer used"
	done
	accepted $client "an RSA certificate, TLS 1.2" --pem "$WORK/rsa.pem" --tls 1.2
	want TLS "${PEER[tls]}" 1.2
	verdict "$client: TLS 1.2 is what tspeer used"
	start_peer --x224 hybrid
	attempt $client wrong
	want result "${PEER[result]}" fail
	want why "${PEER[why]}" wrong-password
	want delegated "${PEER[delegated]}" none
	verdict "$client: a wrong password"
	start_peer --x224 hybrid --wrong bind-other-key
	attempt $client "$PASSWORD"
	want result "${PEER[result]}" fail
	want delegated "${PEER[delegated]}" none
	verdict "$client: a pubKeyAuth that proves nothing gets no credentials"
done
finish
