#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# bench.sh [GROUP...]: counts instructions in a guest whose clock is its instruction
# counter, and compares them with selftests/bench/budget. rows.sh has the groups; without
# one all rows are measured. The results are in build/bench. The exit status is 1 if a
# row is worse than its accepted figure or was not measured.
#
# bench.sh --profile [full|resumed|token|messages [1.2|1.3 [p256|rsa2048 [SIZE]]]]: where
# the instructions of a logon or a message are spent, by process, object and function
# (profile.sh).

. "$(dirname "$0")/../../scripts/lib.sh"

HERE=$TOP/selftests/bench
RUN=$TOP/selftests/guest/run.sh
OUT=$BUILD/bench
# The processor's own instructions for ciphers and hashes. On other machines udev loads
# these modules; without them the kernel computes in C.
MODULES="aesni_intel ghash_clmulni_intel sha1_ssse3 sha256_ssse3 sha512_ssse3"
TIMEOUT=3600

report() {
	awk -f "$HERE/report.awk" -v json="$OUT/bench.json" -v some="$*" \
		"$HERE/budget" "$OUT/guest/counts"
}

# in_guest COMMAND
in_guest() {
	"$RUN" --icount --modprobe "$MODULES" --timeout $TIMEOUT --dir "$OUT/guest" 6.12 -- "$1"
}

mkdir -p "$OUT"
if [ "${1:-}" = --profile ]; then
	in_guest "selftests/bench/profile.sh ${*:2}" | tee "$OUT/profile"
else
	in_guest "selftests/bench/rows.sh $*"
	report "$@"
fi
