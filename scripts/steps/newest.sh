#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds for the newest kernel of Debian 13's backports and for Debian 13's user space.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

module() {
	local log=$BUILD/backports-build.log
	"$TOP/scripts/build-modules.sh" backports W=1 >"$log" 2>&1 || { cat "$log"; return 1; }
	[ -e "$BUILD/backports/credssp.ko" ] && ! grep -iE 'warning[:]' "$log"
}

"$TOP/scripts/deps.sh" build kernels
"$TOP/scripts/kernels.sh" backports
mkdir -p "$BUILD"
tap_open newest
tap_run "credssp.ko for backports, without a warning of W=1" module
tap_run "user-space parts on Debian 13" \
	"$TOP/scripts/build-user.sh" --root trixie userspace-helper user WERROR=1
tap_close
