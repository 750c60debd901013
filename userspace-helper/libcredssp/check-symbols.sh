#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# check-symbols.sh HEADER LIBRARY: the library exports what the header declares.
set -eu

declared=$(grep -v '^[ /]\*' "$1" | grep -oE '\bcredssp_[a-z0-9_]+\(' |
	tr -d '(' | sort -u)
exported=$(nm -D --defined-only "$2" | awk '$2 == "T" { print $3 }' |
	sed 's/@.*//' | sort -u)

if [ "$declared" != "$exported" ]; then
	echo "$1 and the exports of $2 differ:" >&2
	printf '%s\n' "$declared" "$exported" | sort | uniq -u >&2
	exit 1
fi
echo "ok - $(printf '%s\n' "$exported" | wc -l) exported functions are those of the header"
