#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tally.sh FILE.tap...: counts results; the last line is the total. A file without a
# plan, or with another number of results, counts as one more failed test, since its
# program may have died.

. "$(dirname "$0")/lib.sh"

count() {
	awk '
	function finish(  missing) {
		if (file == "")
			return
		if (!has_plan) {
			print "failed: " file ": no plan, " results " results"
			failed++
		} else if (results < plan) {
			missing = plan - results
			print "failed: " file ": " missing " of " plan " results are missing"
			failed += missing
		} else if (results > plan) {
			print "failed: " file ": " results " results, " plan " planned"
			failed++
		}
	}
	FNR == 1 {
		finish()
		file = FILENAME
		sub(/.*\//, "", file)
		has_plan = results = plan = 0
	}
	/^1\.\.[0-9]+/ {
		has_plan = 1
		split($0, part, /\.\.| /)
		plan = part[2]
		# A program may skip itself as a whole: "1..0 # SKIP why".
		if (plan == 0 && toupper($0) ~ /# *SKIP/) {
			print "skipped: " file ": " $0
			skipped++
		} else if (plan == 0) {
			print "failed: " file ": plans no test"
			failed++
		}
	}
	/^not ok([ \t]|$)/ { results++; failed++; print "failed: " file ": " $0 }
	/^ok([ \t]|$)/ {
		results++
		if (toupper($0) ~ /# *SKIP/) {
			skipped++
			print "skipped: " file ": " $0
		} else {
			passed++
		}
	}
	END {
		finish()
		printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
		exit failed > 0 || passed == 0
	}' "$@" </dev/null
}

# awk does not process a file without a line.
for file; do
	[ -s "$file" ] || printf 'not ok - nothing was written\n1..1\n' >"$file"
done
[ $# -gt 0 ] || set -- /dev/null
count "$@"
