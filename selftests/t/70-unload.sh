#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The module can be unloaded only when nothing uses it; it can be loaded again; an
# authenticated stream works on without it.
# guests: 6.1 backports debug
# races: yes
# timeout: 200

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl tspeer ioctl_test ss rmmod insmod

loaded() { [ -d /sys/module/credssp ]; }
refused() { ! rmmod credssp 2>"$WORK/rmmod" && loaded; }

start_peer --echo
auth --carrier raw "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 0
verdict "an exchange before"

check "rmmod is refused while credsspd is running" refused
stop_helper || problem "credsspd does not stop"
verdict "credsspd stops"

exec 9<>/dev/credssp
check "rmmod is refused while /dev/credssp is open" refused
exec 9>&-
check "rmmod succeeds when nothing uses the module" until_true 10 try_rmmod
check "/dev/credssp is gone" test ! -e /dev/credssp
check "/dev/credssp-helper is gone" test ! -e /dev/credssp-helper
rc=0
credsspctl status >/dev/null 2>&1 || rc=$?
want "exit status" $rc 6
verdict "credsspctl status says that there is no module"
auth --carrier raw "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 6
want reason "${JSON[reason]}" no-module
verdict "credsspctl auth says that there is no module"

check "it loads again" module_up
rounds=4
[ "$KERNEL" != debug ] || rounds=2
for ((i = 1; i <= rounds; i++)); do
	auth --carrier raw --transport "$([ $((i % 2)) -eq 0 ] && echo socket || echo token)" \
		"127.0.0.1:$PEER_PORT"
	want "exit status in round $i" "$RC" 0
	module_down || problem "it does not unload in round $i: $(<"$WORK/rmmod")"
	module_up || problem "no reload in round $i"
done
verdict "$rounds times: an exchange, rmmod right after it, insmod"

# Delayed work closes the loopback connection of an idle token context: the module must
# not be unloaded before it has run.
PEER_PORT=$PEER_PORT stream_test 'messages of 1 to' >"$WORK/out" 2>&1
want "exit status" $? 0
module_down || problem "it does not unload: $(<"$WORK/rmmod")"
sleep 4
verdict "rmmod right after a token context's messages, and nothing runs afterwards"
check "it loads again" module_up

# Under load: the helper is stopped, the exchanges end, the module is unloaded.
hammer() {
	while [ ! -e "$WORK/stop" ]; do
		timeout $((30 * HANG)) credsspctl auth --user alice --password-file "$WORK/password" \
			--carrier raw --timeout $((10 * HANG)) "127.0.0.1:$PEER_PORT" \
			>/dev/null 2>&1 </dev/null
	done
}
pids=()
for i in 1 2 3 4; do
	hammer &
	pids+=($!)
done
sleep 2
refused || problem "rmmod succeeded while credsspd was running"
# shellcheck disable=SC2046 # pids are words
kill -KILL $(pidof credsspd)
until_true 30 try_rmmod || problem "rmmod: $(<"$WORK/rmmod")"
: >"$WORK/stop"
wait "${pids[@]}"
loaded && problem "it is still loaded"
verdict "rmmod under load, with the helper killed"
check "it loads again" module_up
auth --carrier raw "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 0
verdict "an exchange afterwards"
nothing_left "no context and no credential is left"
finish
