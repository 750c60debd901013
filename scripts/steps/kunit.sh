#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The KUnit suites: loads credssp_kunit.ko in the debug guest, which runs them.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

# The names of the suites in the sources
suites() {
	awk '/^(static )?struct kunit_suite / { inside = 1 }
	     inside && match($0, /\.name *= *"[^"]+"/) {
		name = substr($0, RSTART, RLENGTH)
		gsub(/^[^"]*"|"$/, "", name)
		print name
	     }
	     /^};/ { inside = 0 }' "$TOP"/kunit/*.c
}

"$TOP/scripts/deps.sh" build kernels guest
"$TOP/scripts/kernels.sh" debug
"$TOP/scripts/build-modules.sh" debug-kunit

dir=$BUILD/guest/kunit-$$
rc=0
mkdir -p "$BUILD/guest"
"$TOP/selftests/guest/run.sh" -d "$dir" -t 1500 --no-helper --append kunit.enable=1 \
	--ko "$BUILD/debug-kunit/credssp_kunit.ko" debug -- true 2>"$dir.err" || rc=$?

log=$dir/dmesg
[ -e "$log" ] || log=$dir/console.log
mapfile -t names < <(suites)
"$TOP/scripts/ktap2tap.sh" "$log" "${names[@]}" >"$RESULTS/kunit.tap"
sed '/^1\.\./d; s/^\(not ok\|ok\) [0-9]* - /\1 - kunit: /' "$RESULTS/kunit.tap"

tap_open kunit-guest
if [ $rc -eq 0 ]; then
	tap_result ok "debug guest: no kernel report, no leak"
else
	tap_result 'not ok' "debug guest: exit status $rc"
	sed 's/^/#   /' "$dir.err"
fi
tap_close
