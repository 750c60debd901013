#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# dist.sh [DIRECTORY]: credssp-VERSION.tar.xz of the commit that is checked out, in build/dist or
# DIRECTORY, whose name is printed. The same commit gives the same bytes: names are sorted, and
# owners and times come from the commit.

. "$(dirname "$0")/lib.sh"
. "$TOP/scripts/version.sh"

tree_has_git || die "this tree has no git: it is one of a tarball"
[ -z "$(git -C "$TOP" status --porcelain)" ] ||
	note "what is not committed is not in the tarball"
version=$(tree_version)
out=$(realpath -m "${1:-$BUILD/dist}")/credssp-$version.tar.xz
mkdir -p "${out%/*}"
# One thread: xz cuts the file in other places with more.
git -C "$TOP" archive --format=tar --prefix="credssp-$version/" HEAD | xz -6 -T1 >"$out.new"
mv "$out.new" "$out"
printf '%s\n' "$out"
