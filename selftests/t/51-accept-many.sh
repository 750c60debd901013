#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two hundred clients at the same time against one credsspctl accept: all log on. Then fifty with
# a wrong password: the limits on guessing hold, and another account still logs on. Nothing is left
# of any of them.
# guests: 6.1
# timeout: 120

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl crowd openssl ss setpriv

MANY=200 WRONG=50 FAILURES=5

# many COUNT PASSWORD: clients, of a user who is not the acceptor's; GOT is how many have logged on
many() {
	PEER_PORT=$ACCEPT_PORT setpriv --reuid 4300 --regid 4300 --clear-groups \
		crowd "$1" "$2" >"$WORK/crowd" 2>&1 || problem "crowd: $(<"$WORK/crowd")"
	has 'succeeded=([0-9]+)' "$WORK/crowd"
	GOT=${BASH_REMATCH[1]}
}

# verdicts PATTERN: how many of the acceptor's verdicts have it
verdicts() { grep '"event": "verdict"' "$ACCEPT_OUT" | grep -cE -- "$1"; }

# shellcheck disable=SC2317 # called by until_true
there_are() { [ "$(verdicts .)" -ge "$1" ]; }

descriptors() {
	local pid count=0
	for pid in $(pidof credsspd) "$ACCEPT_PID"; do
		count=$((count + $(find "/proc/$pid/fd" -mindepth 1 2>/dev/null | wc -l)))
	done
	echo $count
}
keys() { grep -c ' logon ' /proc/keys; }
# Established connections to the acceptor
sockets() { ss -Htn state established "sport = :$ACCEPT_PORT" | wc -l; }
threads() { find "/proc/$ACCEPT_PID/task" -mindepth 1 -maxdepth 1 | wc -l; }

# The acceptor's credential is there as long as it is.
# shellcheck disable=SC2317 # called by until_true
quiet() {
	counter contexts
	[ "$COUNT" = 0 ] || return 1
	counter credentials
	[ "$COUNT" = 1 ] && [ "$(sockets)" = 0 ] && [ "$(threads)" = 1 ]
}

# as_before NAME: a result
as_before() {
	until_true 20 quiet || problem "sockets $(sockets), threads $(threads)," \
		"contexts $(status contexts), credentials $(status credentials)"
	want "logon keys" "$(keys)" "$KEYS"
	want descriptors "$(descriptors)" "$DESCRIPTORS"
	verdict "$1"
}

patient
accept_set_up || problem "accept_set_up"
credsspctl account add --password-file "$WORK/password" bob || problem "account bob"
stop_helper
CREDSSPD_ARGS="--lockout-failures $FAILURES"
start_helper || problem "the helper does not start"
accept_start --timeout 600 --carrier raw
auth --carrier raw "127.0.0.1:$ACCEPT_PORT"
want "exit status" "$RC" 0
until_true 20 quiet
KEYS=$(keys) DESCRIPTORS=$(descriptors)
verdict "accounts, a certificate, an acceptor"

many $MANY "$PASSWORD"
want "clients that have logged on" "$GOT" $MANY
until_true 20 there_are $((MANY + 1))
want verdicts "$(verdicts .)" $((MANY + 1))
want "logons here" "$(verdicts SEC_E_OK)" $((MANY + 1))
verdict "$MANY clients at once, all logged on"
as_before "nothing is left of them"

many $WRONG wrong
want "clients that have logged on" "$GOT" 0
until_true 20 there_are $((MANY + WRONG + 1))
want "guesses that were checked" "$(verdicts '"reason": "logon"')" $FAILURES
want "others" "$(verdicts '"reason": "(locked-out|busy)"')" $((WRONG - FAILURES))
verdict "$WRONG wrong passwords at once: $FAILURES are checked, the others are refused unseen"
as_before "nothing is left of them either"

auth --carrier raw --user bob --password-file "$WORK/password" "127.0.0.1:$ACCEPT_PORT"
want "exit status" "$RC" 0
verdict "another account logs on from the same address"

accept_stop
stop_helper
unset CREDSSPD_ARGS
helper_up
nothing_left "no context and no credential is left"
finish
