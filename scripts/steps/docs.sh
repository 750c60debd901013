#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The documentation against the code: every rule of check-docs.sh.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

# check RULE: exit status 77 is a rule that cannot be checked on this machine.
check() {
	local rule=$1 out rc=0
	out=$("$TOP/scripts/check-docs.sh" "$rule" 2>&1) || rc=$?
	case $rc in
	0) tap_result ok "$rule" ;;
	77) tap_result ok "$rule # SKIP $out" ;;
	*)
		tap_result 'not ok' "$rule"
		printf '%s\n' "$out" | sed 's/^/#   /'
		;;
	esac
}

"$TOP/scripts/deps.sh" build kernels docs
"$TOP/scripts/kernels.sh" 6.12
tap_open docs
for rule in $("$TOP/scripts/check-docs.sh" --rules); do
	check "$rule"
done
tap_close
