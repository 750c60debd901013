#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The stock kernels' builds with sparse and W=1: our sources give no warning.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

sparse_build() {
	local kernel=$1 log=$BUILD/$1-sparse.log rc=0
	# An object that is already there would not be compiled, nor warned about.
	rm -rf "$BUILD/$kernel-sparse"
	"$TOP/scripts/build-modules.sh" "$kernel-sparse" C=2 W=1 >"$log" 2>&1 || rc=$?
	if grep -E "^$BUILD/.*(warning|error):|modpost:|^(WARNING|ERROR)" "$log"; then
		return 1
	fi
	[ $rc -eq 0 ] || tail -n 20 "$log"
	return $rc
}

"$TOP/scripts/deps.sh" build kernels style
"$TOP/scripts/kernels.sh" 6.1 6.12
mkdir -p "$BUILD"
tap_open sparse
for kernel in 6.1 6.12; do
	tap_run "$kernel: no warning of sparse or W=1" sparse_build "$kernel"
done
tap_close
