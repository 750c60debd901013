#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ktap2tap.sh DMESG SUITE...: KUnit's nested results in a kernel log as flat TAP,
# a line for each case, with the failed expectations as comments. If a suite stops half
# way, its planned cases without a result count as failed, and so does each SUITE that is
# not in the log.

log=$1
shift
awk -v wanted="$*" '
function close_suite(  i) {
	for (i = seen + 1; suite != "" && i <= planned; i++)
		printf "not ok %d - %s: case %d did not end\n", ++n, suite, i
	suite = ""
	planned = seen = 0
}
{ sub(/^\[ *[0-9]+\.[0-9]+\](\[ *[TC][0-9]+\])? /, "") }
/^    # Subtest: / { close_suite(); suite = $3; began[suite] = 1; next }
/^    1\.\.[0-9]+/ { sub(/^ *1\.\./, ""); planned = $1; next }
/^    (not )?ok [0-9]+/ && suite != "" {
	seen++
	verdict = /^    not/ ? "not ok" : "ok"
	sub(/^ *(not )?ok [0-9]+ (- )?/, "")
	printf "%s %d - %s.%s\n", verdict, ++n, suite, $0
	next
}
/^(not )?ok [0-9]+/ { close_suite(); next }
/^ +# .*(EXPECTATION|ASSERTION) FAILED/ { shown = 6 }
shown > 0 { shown--; print "# " $0 }
END {
	close_suite()
	count = split(wanted, names, " ")
	for (i = 1; i <= count; i++)
		if (!(names[i] in began))
			printf "not ok %d - %s: did not run\n", ++n, names[i]
	printf "1..%d\n", n
}' "$log"
