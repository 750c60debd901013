#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The helper: absent, refused, killed at any moment, restarted under load. Each exchange
# ends with a clear status in bounded time and leaves nothing; with a helper exchanges
# succeed again. (Faults of a helper: 61-badhelper.sh.)
# guests: 6.1 backports debug
# races: yes
# timeout: 200

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd badhelper tspeer setpriv ss

# timed LIMIT OPTION...: an exchange that may take LIMIT seconds
timed() {
	local limit=$1 start=$SECONDS
	shift
	auth --carrier raw --timeout $((10 * HANG)) "$@" "127.0.0.1:$PEER_PORT"
	[ $((SECONDS - start)) -le "$limit" ] || problem "took $((SECONDS - start)) s"
}

clean() { until_true 10 idle || problem "something is left"; }

# ---- no helper -----------------------------------------------------------

stop_helper || problem "credsspd does not stop on SIGTERM"
verdict "credsspd stops on SIGTERM"
start_peer
for transport in socket token; do
	timed $((3 * HANG)) --transport $transport
	want "exit status" "$RC" 6
	want reason "${JSON[reason]}" no-helper
	verdict "without a helper the call fails at once, $transport transport"
done
rc=0
credsspctl status >"$WORK/out" 2>&1 || rc=$?
want "exit status" $rc 6
want helper_present "$(status helper_present)" false
verdict "credsspctl status says that there is no helper"

# The module's own result. (credsspctl checks for a helper before the call.)
embed "no helper" nohelper_test
dmesg | grep -q 'credssp.*credsspd' || problem "the kernel's log has nothing of it"
verdict "no helper: a line in the kernel's log names credsspd"

# ---- processes that may be the helper ------------------------------------

helper_up || bail "credsspd does not start"
timeout 10 badhelper good >"$WORK/out" 2>&1
has ready "$WORK/out" && problem "it could open the device"
has busy "$WORK/out" || problem "it says $(<"$WORK/out")"
verdict "a second helper is refused"
rc=0
timeout 10 setpriv --reuid=65534 --regid=65534 --clear-groups cat /dev/credssp-helper \
	>"$WORK/out" 2>&1 || rc=$?
want "exit status" $rc 1
has 'Permission denied' "$WORK/out" || problem "it says $(<"$WORK/out")"
verdict "an unprivileged user cannot open the helper's device"
stop_helper || problem "credsspd does not stop"

# ---- a good helper again, and killed at any moment ------------------------

helper_up || bail "credsspd does not start again"
start_peer
timed $((10 * HANG))
want "exit status" "$RC" 0
verdict "with a good helper all is well again"

# When the helper ends, the exchange is past TLS or ends with a status.
# The oldest and the newest kernel share the moments.
rounds=10 load=12 step=6 first=0
[ "$KERNEL" != backports ] || first=3
[ "$KERNEL" != debug ] || rounds=4 load=5 step=25
for ((i = 0; i < rounds; i++)); do
	[ -n "$(pidof credsspd)" ] || helper_up || bail "credsspd does not start"
	(
		timed $((8 * HANG)) --transport "$([ $((i % 2)) -eq 0 ] && echo socket || echo token)"
		echo "$RC ${PROBLEMS[*]}" >"$WORK/round"
	) &
	sleep "0.$(printf '%02d' $((first + i * step)))"
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
pids=()
[ -n "$(pidof credsspd)" ] || helper_up || bail "credsspd does not start"
for ((i = 1; i <= load; i++)); do
	(
		rc=0
		timeout $((60 * HANG)) credsspctl auth --user alice --timeout $((10 * HANG)) \
			--password-file "$WORK/password" --carrier raw "127.0.0.1:$PEER_PORT" \
			>/dev/null 2>&1 </dev/null || rc=$?
		echo $rc >"$WORK/load.$i"
	) &
	pids+=($!)
done
for i in 1 2 3; do
	stop_helper || problem "credsspd does not stop under load"
	helper_up || problem "credsspd does not start under load"
done
wait "${pids[@]}"
for ((i = 1; i <= load; i++)); do
	want "exit status of exchange $i" "$(cat "$WORK/load.$i")" '0|6'
done
clean
verdict "restarts under load: every exchange ends, with success or with 'no helper'"

timed $((10 * HANG))
want "exit status" "$RC" 0
verdict "and afterwards all is well"
nothing_left "no context and no credential is left"
finish
