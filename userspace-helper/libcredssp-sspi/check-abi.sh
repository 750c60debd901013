#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# check-abi.sh SOURCE COMPILER...: compiles SOURCE with the headers of each WinPR that is
# installed. Its errors are the differences. Without headers nothing is compared.
set -eu

source=$1
shift
found=0
for version in 2 3; do
	include=$(pkg-config --variable=includedir "winpr$version" 2>/dev/null) || continue
	for dir in "$include/winpr$version" "$include"; do
		[ -e "$dir/winpr/sspi.h" ] || continue
		# -w: constants are defined twice, and the values compared
		"$@" -w -fsyntax-only -I"$dir" "$source"
		echo "ok - libcredssp-sspi has the layouts of WinPR $version"
		found=1
		break
	done
done
[ $found = 1 ] || echo "ok - layouts of WinPR # SKIP no headers of WinPR are installed"
