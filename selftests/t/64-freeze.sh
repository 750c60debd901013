#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Waiting exchanges and the freezers: system suspend and the freezer of version 1 control
# groups do not wait for an exchange. The freezer of version 2 does not freeze tasks that
# sleep in the kernel, so that it waits until the exchange's wait is over.
# guests: 6.1 backports debug
# races: yes
# timeout: 200

. "$(dirname "$0")/../lib.sh"

need credsspctl credsspd tspeer frozen

PARAMETERS=/sys/module/credssp/parameters
V1=$WORK/freezer
V2=/sys/fs/cgroup/credssp-freeze

# The daemon must be continued in any case, and so must the processes in V1.
# shellcheck disable=SC2317 # called by trap
thaw_all() {
	echo THAWED >"$V1/test/freezer.state"
	echo 0 >"$V2/cgroup.freeze"
	# shellcheck disable=SC2046 # pids are words
	kill -CONT $(pidof credsspd)
} 2>/dev/null
trap 'thaw_all; cleanup' EXIT

helper_signal() {
	# shellcheck disable=SC2046 # pids are words
	kill "-$1" $(pidof credsspd)
}

# start_frozen: an exchange waits for a silent server, and a second call for its context
start_frozen() {
	frozen >"$WORK/frozen" 2>&1 </dev/null &
	FROZEN_PID=$!
	until_true 20 has ready "$WORK/frozen" || problem "frozen: $(head -n 3 "$WORK/frozen")"
}

# The server closes: the first call fails, and the second one finds a dead context.
end_frozen() {
	kill -USR1 $FROZEN_PID
	wait $FROZEN_PID || problem "frozen ended with $?"
	has 'first=0x8[0-9a-f]* second=0x80090301' "$WORK/frozen" ||
		problem "frozen: $(tail -n 1 "$WORK/frozen")"
}

# start_auth: starts a token exchange while the helper is stopped
start_auth() {
	helper_signal STOP
	credsspctl auth --user alice --password-file "$WORK/password" --transport token \
		--timeout 600 --carrier raw "127.0.0.1:$PEER_PORT" \
		>"$WORK/auth" 2>&1 </dev/null &
	AUTH_PID=$!
	# shellcheck disable=SC2317 # called by until_true
	waits() { has cssp_conv_call "/proc/$AUTH_PID/stack"; }
	until_true 20 waits || problem "credsspctl does not wait: $(head -n 3 "$WORK/auth")"
}

end_auth() {
	helper_signal CONT
	wait $AUTH_PID || problem "the logon ended with $?: $(head -n 3 "$WORK/auth")"
}

start_peer
timeout_before=$(cat $PARAMETERS/helper_timeout_ms)
echo 100000 >$PARAMETERS/helper_timeout_ms

mkdir "$V1"
if mount -t cgroup -o freezer none "$V1" 2>"$WORK/err" && mkdir "$V1/test"; then
	# shellcheck disable=SC2317 # called by until_true
	is_frozen() { [ "$(<"$V1/test/freezer.state")" = FROZEN ]; }
	# in_v1 PID...: frozen, and thawed again
	in_v1() {
		local pid
		for pid; do echo "$pid" >"$V1/test/cgroup.procs"; done
		echo FROZEN >"$V1/test/freezer.state"
		until_true 15 is_frozen || problem "still $(<"$V1/test/freezer.state")"
		echo THAWED >"$V1/test/freezer.state"
	}
	start_frozen
	in_v1 $FROZEN_PID
	end_frozen
	verdict "v1 freezer: an exchange that waits for its server, and a thread behind it"
	start_auth
	in_v1 $AUTH_PID
	end_auth
	verdict "v1 freezer: an exchange that waits for the helper, which goes on afterwards"
	# shellcheck disable=SC2046 # pids are words
	in_v1 $(pidof credsspd)
	auth --carrier raw "127.0.0.1:$PEER_PORT"
	want "exit status" "$RC" 0
	verdict "v1 freezer: the helper, which serves afterwards"
	# The deadline also runs in a frozen group.
	echo 1000 >$PARAMETERS/helper_timeout_ms
	start_auth
	echo $AUTH_PID >"$V1/test/cgroup.procs"
	echo FROZEN >"$V1/test/freezer.state"
	until_true 15 is_frozen || problem "still $(<"$V1/test/freezer.state")"
	sleep 2
	echo THAWED >"$V1/test/freezer.state"
	rc=0
	wait $AUTH_PID || rc=$?
	helper_signal CONT
	[ $rc -ne 0 ] || problem "the exchange outlived its deadline"
	echo 100000 >$PARAMETERS/helper_timeout_ms
	verdict "v1 freezer: an exchange thawed after its deadline ends by it"
	for pid in $(<"$V1/test/cgroup.procs"); do echo "$pid" >"$V1/cgroup.procs"; done
	rmdir "$V1/test" || problem "the group stays"
	umount "$V1"
	verdict "v1 freezer: nothing is left in the group"
else
	skip "v1 freezer" "this kernel has none: $(head -n 1 "$WORK/err")"
fi

mkdir $V2
# shellcheck disable=SC2317 # called by until_true
v2_frozen() { has 'frozen 1' "$V2/cgroup.events"; }
# shellcheck disable=SC2046 # pids are words
for pid in $(pidof credsspd); do echo "$pid" >$V2/cgroup.procs; done
echo 1 >$V2/cgroup.freeze
until_true 15 v2_frozen || problem "the helper is not frozen"
echo 0 >$V2/cgroup.freeze
for pid in $(<$V2/cgroup.procs); do echo "$pid" >/sys/fs/cgroup/cgroup.procs; done
auth --carrier raw "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 0
verdict "v2 freezer: the helper, which serves afterwards"
start_auth
echo $AUTH_PID >$V2/cgroup.procs
echo 1 >$V2/cgroup.freeze
helper_signal CONT
until_true 15 v2_frozen || problem "not frozen when its wait was over"
echo 0 >$V2/cgroup.freeze
end_auth
verdict "v2 freezer: an exchange that waits for the helper is frozen when its wait is over"
rmdir $V2 || problem "the group stays"

# Suspend up to the freezer, and resume.
POWER=/sys/power
if [ -w $POWER/pm_test ] && has 'freezer' $POWER/pm_test; then
	echo 1 >/sys/module/suspend/parameters/pm_test_delay
	start_frozen
	start_auth
	echo freezer >$POWER/pm_test
	echo freeze >$POWER/state || problem "suspend was refused"
	echo none >$POWER/pm_test
	end_auth
	end_frozen
	verdict "suspend: waits for no exchange, and the exchanges go on afterwards"
else
	skip "suspend" "this kernel has no test of it"
fi

echo "$timeout_before" >$PARAMETERS/helper_timeout_ms
nothing_left "no context and no credential is left"
finish
