#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every fuzzer that selftests/fuzz builds into build/fuzz: first the replay of its
# corpus, each seed cut and flipped everywhere, then FUZZ_SECONDS of libFuzzer
# starting from the corpus. Inputs that crashed stay in build/fuzz.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

FUZZ=$TOP/selftests/fuzz
SECS=${FUZZ_SECONDS:-10}

run_fuzzer() {
	local name=$1 found=$BUILD/fuzz/found/$1 corpus=()
	mkdir -p "$found"
	[ ! -d "$FUZZ/corpus/$name" ] || corpus+=("$FUZZ/corpus/$name")
	# New inputs go to the first directory: the corpus in the tree stays as it is.
	"$BUILD/fuzz/$name" -max_total_time="$SECS" -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$BUILD/fuzz/$name-" \
		"$found" "${corpus[@]}"
}

"$TOP/scripts/deps.sh" build fuzz
"$TOP/scripts/build-user.sh" selftests/fuzz fuzz
tap_open fuzz
for fuzzer in "$BUILD"/fuzz/fuzz_*; do
	if [ -d "$fuzzer" ] || [ ! -x "$fuzzer" ]; then continue; fi
	name=$(basename "$fuzzer")
	tap_run "replay of ${name#fuzz_}'s corpus" make -s -C "$FUZZ" O="$BUILD/fuzz" \
		"replay-${name#fuzz_}"
	tap_run "$name, $SECS s" run_fuzzer "$name"
done
tap_close
