#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The cache of TLS sessions: resumption, conditions that prevent it, the binding to the
# first certificate, a helper that gives invalid sessions, the switch.
# guests: 6.1 backports
# timeout: 120

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need cache_test tspeer badhelper

SWITCH=/sys/module/credssp/parameters/session_cache

# more_peer NAME OPTION...: another peer beside the first; PORT is its port
more_peer() {
	local out=$WORK/$1.out
	shift
	tspeer --ticket-key "$WORK/tickets" "$@" >"$out" 2>&1 &
	until_true 20 has '^listening.*ready' "$out" || bail "tspeer $* does not listen"
	[[ $(<"$out") =~ port=([0-9]+) ]]
	PORT=${BASH_REMATCH[1]}
}

# peers VERSION
peers() {
	start_peer --ticket-key "$WORK/tickets" --tls "$1"
	peer_pem other --ec
	more_peer "short$1" --pem "$WORK/ec.pem" --tls "$1" --ticket-lifetime 3
	SHORT_PORT=$PORT
	more_peer "changed$1" --pem "$WORK/other.pem" --tls "$1"
	CHANGED_PORT=$PORT
	export PEER_PORT SHORT_PORT CHANGED_PORT
}

resumptions() { grep -c '^conn.* resumed=yes' "$PEER_OUT"; }

# The conditions are the same for both versions.
for tls in 1.2 1.3; do
	peers "$tls"
	embed "TLS $tls" cache_test "$([ "$tls" = 1.2 ] && echo resume || echo session)"
	# The peer must confirm the module's report.
	[ "$(resumptions)" -ge 4 ] || problem "the peer has resumed $(resumptions) sessions"
	verdict "TLS $tls: the peer says so, too"

	before=$(resumptions)
	echo N >"$SWITCH"
	embed "TLS $tls, switched off" cache_test full
	echo Y >"$SWITCH"
	want "resumptions at the peer" "$(resumptions)" "$before"
	verdict "TLS $tls: nothing is resumed when it is switched off"
done

start_peer --no-tickets --tls 1.3
embed "no tickets" cache_test full
stop_peer

stop_helper || problem "the helper does not stop"
badhelper lie-session >"$WORK/bad" 2>&1 &
bad=$!
until_true 20 has ready "$WORK/bad" || problem "badhelper does not start"
for tls in 1.2 1.3; do
	start_peer --tls "$tls"
	embed "TLS $tls, noise for sessions" cache_test full
done
kill -KILL $bad
wait $bad 2>/dev/null
helper_up || problem "the helper does not start"
nothing_left "no context and no credential is left"
finish
