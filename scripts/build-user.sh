#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# build-user.sh DIRECTORY NAME [MAKE-ARGUMENT...]: builds a user-space DIRECTORY
# into build/NAME, one make at a time.

. "$(dirname "$0")/lib.sh"

build() {
	local dir=$1 name=$2
	shift 2
	make -s -C "$TOP/$dir" O="$BUILD/$name" -j"$(nproc)" "$@"
}

[ -e "$TOP/$1/Makefile" ] || die "no $1/Makefile"
mkdir -p "$BUILD/$2"
with_lock "$BUILD/$2.lock" build "$@"
