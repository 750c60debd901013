#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Many authentications at the same time, by both transports.
# guests: backports debug
# races: yes
# timeout: 400

. "$(dirname "$0")/../lib.sh"

need credsspctl tspeer freerdp-shadow-cli Xvfb winpr-hash ss

case $KERNEL in
debug) many=16 turns='' ;;
*) many=100 turns=1 ;;
esac
ulimit -l unlimited 2>/dev/null
# Each must be served; how soon depends on the machine.
patient

# one NUMBER PORT OPTION...: leaves its exit status in a file
one() {
	local n=$1 port=$2 rc=0
	shift 2
	timeout $((200 * HANG)) credsspctl auth --user alice --password-file "$WORK/password" \
		--timeout 600 "$@" "127.0.0.1:$port" \
		>"$WORK/many.$n" 2>&1 </dev/null || rc=$?
	echo $rc >"$WORK/rc.$n"
}

# run_many COUNT PORT OPTION...; a transport of "both" alternates
run_many() {
	local count=$1 port=$2 n transport pids=()
	shift 2
	rm -f "$WORK"/rc.*
	for ((n = 1; n <= count; n++)); do
		transport=$([ $((n % 2)) -eq 0 ] && echo socket || echo token)
		one $n "$port" --transport "$transport" "$@" &
		pids+=($!)
	done
	wait "${pids[@]}"
}

succeeded() { cat "$WORK"/rc.* 2>/dev/null | grep -c '^0$'; }

# of the peer's connections
authenticated_there() { grep -c '^conn.* result=ok .*delegated=password' "$PEER_OUT"; }

# shellcheck disable=SC2317 # called by until_true
all_there() { [ "$(authenticated_there)" -ge "$many" ]; }

show_failures() {
	local n shown=0
	for n in "$WORK"/rc.*; do
		[ "$(cat "$n")" != 0 ] || continue
		note "exit status $(cat "$n"): $(head -n 3 "$WORK/many.${n##*.}" | tr '\n' ' ')"
		shown=$((shown + 1))
		[ $shown -lt 5 ] || return 0
	done
}

before=$(status established)
start_peer --timeout 600
start=$SECONDS
run_many $many "$PEER_PORT" --carrier raw
took=$((SECONDS - start))
want "authenticated here" "$(succeeded)" $many
until_true 20 all_there
want "authenticated there" "$(authenticated_there)" $many
want "counted by the module" "$(($(status established) - before))" $many
[ "$(succeeded)" -eq $many ] || show_failures
verdict "$many authentications at once against tspeer, half by each transport"
note "took $took s"

# Half of them must fail: no caller gets another one's result.
rm -f "$WORK"/rc.*
pids=()
for ((n = 1; n <= many / 4; n++)); do
	one $n "$PEER_PORT" --carrier raw &
	pids+=($!)
	one $((n + 1000)) "$PEER_PORT" --carrier raw --password-file "$WORK/wrong-password" &
	pids+=($!)
done
wait "${pids[@]}"
want "right passwords" "$(cat "$WORK"/rc.? "$WORK"/rc.?? 2>/dev/null | grep -c '^0$')" $((many / 4))
want "wrong passwords" "$(cat "$WORK"/rc.1??? | grep -c '^2$')" $((many / 4))
verdict "right and wrong passwords at the same time: each gets its own answer"

# FreeRDP's server takes minutes in the debug guest.
[ -z "$turns" ] || freerdp_start
for turn in $turns; do
	run_many 2 "$FREERDP_PORT" --mech ntlm
	want authenticated "$(succeeded)" 2
	[ "$(succeeded)" -eq 2 ] || show_failures
	verdict "two at once against FreeRDP, turn $turn"
done
freerdp_stop
nothing_left "no context and no credential is left"
finish
