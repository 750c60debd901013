#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Figures, measured in a guest: authentications per second and processor time
# for each, on both transports, with full TLS handshakes and resumed ones, and for
# FreeRDP's own client, and the memory of an idle established context. The machine
# is emulated: use the figures for comparison only. ONLY_SPEED=1 leaves the last two out.

. "$(dirname "$0")/../lib.sh"

COUNT=${COUNT:-100} ROUNDS=${ROUNDS:-3} HELD=${HELD:-200} FREERDP_COUNT=${FREERDP_COUNT:-5}
CACHE=/sys/module/credssp/parameters/session_cache
CGROUP=/sys/fs/cgroup/bench

cpu_of() { awk '{print ($14 + $15) / 100}' "/proc/$1/stat"; }

# serve OPTION...
serve() {
	"$PEERS/tspeer" --port 0 "$@" >"$WORK/peer" 2>&1 &
	SERVER=$!
	for _ in $(seq 300); do
		PORT=$(sed -n 's/.*port=\([0-9]*\).*/\1/p' "$WORK/peer" | head -n 1)
		[ -z "$PORT" ] || return 0
		sleep 0.1
	done
	echo "tspeer did not start" >&2
	exit 1
}

# once TRANSPORT CACHE: wall, caller's and helper's processor seconds per authentication
once() {
	local helper before after line
	helper=$(pidof credsspd)
	echo "$2" >"$CACHE"
	before=$(cpu_of "$helper")
	line=$("$PEERS/credssp_bench" "$1" "$COUNT" "$PORT") || exit 1
	after=$(cpu_of "$helper")
	echo Y >"$CACHE"
	echo "$line helper_cpu=$(awk "BEGIN{print $after - $before}")" |
		awk '{for (i = 1; i <= NF; i++) {split($i, a, "="); v[a[1]] = a[2]}
			print v["wall"] / v["count"], v["cpu"] / v["count"],
				v["helper_cpu"] / v["count"]}'
}

mean() { awk '{w += $1; c += $2; h += $3} END {print w / NR, c / NR, h / NR}' "$1"; }

# speed TRANSPORT WHAT: full handshakes and resumed ones in turn, so that a busy machine
# affects both alike; the first handshake of each round is a full one.
speed() {
	local round
	rm -f "$WORK/full" "$WORK/resumed"
	for ((round = 0; round < ROUNDS; round++)); do
		once "$1" N >>"$WORK/full"
		once "$1" Y >>"$WORK/resumed"
	done
	{ mean "$WORK/full"; mean "$WORK/resumed"; } | awk -v what="$1 transport, $2" '
		{w[NR] = $1; c[NR] = $2; h[NR] = $3}
		function tell(i, how) {
			printf "%s, %s: %.1f authentications/s, %.2f ms CPU each in the caller (kernel included), %.2f ms in credsspd\n",
				what, how, 1 / w[i], 1000 * c[i], 1000 * h[i]
		}
		END {
			tell(1, "full"); tell(2, "resumed")
			printf "%s: a resumed one takes %.2f of the time of a full one, %.2f of the CPU of caller and helper\n",
				what, w[2] / w[1], (c[2] + h[2]) / (c[1] + h[1])
		}'
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
	sleep 8 # by then the idle loopback connections are closed
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

for tls in 1.3 1.2; do
	serve --tls $tls
	speed socket "TLS $tls, RSA key"
	kill "$SERVER"
	serve --tls $tls --ec
	speed socket "TLS $tls, EC key"
	kill "$SERVER"
done
serve --ec
speed token "TLS 1.3, EC key"
[ -z "${ONLY_SPEED:-}" ] || exit 0
memory 1
memory "$((HELD + 1))"
[ ! -s "$WORK/kernel-1" ] ||
	echo "idle established context: $((($(cat "$WORK/kernel-$((HELD + 1))") - $(cat "$WORK/kernel-1")) / HELD)) bytes of kernel memory"
kill "$SERVER"
"$PEERS/tspeer" --ec --x224 auto --port 0 >"$WORK/peer" 2>&1 &
SERVER=$!
sleep 3
PORT=$(sed -n 's/.*port=\([0-9]*\).*/\1/p' "$WORK/peer" | head -n 1)
freerdp
kill "$SERVER"
