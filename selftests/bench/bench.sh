#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# bench.sh [GROUP...]: counts instructions in a guest whose clock is its instruction
# counter, and compares them with selftests/bench/budget. rows.sh has the groups; without
# one all rows are measured. The group "scale" needs more memory and has a guest of its
# own. The results are in build/bench. The exit status is 1 if a row is worse than its
# accepted figure or above its bound, or was not measured.
#
# bench.sh --profile [full|resumed|token|messages|ntlm [1.2|1.3 [p256|rsa2048 [SIZE]]]]:
# where the instructions of a logon or a message are spent, by process, object and function
# (profile.sh).

. "$(dirname "$0")/../../scripts/lib.sh"

HERE=$TOP/selftests/bench
RUN=$TOP/selftests/guest/run.sh
OUT=$BUILD/bench
# The processor's own instructions for ciphers and hashes. On other machines udev loads
# these modules; without them the kernel computes in C.
MODULES="aesni_intel ghash_clmulni_intel sha1_ssse3 sha256_ssse3 sha512_ssse3"
TIMEOUT=7200

report() {
	awk -f "$HERE/report.awk" -v json="$OUT/bench.json" -v some="$*" \
		"$HERE/budget" "$OUT"/*/counts
}

# in_guest NAME MEMORY COMMAND: the run's directory is $OUT/NAME
in_guest() {
	"$RUN" --icount --modprobe "$MODULES" --timeout $TIMEOUT --memory "$2" --dir "$OUT/$1" \
		6.12 -- "$3"
}

# measure GROUP...: each in its guest
measure() {
	local group few=() many=()
	for group; do
		if [ "$group" = scale ]; then many+=("$group"); else few+=("$group"); fi
	done
	rm -rf "$OUT/guest" "$OUT/scale"
	[ ${#few[@]} -eq 0 ] || in_guest guest 2G "selftests/bench/rows.sh ${few[*]}"
	[ ${#many[@]} -eq 0 ] || in_guest scale 4G "selftests/bench/rows.sh ${many[*]}"
}

"$TOP/selftests/prepare.sh"
mkdir -p "$OUT"
if [ "${1:-}" = --profile ]; then
	in_guest guest 2G "selftests/bench/profile.sh ${*:2}" | tee "$OUT/profile"
	exit
fi
if [ $# -gt 0 ]; then
	measure "$@"
else
	measure messages ntlm logon resumed token memory kerberos accept scale
fi
report "$@"
