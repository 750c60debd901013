#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Figures, measured in a guest: authentications per second and processor time
# for each, on both transports and for FreeRDP's own client, and the memory of an
# idle established context. The machine is emulated: compare, do not quote.

. "$(dirname "$0")/../lib.sh"

COUNT=${COUNT:-200} HELD=${HELD:-200} FREERDP_COUNT=${FREERDP_COUNT:-5}
CGROUP=/sys/fs/cgroup/bench

cpu_of() { awk '{print ($14 + $15) / 100}' "/proc/$1/stat"; }

serve() {
	"$PEERS/tspeer" --ec --port 0 >"$WORK/peer" 2>&1 &
	PEER=$!
	for _ in $(seq 300); do
		PORT=$(sed -n 's/.*port=\([0-9]*\).*/\1/p' "$WORK/peer" | head -n 1)
		[ -z "$PORT" ] || return 0
		sleep 0.1
	done
	echo "tspeer did not start" >&2
	exit 1
}

speed() {
	local helper before after line
	helper=$(pidof credsspd)
	before=$(cpu_of "$helper")
	line=$("$PEERS/credssp_bench" "$1" "$COUNT" "$PORT") || exit 1
	after=$(cpu_of "$helper")
	echo "$line helper_cpu=$(awk "BEGIN{print $after - $before}")" |
		awk '{for (i = 1; i <= NF; i++) {split($i, a, "="); v[a[1]] = a[2]}
			printf "%s: %.1f authentications/s, %.2f ms CPU each in the caller (kernel included), %.2f ms in credsspd\n",
				v["transport"], v["count"] / v["wall"], 1000 * v["cpu"] / v["count"],
				1000 * v["helper_cpu"] / v["count"]}'
}

kernel_bytes() { awk '$1 == "kernel" {print $2}' "$CGROUP/memory.stat"; }

# The contexts' own cgroup is charged with what the module allocates for them.
memory() {
	local after
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
	mkdir -p "$CGROUP"
	if [ ! -e "$CGROUP/memory.stat" ]; then
		echo "memory: no memory cgroup in this guest"
		return
	fi
	rm -f "$WORK/go" "$WORK/held"
	mkfifo "$WORK/go"
	(
		echo 0 >"$CGROUP/cgroup.procs"
		exec "$PEERS/credssp_bench" token "$1" "$PORT" hold <"$WORK/go" >"$WORK/held"
	) &
	exec 9>"$WORK/go"
	while [ ! -s "$WORK/held" ]; do
		kill -0 $! 2>/dev/null || return
		sleep 0.5
	done
	sleep 8 # the idle pairs are closed by then
	after=$(kernel_bytes)
	echo >&9
	exec 9>&-
	wait $!
	echo "$after" >"$WORK/kernel-$1"
}

# FreeRDP's client, for scale: a whole process and its X connection each time.
freerdp() {
	local i start cpu
	Xvfb :78 -screen 0 640x480x24 -nolisten tcp >/dev/null 2>&1 &
	sleep 5
	start=$(date +%s.%N)
	for ((i = 0; i < FREERDP_COUNT; i++)); do
		DISPLAY=:78 bash -c 'times >/dev/null; xfreerdp /v:127.0.0.1 /port:'"$PORT"' /u:alice /p:Passw0rd! /cert:ignore +auth-only >/dev/null 2>&1; times' |
			tail -n 1
	done >"$WORK/times"
	cpu=$(tr 'ms' '  ' <"$WORK/times" | awk '{c += $1 * 60 + $2 + $3 * 60 + $4} END {print c}')
	awk "BEGIN{printf \"xfreerdp +auth-only: %.2f authentications/s, %.0f ms CPU each (a process each time)\\n\",
		$FREERDP_COUNT / ($(date +%s.%N) - $start), 1000 * $cpu / $FREERDP_COUNT}"
	kill %?Xvfb 2>/dev/null
}

serve
speed socket
speed token
memory 1
memory "$((HELD + 1))"
[ ! -s "$WORK/kernel-1" ] ||
	echo "idle established context: $((($(cat "$WORK/kernel-$((HELD + 1))") - $(cat "$WORK/kernel-1")) / HELD)) bytes of kernel memory"
kill "$PEER"
"$PEERS/tspeer" --ec --x224 auto --port 0 >"$WORK/peer" 2>&1 &
PEER=$!
sleep 3
PORT=$(sed -n 's/.*port=\([0-9]*\).*/\1/p' "$WORK/peer" | head -n 1)
freerdp
kill "$PEER"
