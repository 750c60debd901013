#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# build-user.sh DIRECTORY NAME: builds a user-space DIRECTORY into build/NAME,
# one make at a time.

. "$(dirname "$0")/lib.sh"

build() {
	make -s -C "$TOP/$1" O="$BUILD/$2" -j"$(nproc)"
}

[ -e "$TOP/$1/Makefile" ] || die "no $1/Makefile"
mkdir -p "$BUILD/$2"
with_lock "$BUILD/$2.lock" build "$1" "$2"
