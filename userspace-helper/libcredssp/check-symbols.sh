#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# check-symbols.sh LIBRARY HEADER...: the library exports what the headers declare.
set -eu

library=$1
shift
declared=$(cat "$@" | grep -v '^[ /]\*' | grep -oE '\bcredssp_[a-z0-9_]+\(' |
	tr -d '(' | sort -u)
exported=$(nm -D --defined-only "$library" | awk '$2 == "T" { print $3 }' |
	sed 's/@.*//' | sort -u)

if [ "$declared" != "$exported" ]; then
	echo "$* and the exports of $library differ:" >&2
	printf '%s\n' "$declared" "$exported" | sort | uniq -u >&2
	exit 1
fi
echo "ok - $(printf '%s\n' "$exported" | wc -l) exported functions are those of the headers"
