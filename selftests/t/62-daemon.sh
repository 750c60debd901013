#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The helper device and the daemon: the processes that may open the device, the rights
# that the running daemon has left, its time limit, and its log.
# guests: 6.1 backports
# timeout: 120

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd badhelper tspeer capsh setpriv unshare socat ss
TIMEOUT_FILE=$(echo /sys/module/credssp*/parameters/helper_timeout_ms)
DEVICE=/dev/credssp-helper

field() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"; }

# ---- the rights of the running daemon ------------------------------------

# The one with the device: with client certificates or Kerberos it has other processes.
pid=
for process in $(pidof credsspd); do
	! holds_helper_device "$process" || pid=$process
done
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
	want $set "$(field "$pid" $set)" 0000000000000000
done
want "root among its users" "$(field "$pid" Uid | tr '\t' '\n' | grep -c '^0$')" 0
want "root among its groups" "$(field "$pid" Gid | tr '\t' '\n' | grep -c '^0$')" 0
want "other groups" "$(field "$pid" Groups | tr -d ' ')" ''
verdict "the daemon has no privilege left"

want NoNewPrivs "$(field "$pid" NoNewPrivs)" 1
want Seccomp "$(field "$pid" Seccomp)" 2
want "core limit" "$(sed -n 's/^Max core file size *\([0-9a-z]*\) .*/\1/p' "/proc/$pid/limits")" 0
want "owner of its files in /proc" "$(stat -c %u "/proc/$pid/environ")" 0
verdict "... can gain none, is under a system call filter, and leaves no core"

[ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ] ||
	problem "it is in our network namespace"
sockets=0
for fd in "/proc/$pid"/fd/*; do
	[ "$(basename "$fd")" -gt 2 ] || continue
	want "descriptor" "$(readlink "$fd")" \
		"$DEVICE|/run/credssp/reload|anon_inode:*signalfd*|anon_inode:*eventfd*|socket:*"
	[[ $(readlink "$fd") != socket:* ]] || sockets=$((sockets + 1))
done
# the ticket office, the gate of logons, the reader of the configuration; where a program
# before this one has left certificates, the keeper of their keys
want "connections" "$sockets" '3|4'
verdict "... has no network and nothing open but the device and its other processes"

# ---- processes that may be the helper ------------------------------------

want mode "$(stat -c '%a %u %g' $DEVICE)" "600 0 0"
verdict "the device is root's alone"

credsspd >"$WORK/second" 2>&1
want "exit status" $? 4
credsspd --device /dev/credssp-none >"$WORK/second" 2>&1
want "exit status without device" $? 3
verdict "there is one helper in a namespace"

capsh --drop=cap_net_admin -- -c "PATH=$PATH credsspd" >"$WORK/unprivileged" 2>&1
want "exit status" $? 5
verdict "root without CAP_NET_ADMIN may not be the helper"

# The mode of the file is not enough: the process must own the network namespace.
chmod 666 $DEVICE
setpriv --reuid 65534 --regid 65534 --clear-groups bash -c "exec 3<>$DEVICE" \
	2>"$WORK/unprivileged" && problem "the user nobody could open it"
setpriv --reuid 65534 --regid 65534 --clear-groups \
	unshare --user --map-root-user bash -c "exec 3<>$DEVICE" \
	2>"$WORK/unprivileged" && problem "root of a user namespace could open it"
setpriv --reuid 65534 --regid 65534 --clear-groups \
	unshare --user --map-root-user --net bash -c "exec 3<>$DEVICE" \
	2>"$WORK/unprivileged" || problem "root of a network namespace could not open it"
chmod 600 $DEVICE
verdict "the file's mode is not enough, except in a user's own network namespace"

# shellcheck disable=SC2016 # the other shell expands it
unshare --net bash -c '
	credsspctl status --json
	badhelper never-read >"$1" &
	for ((n = 0; n < 200 * HANG; n++)); do
		! grep -q ready "$1" || break
		sleep 0.1
	done
	credsspctl status --json
	credsspd
	echo daemon $?
	kill %1' - "$WORK/netns.bad" >"$WORK/netns" 2>"$WORK/netns.err"
has ready "$WORK/netns.bad" || problem "badhelper does not open the device there"
want "helper, before and after" \
	"$(sed -n 's/^ *"helper_present": \([a-z]*\),/\1/p' "$WORK/netns" | tr '\n' ' ')" 'false true '
want "a second one there" "$(grep '^daemon' "$WORK/netns")" 'daemon 4'
want "helper here" "$(status helper_present)" true
verdict "another network namespace has a helper of its own, or none"

# ---- the time limit ------------------------------------------------------

before=$(cat "$TIMEOUT_FILE")
for ms in 0 99 120001 -1 x; do
	echo $ms >"$TIMEOUT_FILE" && problem "takes $ms"
done 2>/dev/null
want "limit" "$(cat "$TIMEOUT_FILE")" "$before"
for ms in 100 120000; do
	echo $ms >"$TIMEOUT_FILE" || problem "does not take $ms"
	want "reported" "$(status helper_timeout_ms)" $ms
done
echo "$before" >"$TIMEOUT_FILE"
verdict "the time limit of a reply has bounds"

# ---- the service manager and the log -------------------------------------

start_peer
auth --carrier raw "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 0
stop_helper || problem "SIGTERM does not stop it"
socat -u "UNIX-RECV:$WORK/notify" "CREATE:$WORK/notified" &
until_true 10 test -S "$WORK/notify" || problem "socat does not listen"
# Its log is in a file of this guest, where written lines appear at once
NOTIFY_SOCKET=$WORK/notify CREDSSPD_ARGS=--verbose GUEST_RUN=$WORK start_helper ||
	problem "it does not start again"
disown "${helper_pid:?}"
until_true 10 has 'READY=1' "$WORK/notified" || problem "does not say that it is ready"
auth --carrier raw "127.0.0.1:$PEER_PORT"
want "exit status with a new one" "$RC" 0
has '<6>ready' "$WORK/credsspd.log" || problem "no priorities in the log"
has '<7>conversation' "$WORK/credsspd.log" || problem "no details in the log"
grep -qE "$PASSWORD|alice|localhost" "$WORK/credsspd.log" && problem "the log has names"
stop_helper || problem "SIGTERM does not stop it"
until_true 10 has 'STOPPING=1' "$WORK/notified" || problem "does not say that it stops"
verdict "the service manager is notified; the log has details, but no names"

start_helper || problem "it does not start again"
disown "${helper_pid:?}"
verdict "the daemon stops and starts"
nothing_left "no context and no credential is left"
finish
