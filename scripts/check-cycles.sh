#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-cycles.sh SOURCES OBJECTS: fails when the files below the directory SOURCES, as
# compiled below OBJECTS, have a dependency cycle. A call through a table of functions is
# no dependency: that is how a lower file reaches a higher one.

. "$(dirname "$0")/lib.sh"

[ $# -eq 2 ] || die "usage: check-cycles.sh SOURCES OBJECTS"
sources=$1 objects=$2

# symbols OPTION: "FILE SYMBOL" lines of what the objects define, or need
symbols() {
	local source object
	find "$sources" -name '*.c' -not -name '*_test.c' -printf '%P\n' | while read -r source; do
		object=$objects/${source%.c}.o
		[ ! -e "$object" ] || nm -P --extern-only "$1" "$object" |
			awk -v file="$source" '{ print file, $1 }'
	done
}

# "FILE FILE" lines: the first one needs the second one.
edges() {
	awk 'NR == FNR { home[$2] = $1; next }
	     ($2 in home) && home[$2] != $1 { print $1, home[$2] }' \
		<(symbols --defined-only) <(symbols --undefined-only) | sort -u
}

found=$(edges)
[ -n "$found" ] || die "$objects: no compiled files of $sources"
# tsort names the files of each cycle on its standard error, and fails.
tsort <<<"$found" >/dev/null
