#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tally.sh FILE.tap...: counts results; the last line is the total. A file without a
# plan, or with another number of results, counts as one more failed test, since its
# program may have died. Before the failures, each with the first and the last of its
# comments, are the programs that took longest ("# NAME: N s, M s of them idle").

. "$(dirname "$0")/lib.sh"

count() {
	awk -v COMMENTS=5 '
	function last_comments(  i) {
		i = comments > 2 * COMMENTS ? comments - COMMENTS : COMMENTS
		if (i > COMMENTS)
			print "    # [" i - COMMENTS " lines]"
		while (i < comments)
			print "    " comment[i++]
		comments = 0
	}
	function finish(  missing) {
		last_comments()
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
		told = 0
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
	/^# .*: [0-9]+ s, [0-9]+ s of them idle$/ { next }
	/^#/ && told {
		if (comments < COMMENTS)
			print "    " $0
		comment[comments++] = $0
		next
	}
	/^(not )?ok([ \t]|$)/ { last_comments(); told = 0 }
	/^not ok([ \t]|$)/ { results++; failed++; print "failed: " file ": " $0; told = 1 }
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

# The programs that took longest
slowest() {
	sed -n 's/^# \(.*\): \([0-9]*\) s, \([0-9]* s of them idle\)$/\2 \1, \3/p' "$@" </dev/null |
		sort -rn | head -n 8 | while read -r seconds rest; do
			note "$seconds s: $rest"
		done
}

# awk does not process a file without a line.
for file; do
	[ -s "$file" ] || printf 'not ok - nothing was written\n1..1\n' >"$file"
done
[ $# -gt 0 ] || set -- /dev/null
slowest "$@"
count "$@"
