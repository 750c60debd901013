#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check.sh STEP...: runs these steps (scripts/steps/STEP.sh), one after the
# other whether they fail or not, and closes with the total of their results.
# STEP+STEP... runs steps at the same time, because each leaves a processor idle; the output
# of all but the last one is printed when they have ended.

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
	echo "$step $((SECONDS - start))" >>"$RESULTS/times"
}

# run_together STEP...
run_together() {
	local step
	for step in "${@:1:$#-1}"; do
		run_step "$step" >"$RESULTS/$step.log" 2>&1 &
	done
	run_step "${!#}"
	wait
	for step in "${@:1:$#-1}"; do
		cat "$RESULTS/$step.log"
	done
}

[ $# -gt 0 ] || die "usage: check.sh STEP[+STEP]..."
mkdir -p "$RESULTS"
ln -sfn "${RESULTS##*/}" "$BUILD/results/last"
files=()
for steps; do
	IFS=+ read -r -a together <<<"$steps"
	run_together "${together[@]}"
	for step in "${together[@]}"; do
		files+=("$RESULTS/$step"*.tap)
	done
done
note "$(sed 's/$/ s/' "$RESULTS/times" | paste -sd ',')"
"$TOP/scripts/tally.sh" "${files[@]}"
