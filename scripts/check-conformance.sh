#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-conformance.sh [--list]: every row of Documentation/isc-conformance.rst and
# asc-conformance.rst has its four cells, and every test that it names exists. A name is
#   kunit: SUITE.CASE or SUITE.CASE[ROW]   of kunit/*_test.c
#   PROGRAM: TEXT                          of selftests/t/PROGRAM.sh, or of the C
#                                          program or kernel module that it embeds
#   PROGRAM_test: FUNCTION                 a test of user space that needs no kernel
# --list prints the rows' numbers and their tests.

. "$(dirname "$0")/lib.sh"
# For the greps below an empty result is no error.
set +e +o pipefail

cd "$TOP" || exit
PAGES=(Documentation/isc-conformance.rst Documentation/asc-conformance.rst)
IOCTL_MK=selftests/peers/ioctl.mk
BAD=0

complain() { printf '%s: %s\n' "${PAGE##*/}" "$*"; BAD=1; }

# The rows of the table of PAGE, a line each: number, and the three cells, by tabs.
rows() {
	awk '
	function flush() { if (cells) print row; cells = 0 }
	/^   \* - / { flush(); cells = 1; row = substr($0, 8); next }
	cells && /^     - / { cells++; row = row "\t" substr($0, 8); next }
	cells && /^       [^ ]/ { row = row " " substr($0, 8); next }
	{ flush() }
	END { flush() }' "$PAGE" | grep -v '^number'
}

# literals TEXT: its parts that are marked up as code, a line each
# shellcheck disable=SC2016 # backquotes of the markup
literals() { grep -oP '``[^`]+``' <<<"$1" | tr -d '`'; }

# kunit_exists SUITE.CASE or SUITE.CASE[ROW]
kunit_exists() {
	local suite=${1%%.*} name=${1#*.} row='' file
	[[ $name != *\[* ]] || { row=${name#*\[} row=${row%\]} name=${name%%\[*}; }
	for file in kunit/*_test.c; do
		grep -qF ".name = \"$suite\"" "$file" || continue
		grep -qE "KUNIT_CASE(_PARAM|_SLOW)?\(${name}[,)]" "$file" || continue
		[ -z "$row" ] || grep -qF "\"$row\"" "$file" || continue
		return 0
	done
	return 1
}

# The sources of a C program that a test program embeds.
sources() {
	local list
	list=$(sed -n "s/^${1^^} := //p" "$IOCTL_MK")
	printf '%s' "${list:-${1%_test}}" | tr ' ' '\n' | grep -v '^\$' |
		sed 's|.*|selftests/ioctl/&.c|'
}

# embedded SCRIPT: the C programs that it embeds
embedded() { grep -oP '^\s*embed .*\K\b\w+_test\b' "$1" | sort -u; }

# selftest_exists PROGRAM TEXT
selftest_exists() {
	local script=selftests/t/$1.sh program file
	grep -v '^[[:space:]]*#' "$script" | grep -qF "\"$2\"" && return 0
	while IFS= read -r program; do
		while IFS= read -r file; do
			grep -E '^TEST(_LIMIT)?\(' "$file" | grep -qF "\"$2\"" && return 0
		done < <(sources "$program")
	done < <(embedded "$script")
	# The consumer's results are in a file of sysfs.
	grep -q '^embed consumer ' "$script" &&
		grep '{ consumer_' selftests/kernel/main.c | grep -qF "\"$2\""
}

# unit_exists PROGRAM FUNCTION: defined, and called or in a table of tests
unit_exists() {
	local file
	while IFS= read -r file; do
		grep -qF "static void $2(void)" "$file" && grep -qE "^\s+($2\(\);|\{ \".*\", $2 \},)" "$file" &&
			return 0
	done < <(find userspace-helper -name "$1.c")
	return 1
}

# exists TEST
exists() {
	local program=${1%%: *} name=${1#*: }
	[ "$program" != "$1" ] || return 1
	case $program in
	kunit) kunit_exists "$name" ;;
	*_test) unit_exists "$program" "$name" ;;
	*) [ -e "selftests/t/$program.sh" ] && selftest_exists "$program" "$name" ;;
	esac
}

# The rows of a list of PAGE, by its heading: "* NUMBER".
listed() {
	awk -v heading="$1" '
	$0 == heading { inside = 1; next }
	inside && /^====/ { if (seen++) exit; next }
	inside && /^\* / { print $2 }' "$PAGE" | tr -d '`:'
}

# check_tests NUMBER CELL
check_tests() {
	local test count=0
	while IFS= read -r test; do
		count=$((count + 1))
		if ! exists "$test"; then
			complain "$1: no test \"$test\""
		elif [ "$LIST" = yes ]; then
			printf '%s\t%s\t%s\n' "${PAGE##*/}" "$1" "$test"
		fi
	done < <(literals "$2")
	[ $count -gt 0 ] || [ "$2" = "not there" ] || complain "$1: no test"
}

# check_absent NUMBER CELL: a row with "not there" must be in the list under that
# heading, and a row of that list must have "not there".
check_absent() {
	if [ "$2" = "not there" ]; then
		grep -qxF "$1" <<<"$absent" || complain "$1 is not there, and not listed as such"
	else
		! grep -qxF "$1" <<<"$absent" || complain "$1 has tests, and is listed as not there"
	fi
}

# The numbers of a group go from 1 on without a gap, so that a removed row is noticed.
check_number() {
	local group=${1%.*} n=${1##*.}
	if [ "$group" != "${GROUP:-}" ]; then
		[[ " $GROUPS_SEEN " != *" $group "* ]] || complain "$1: $group is in two places"
		GROUP=$group LAST=0 GROUPS_SEEN+=" $group"
	fi
	[ "$n" = $((LAST + 1)) ] || complain "$1 follows $group.$LAST"
	LAST=$n
}

# check_page: PAGE
check_page() {
	local absent said numbers number says does tests more total=0
	GROUPS_SEEN='' GROUP='' LAST=0
	absent=$(listed "Not there")
	while IFS=$'\t' read -r number says does tests more; do
		total=$((total + 1))
		check_number "$number"
		{ [ -n "$says" ] && [ -n "$does" ] && [ -n "$tests" ] && [ -z "$more" ]; } ||
			complain "$number: not four cells"
		check_tests "$number" "$tests"
		check_absent "$number" "$tests"
	done < <(rows)
	said=$(grep -oP '^\.\. rows: \K\d+' "$PAGE")
	[ "$total" = "$said" ] || complain "$total rows, and the page says $said"
	numbers=$(rows | cut -f1)
	for number in $absent; do
		grep -qxF "$number" <<<"$numbers" || complain "$number is listed, but no row"
	done
}

LIST=no
[ "${1:-}" != --list ] || LIST=yes
for PAGE in "${PAGES[@]}"; do
	check_page
done
exit $BAD
