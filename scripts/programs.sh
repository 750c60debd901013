# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Test programs of guests: which are selected, what their first lines say, and what they
# printed. Sourced by the steps that run them, after lib.sh.

# programs DIRECTORY: its programs NN-name.sh, or those of them that $T names
programs() {
	local p
	for p in "$1"/[0-9]*.sh; do
		[ -x "$p" ] || continue
		[ -z "${T:-}" ] || [[ " $T " = *" $(basename "$p" .sh) "* ]] || continue
		printf '%s\n' "$p"
	done
}

# header PROGRAM KEY DEFAULT
header() {
	local value
	value=$(sed -n "1,20s/^# $2: *//p" "$1" | head -n 1)
	printf '%s' "${value:-$3}"
}

# collect PREFIX DIRECTORY PROGRAM...: takes the output of each from a guest's directory to
# $RESULTS/PREFIX-NAME.tap, or notes that it did not run.
collect() {
	local prefix=$1 dir=$2 p name out
	shift 2
	for p; do
		name=$(basename "$p" .sh)
		out=$RESULTS/$prefix-$name.tap
		if [ -s "$dir/tap/$name.tap" ]; then
			cp "$dir/tap/$name.tap" "$out"
		else
			printf 'not ok - did not run\n1..1\n' >"$out"
		fi
	done
}
