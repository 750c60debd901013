#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-abi.sh LIBRARY HEADERS UAPI: programs that were built against the last release run with
# this library: no function has gone or changed, nor a structure of the public headers. New
# functions are all right. check-abi.sh --write LIBRARY HEADERS UAPI writes the file for the
# next comparison, when a release is made.
set -eu

ABI=$(dirname "$0")/abi/libcredssp.so.0.abi

write=
if [ "$1" = --write ]; then
	write=yes
	shift
fi
library=$1
public=()
for header in "$2"/credssp*.h "$3"/linux/credssp*.h; do
	public+=(--header-file "$header")
done

# Without directories and lines, so that only a change of the interface changes the file
dump() {
	abidw --no-corpus-path --no-comp-dir-path --no-show-locs --type-id-style hash \
		--drop-private-types "${public[@]}" "$library" | sed "s| path='[^']*/| path='|"
}

[ -z "$write" ] || { dump >"$ABI"; exit; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
dump >"$dir/now.abi"
abidiff --no-added-syms "$ABI" "$dir/now.abi" || {
	echo "not ok - $library is not compatible with the last release" >&2
	exit 1
}
# Would a member that moved, and a function that has gone, be noticed?
for change in "s/layout-offset-in-bits='64'/layout-offset-in-bits='128'/" \
	"s/credssp_send_close_notify/credssp_send_goodbye/g"; do
	sed "$change" "$dir/now.abi" >"$dir/other.abi"
	! abidiff --no-added-syms "$dir/now.abi" "$dir/other.abi" >"$dir/report" || {
		echo "not ok - a change of the interface is not noticed: $change" >&2
		exit 1
	}
done
echo "ok - the interface of $(basename "$library") is that of the last release"
