#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# rows.sh GROUP...: in the guest of bench.sh. Measures rows and their baselines, most of
# them twice, and appends lines "ROW PART FIGURE" to $GUEST_RUN/counts. The figures are
# instructions, or bytes.

. "$(dirname "$0")/../lib.sh"
. "$TOP/selftests/bench/server.sh"
# shellcheck source=scale.sh
. "$TOP/selftests/bench/scale.sh"
# shellcheck source=kerberos.sh
. "$TOP/selftests/bench/kerberos.sh"
# shellcheck source=accept.sh
. "$TOP/selftests/bench/accept.sh"
set -o pipefail

COUNTS=$GUEST_RUN/counts
ROUNDS=2 LOGONS=50 RESUMED=100 NTLM=500 MESSAGES=500 HELD=1000
CGROUP=/sys/fs/cgroup/bench

# measure EXPRESSION COMMAND...: sed's EXPRESSION turns "PART FIGURE" into a line of a row
measure() {
	local expression=$1 round
	shift
	for ((round = 0; round < ROUNDS; round++)); do
		"$@" | sed -u "$expression" | tee -a "$COUNTS" || bail "failed: $*"
	done
}

# row NAME COMMAND...: all parts that COMMAND prints belong to one row
row() { measure "s/^/$1 /" "${@:2}"; }

# rows SUFFIX COMMAND...: each part is a row
rows() { measure "s/^[a-z]*/&-$1 &/" "${@:2}"; }

measure_logon() {
	local tls key name
	session_cache N
	for tls in 1.3 1.2; do
		for key in p256 rsa2048; do
			name=tls${tls/./}-$key
			server $tls $key
			row "logon-$name" credssp_bench full "$PEER_PORT" $LOGONS
			row "gnutls-$name" tls_bench full "$PEER_PORT" $LOGONS
		done
	done
}

measure_resumed() {
	local tls name
	session_cache Y
	for tls in 1.3 1.2; do
		name=tls${tls/./}-p256
		server $tls p256
		row "resumed-$name" credssp_bench resumed "$PEER_PORT" $RESUMED
		row "gnutls-resumed-$name" tls_bench resumed "$PEER_PORT" $RESUMED
	done
}

measure_token() {
	session_cache N
	server 1.3 p256
	row token-tls13-p256 credssp_bench token "$PEER_PORT" $LOGONS
}

measure_ntlm() {
	row ntlm-client ntlm_bench $NTLM
	row winpr-ntlm-client winpr_bench $NTLM
}

measure_messages() {
	local kib
	session_cache N
	server 1.3 p256 --echo
	for kib in 1 16; do
		rows ${kib}k credssp_bench messages "$PEER_PORT" $MESSAGES $((kib * 1024))
		rows ${kib}k ktls_bench $MESSAGES $((kib * 1024))
	done
}

kernel_bytes() { awk '$1 == "kernel" { print $2 }' $CGROUP/memory.stat; }

# held COUNT: BYTES gets the kernel memory of a process with so many idle token contexts,
# which has a cgroup of its own. After 8 seconds their loopback connections are closed,
# and the kernel has brought its statistics up to date.
held() {
	local pid
	rm -f "$WORK/go"
	mkfifo "$WORK/go"
	(
		echo 0 >$CGROUP/cgroup.procs
		exec credssp_bench hold "$PEER_PORT" "$1" <"$WORK/go" >"$WORK/held"
	) &
	pid=$!
	exec 9>"$WORK/go"
	until_true 300 grep -qs held "$WORK/held" || bail "credssp_bench hold $1"
	sleep 8
	BYTES=$(kernel_bytes)
	echo >&9
	exec 9>&-
	wait $pid
	rm -f "$WORK/held"
}

measure_memory() {
	local round one
	session_cache N
	server 1.3 p256
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir -p $CGROUP
	[ -e $CGROUP/memory.stat ] || bail "no memory cgroup"
	for ((round = 0; round < ROUNDS; round++)); do
		held 1
		one=$BYTES
		held $((HELD + 1))
		echo "idle-context kernel $(((BYTES - one) / HELD))" | tee -a "$COUNTS"
	done
}

[ $# -gt 0 ] || bail "no group"
# A connection must not begin with the congestion window that an earlier one ended with.
echo 1 >/proc/sys/net/ipv4/tcp_no_metrics_save
: >"$COUNTS"
for group; do
	case $group in
	logon) measure_logon ;;
	resumed) measure_resumed ;;
	token) measure_token ;;
	ntlm) measure_ntlm ;;
	messages) measure_messages ;;
	memory) measure_memory ;;
	kerberos) measure_kerberos ;;
	accept) measure_accept ;;
	scale) measure_scale ;;
	*) bail "no group $group" ;;
	esac
done
ok "measured"
finish
