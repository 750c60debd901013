#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The helper: absent, killed, silent, lying, restarted. Each exchange ends with
# a clear status in bounded time, nothing is delegated and nothing is left; with
# a good helper all is well again.
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd badhelper tspeer setpriv ss

PARAMETER=/sys/module/credssp/parameters/helper_timeout_ms
[ -e $PARAMETER ] || bail "the module is not loaded"
before=$(cat $PARAMETER)
wait_ms=$((1500 * (SLOW > 2 ? 3 : 1)))

BAD_PID=''
bad_stop() {
	[ -n "$BAD_PID" ] || return 0
	kill -KILL "$BAD_PID" 2>/dev/null
	wait "$BAD_PID" 2>/dev/null
	BAD_PID=''
}

# bad_start OPTION... MODE
bad_start() {
	bad_stop
	: >"$WORK/bad.out"
	badhelper "$@" >"$WORK/bad.out" 2>&1 &
	BAD_PID=$!
	until_true 20 has ready "$WORK/bad.out" || problem "badhelper $* is not ready"
}

# timed LIMIT OPTION...: an exchange that may take LIMIT seconds
timed() {
	local limit=$1 start=$SECONDS
	shift
	auth --carrier raw --timeout $((20 * SLOW)) "$@" "127.0.0.1:$PEER_PORT"
	[ $((SECONDS - start)) -le "$limit" ] || problem "took $((SECONDS - start)) s"
}

clean() { until_true 10 idle || problem "contexts $(status contexts) are left"; }

# spoiled MODE AFTER EXIT REASONS [OPTION...]: what comes of it, both transports
spoiled() {
	local mode=$1 after=$2 code=$3 reasons=$4 transport
	shift 4
	for transport in $TRANSPORTS; do
		bad_start --after "$after" "$@" "$mode"
		timed $((8 * SLOW)) --transport "$transport"
		next_line || problem "the peer has no line for it"
		want "exit status" "$RC" "$code"
		want reason "$(json reason)" "$reasons"
		if [ "$RC" -eq 0 ]; then
			want "the peer's result" "$(peer result)" ok
		else
			want "delegated to the peer" "$(peer delegated)" none
		fi
		clean
		verdict "helper: $mode after $after good replies $*, $transport transport"
	done
}

# ---- no helper -----------------------------------------------------------

stop_helper || problem "credsspd does not stop on SIGTERM"
verdict "credsspd stops on SIGTERM"
start_peer
for transport in socket token; do
	timed $((3 * SLOW)) --transport $transport
	want "exit status" "$RC" 6
	want reason "$(json reason)" no-helper
	verdict "no helper: said at once, $transport transport"
done
rc=0
credsspctl status >"$WORK/out" 2>&1 || rc=$?
want "exit status" $rc 6
want helper_present "$(status helper_present)" false
verdict "credsspctl status says that there is no helper"

# What the module itself says when the call gets there: credsspctl asks first.
embed "no helper" nohelper_test
dmesg | grep -q 'credssp.*credsspd' || problem "the kernel's log has nothing of it"
verdict "no helper: a line in the kernel's log names credsspd"

# ---- who may be one ------------------------------------------------------

start_helper || bail "credsspd does not start"
check "a second helper is refused" bash -c '! timeout 10 badhelper good'
check "an unprivileged user cannot open the helper's device" \
	bash -c '! setpriv --reuid=65534 --regid=65534 --clear-groups cat /dev/credssp-helper 2>&1'
stop_helper || problem "credsspd does not stop"

# ---- helpers that misbehave ----------------------------------------------

echo $wait_ms >$PARAMETER
TRANSPORTS='socket token'
[ "$KERNEL" != debug ] || TRANSPORTS=socket

start_peer --tls 1.2 --timeout $((20 * SLOW))
spoiled good 0 0 none
spoiled twice 0 0 none
spoiled slow 0 0 none --ms 200
spoiled slow 0 5 timeout --ms $((wait_ms * 2))
# TLS 1.2: START, the server's flight, its Finished
for after in 0 1 2; do
	spoiled silent $after 5 timeout
	spoiled never-read $after 5 timeout
	spoiled die $after 6 'helper-died|no-helper'
	spoiled error $after 6 helper-reply
	spoiled noise-payload $after '4|5|6' '*'
	spoiled truncated $after '4|5|6' 'helper-reply|timeout|tls-*'
done
spoiled error 1 6 helper-reply --errno 12
TRANSPORTS=socket
for mode in noise empty short-write tiny-write trailing wrong-id wrong-opcode \
	wrong-conversation lie-state lie-wire-length lie-consumed lie-done huge; do
	for after in 0 1; do
		[ "$KERNEL" != debug ] || [ $after = 1 ] || continue
		spoiled $mode $after '4|5|6' 'helper-reply|timeout|tls-*|connection|no-helper|certificate'
	done
done
for mode in lie-keys lie-key-length lie-cipher lie-certificate; do
	spoiled $mode 2 '2|4|5|6' '*'
	want "exit status" "$RC" '4|5|6'
	verdict "helper: $mode is not the server's refusal"
done
bad_stop

# ---- a good one again, and killed at any moment --------------------------

echo "$before" >$PARAMETER
start_helper || bail "credsspd does not start again"
start_peer
timed $((10 * SLOW))
want "exit status" "$RC" 0
verdict "with a good helper all is well again"

# When the helper goes the exchange either is past TLS or ends with a status.
rounds=20
[ "$KERNEL" != debug ] || rounds=6
for ((i = 0; i < rounds; i++)); do
	[ -n "$(pidof credsspd)" ] || start_helper || bail "credsspd does not start"
	(
		timed $((8 * SLOW)) --transport "$([ $((i % 2)) -eq 0 ] && echo socket || echo token)"
		echo "$RC ${PROBLEMS[*]}" >"$WORK/round"
	) &
	sleep "0.$(printf '%02d' $((i * 3)))"
	# shellcheck disable=SC2046 # pids are words
	kill -KILL $(pidof credsspd) 2>/dev/null
	wait $!
	read -r RC rest <"$WORK/round"
	want "exit status in round $i" "$RC" '0|6'
	[ -z "$rest" ] || problem "$rest"
done
clean
verdict "credsspd killed at $rounds moments of an exchange"

# Restarts under load
[ -n "$(pidof credsspd)" ] || start_helper || bail "credsspd does not start"
for ((i = 1; i <= 12; i++)); do
	(
		rc=0
		timeout $((60 * SLOW)) credsspctl auth --user alice --timeout $((20 * SLOW)) \
			--password-file "$WORK/password" --carrier raw "127.0.0.1:$PEER_PORT" \
			>/dev/null 2>&1 </dev/null || rc=$?
		echo $rc >"$WORK/load.$i"
	) &
done
for i in 1 2 3; do
	stop_helper || problem "credsspd does not stop under load"
	start_helper || problem "credsspd does not start under load"
done
for pid in $(jobs -p); do
	[ "$pid" = "$PEER_PID" ] || [ "$pid" = "${helper_pid:-}" ] || wait "$pid"
done
for ((i = 1; i <= 12; i++)); do
	want "exit status of exchange $i" "$(cat "$WORK/load.$i")" '0|6'
done
clean
verdict "restarts under load: every exchange ends, with success or with 'no helper'"

timed $((10 * SLOW))
want "exit status" "$RC" 0
verdict "and afterwards all is well"
nothing_left "no context and no credential is left"
finish
