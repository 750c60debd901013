#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# profile.sh [full|resumed|token|messages|ntlm [1.2|1.3 [p256|rsa2048 [SIZE]]]]: in the
# guest of bench.sh. Prints where the instructions of logons, of messages of SIZE bytes, or
# of NTLM on its own are spent: counts by the program itself, user and kernel time of each
# thread of the helper, and samples by process, object and function.

. "$(dirname "$0")/../lib.sh"
. "$TOP/selftests/bench/server.sh"

VERB=${1:-full} TLS=${2:-1.3} KEY=${3:-p256} SIZE=${4:-16384}
TIMES=200
[ "$VERB" != messages ] || TIMES=4000
[ "$VERB" != ntlm ] || TIMES=5000
# Samples a second of processor time; a second is 500 million instructions.
FREQUENCY=10000
PROCESSES=credssp_bench,credsspd,ntlm_bench

# threads: TID, user and kernel time in ticks of 10 ms, and both in instructions, for each
# thread of the helper
threads() {
	local pid task
	for pid in $(pidof credsspd); do
		for task in /proc/"$pid"/task/*; do
			printf '%s %s %s\n' "${task##*/}" \
				"$(awk '{ print $14, $15 }' "$task/stat")" \
				"$(awk '{ print $1 / 2 }' "$task/schedstat")"
		done
	done
}

# report TITLE KEYS: shares of the processes' samples
report() {
	printf '\n%s\n' "$1"
	perf report -i "$WORK/perf.data" --stdio --percentage relative --comms "$PROCESSES" \
		--sort "$2" --percent-limit 0.5 2>/dev/null | grep -v '^#' | grep -v '^$' |
		sed 's/ *- *- *$//'
}

if [ "$VERB" = ntlm ]; then
	COMMAND="ntlm_bench $TIMES"
else
	COMMAND="credssp_bench $VERB PORT $TIMES $SIZE"
fi

need perf
cache=N
[ "$VERB" != resumed ] || cache=Y
session_cache $cache
server "$TLS" "$KEY" --echo
threads >"$WORK/before"
# shellcheck disable=SC2086 # words
perf record -q -a -e cpu-clock -F $FREQUENCY -o "$WORK/perf.data" -- \
	${COMMAND/PORT/$PEER_PORT} || bail "$COMMAND"
printf '\nThreads of credsspd: id, user ticks, kernel ticks, instructions\n'
threads | awk 'NR == FNR { u[$1] = $2; k[$1] = $3; n[$1] = $4; next }
	{ print $1, $2 - u[$1], $3 - k[$1], sprintf("%d", $4 - n[$1]) }' "$WORK/before" -
report "By process and object" comm,dso
report "By process and function" comm,dso,symbol
ok "profiled"
finish
