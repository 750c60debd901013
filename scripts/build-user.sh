#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# build-user.sh [--root ROOT] DIRECTORY NAME [MAKE-ARGUMENT...]: builds a user-space
# DIRECTORY into build/NAME, one make at a time; with a root of scripts/roots.sh in that
# root, into build/ROOT/NAME.

. "$(dirname "$0")/lib.sh"

build() {
	local dir=$1 name=$2
	shift 2
	"${IN_ROOT[@]}" make -s -C "$TOP/$dir" O="$BUILD/$name" -j"$(nproc)" "$@"
}

IN_ROOT=()
if [ "$1" = --root ]; then
	"$TOP/scripts/roots.sh" "$2"
	IN_ROOT=("$TOP/scripts/in-root.sh" "$2")
	set -- "$3" "$2/$4" "${@:5}"
fi
[ -e "$TOP/$1/Makefile" ] || die "no $1/Makefile"
mkdir -p "$BUILD/$2"
with_lock "$BUILD/$2.lock" build "$@"
