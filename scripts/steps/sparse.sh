#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The stock kernels' builds with sparse and W=1: our sources must give no warning.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

# careful_build KERNEL MAKE-ARGUMENT...
careful_build() {
	local kernel=$1 log=$BUILD/$1-sparse.log rc=0
	# An object that is already there would not be compiled, nor warned about. The new
	# ones serve the later steps as well.
	rm -rf "${BUILD:?}/$kernel"
	shift
	"$TOP/scripts/build-modules.sh" "$kernel" "$@" >"$log" 2>&1 || rc=$?
	# From 6.19 on names are relative to the module's directory.
	if grep -E "^($BUILD/|kmod/|samples/|selftests/|include/).*(warning|error):|modpost:|^(WARNING|ERROR)|sparse is not available" "$log"; then
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
	tap_run "$kernel: no warning of sparse or W=1" careful_build "$kernel" C=2 W=1
done
tap_close
