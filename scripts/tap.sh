# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the steps of `make check`: each result is written to standard output and, as TAP,
# to a file in $RESULTS (set by check.sh), which tally.sh counts. Sourced.

# tap_open NAME: the results that follow belong to NAME.
tap_open() {
	TAP_FILE=$RESULTS/$1.tap TAP_NAME=$1 TAP_COUNT=0
	mkdir -p "$RESULTS"
	: >"$TAP_FILE"
}

# tap_result "ok"|"not ok" DESCRIPTION
tap_result() {
	TAP_COUNT=$((TAP_COUNT + 1))
	printf '%s %d - %s\n' "$1" "$TAP_COUNT" "$2" >>"$TAP_FILE"
	printf '%s - %s: %s\n' "$1" "$TAP_NAME" "$2"
}

# tap_run DESCRIPTION COMMAND...: one test; its output is shown if it fails.
tap_run() {
	local what=$1 out
	shift
	out=$(mktemp)
	if "$@" >"$out" 2>&1; then
		tap_result ok "$what"
	else
		tap_result 'not ok' "$what"
		sed 's/^/#   /' "$out" | tee -a "$TAP_FILE"
	fi
	rm -f "$out"
}

# tap_rule DESCRIPTION COMMAND...: one test, as tap_run. Exit status 77 is a rule that cannot be
# checked on this machine; its output is the reason.
tap_rule() {
	local what=$1 out rc=0
	shift
	out=$("$@" 2>&1) || rc=$?
	case $rc in
	0) tap_result ok "$what" ;;
	77) tap_result ok "$what # SKIP $out" ;;
	*)
		tap_result 'not ok' "$what"
		printf '%s\n' "$out" | sed 's/^/#   /'
		;;
	esac
}

tap_close() {
	printf '1..%d\n' "$TAP_COUNT" >>"$TAP_FILE"
}
