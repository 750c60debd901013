#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check.sh STEP...: runs these steps (scripts/steps/STEP.sh), one after the
# other whether they fail or not, and closes with the total of their results.
# STEP+STEP runs two steps at the same time, because each leaves a processor idle; the
# output of the first one is printed when it has ended.

. "$(dirname "$0")/lib.sh"

# Results have a directory of their own, as two runs may share a tree at the same time.
RESULTS=$BUILD/results/$(date +%m%d-%H%M%S)-$$
export RESULTS
. "$(dirname "$0")/tap.sh"

run_step() {
	local step=$1 start=$SECONDS rc=0
	note "$step"
	"$TOP/scripts/steps/$step.sh" || rc=$?
	# A step reports by results. If it fails itself or has none, that is a failed test.
	if [ $rc -ne 0 ] || ! compgen -G "$RESULTS/$step*.tap" >/dev/null; then
		tap_open "$step-step"
		tap_result 'not ok' "the step ran to its end (exit status $rc)"
		tap_close
	fi
	note "$step: $((SECONDS - start)) s"
}

# run_both FIRST SECOND
run_both() {
	local log=$RESULTS/$1.log first
	run_step "$1" >"$log" 2>&1 &
	first=$!
	run_step "$2"
	wait $first
	cat "$log"
}

[ $# -gt 0 ] || die "usage: check.sh STEP[+STEP]..."
mkdir -p "$RESULTS"
ln -sfn "${RESULTS##*/}" "$BUILD/results/last"
files=()
for step; do
	case $step in
	*+*) run_both "${step%+*}" "${step#*+}" ;;
	*) run_step "$step" ;;
	esac
	for part in ${step/+/ }; do
		files+=("$RESULTS/$part"*.tap)
	done
done
"$TOP/scripts/tally.sh" "${files[@]}"
