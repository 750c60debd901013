# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The group "scale" of rows.sh: many contexts, many logons at the same time, and users who
# share the helper. Sourced, after lib.sh and server.sh.
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

IDLE=100000 AT_ONCE_USERS=125 AT_ONCE_LOGONS=8 ALONE=50
STORM_THREADS=32 QUIET=20 PROCESSOR_THREADS=8 PROCESSOR_LOGONS=25
ALICE=1001 BOB=1002

# fresh_cgroup: $CGROUP without what an earlier process has left there
fresh_cgroup() {
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	[ ! -d "$CGROUP" ] || rmdir "$CGROUP"
	mkdir "$CGROUP"
	[ -e "$CGROUP/memory.stat" ] || bail "no memory cgroup"
}

# shellcheck disable=SC2317 # called by measure
in_cgroup() {
	(
		echo 0 >"$CGROUP/cgroup.procs"
		exec "$@"
	)
}

# The limits of one user are for 4096 contexts.
raise_limits() {
	echo $((2 * IDLE)) >"$PARAMETERS/max_contexts_per_user"
	echo $((16 << 30)) >"$PARAMETERS/max_buffer_bytes_per_user"
	echo 500 >"$PARAMETERS/loopback_idle_ms"
}

# idle_bench is the helper itself. One file holds 4096 handles, so it opens several.
measure_idle() {
	local package
	peer_pem p256 --ec
	raise_limits
	stop_helper || bail "credsspd does not stop"
	for package in ntlm credssp; do
		fresh_cgroup
		measure '' in_cgroup idle_bench $package $IDLE $ALICE "$CGROUP" "$WORK/p256.pem"
	done
	helper_up || bail "credsspd does not start"
}

# The server has verified as many logons as the clients have had.
# shellcheck disable=SC2317 # called by until_true
server_has() { [ "$(grep -c '^conn.* result=ok .*delegated=password' "$PEER_OUT")" -eq "$1" ]; }

# One user may have 256 handshakes at a time, and users with 16 or more have 768 together:
# so there are many users.
measure_at_once() {
	local all=$((AT_ONCE_USERS * AT_ONCE_LOGONS))
	patient
	ulimit -n 8192
	server 1.3 p256 --timeout 600
	logons_bench at-once "$PEER_PORT" 1 1 8 >/dev/null || bail "the first logons"
	row logon-alone logons_bench at-once "$PEER_PORT" 1 1 $ALONE
	row logon-1000-at-once logons_bench at-once "$PEER_PORT" $AT_ONCE_USERS $AT_ONCE_LOGONS 1
	until_true 20 server_has $((8 + ALONE + all)) || bail "the server has other logons"
	impatient
}

# The quiet user's program and the server have priority for the processor, as if they had
# processors of their own: what the storm delays is the helper.
# shellcheck disable=SC2317 # called by measure
of_bob() { chrt -f 1 setpriv --reuid=$BOB --regid=$BOB --clear-groups "$@"; }

# beside_storm SUFFIX PORT...: the rows of the quiet user's logons beside a storm
beside_storm() {
	local storm begun out=$WORK/storm.$1
	setpriv --reuid=$ALICE --regid=$ALICE --clear-groups storm_bench storm $STORM_THREADS \
		"${@:2}" >"$out" &
	storm=$!
	until_true 60 has storms "$out" || bail "no storm"
	rows "$1" of_bob storm_bench beside "$PEER_PORT" $QUIET
	kill -TERM $storm || bail "the storm has ended"
	wait $storm || bail "the storm failed"
	begun=$(sed -n 's/^begun //p' "$out")
	note "handshakes of the storm: $begun"
	# Some of the quiet logons' requests let one of the storm go first, and a handshake of
	# the storm has two to four of these.
	[ "${begun:-0}" -ge $((QUIET / 10)) ] || bail "no storm: $begun handshakes"
}

# Another server for the storm's logons, without priority
measure_storm() {
	local storm_peer
	server 1.3 p256
	chrt -a -f -p 1 "$PEER_PID"
	rows quiet of_bob storm_bench quiet "$PEER_PORT" $QUIET
	beside_storm storm
	tspeer --tls 1.3 --pem "$WORK/p256.pem" >"$WORK/storm-peer" &
	storm_peer=$!
	until_true 20 has 'port=([0-9]+).*ready' "$WORK/storm-peer" || bail "no second server"
	beside_storm logon-storm "${BASH_REMATCH[1]}"
	kill $storm_peer
	wait $storm_peer 2>/dev/null
}

# As on a machine with two processors, credsspd has two threads.
measure_processors() {
	stop_helper || bail "credsspd does not stop"
	CREDSSPD_ARGS="--threads 2" helper_up || bail "credsspd does not start"
	server 1.3 p256
	rows two-processors logons_bench processors "$PEER_PORT" $PROCESSOR_THREADS \
		$PROCESSOR_LOGONS
}

measure_scale() {
	# Of 100,000 contexts a second round would tell nothing more.
	# shellcheck disable=SC2034 # measure reads it
	local ROUNDS=1
	need idle_bench logons_bench storm_bench setpriv chrt
	session_cache N
	measure_idle
	measure_at_once
	measure_storm
	measure_processors
}
