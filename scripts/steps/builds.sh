#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The module for every kernel, and the user-space parts.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

module() {
	"$TOP/scripts/build-modules.sh" "$1" && [ -e "$BUILD/$1/$2" ]
}

# The unit as it is installed, with its programs where it says that they are.
unit() {
	local dir rc=0
	dir=$(mktemp -d)
	make -s -C "$TOP/userspace-helper" O="$BUILD/user" prefix="$dir" unitdir="$dir" \
		sysusersdir="$dir" modulesloaddir="$dir" udevrulesdir="$dir" install >/dev/null &&
		systemd-analyze verify --man=no "$dir/credsspd.service" \
			"$dir/credssp-policy.service" >"$dir/said" 2>&1 || rc=1
	# What it does not understand is said, but no failure.
	[ ! -s "$dir/said" ] || { cat "$dir/said"; rc=1; }
	rm -rf "$dir"
	return $rc
}

"$TOP/scripts/deps.sh" build kernels
"$TOP/scripts/kernels.sh" 6.1 6.12 debug
tap_open builds
for kernel in 6.1 6.12 debug; do
	tap_run "credssp.ko for $kernel" module $kernel credssp.ko
done
tap_run "credssp_kunit.ko" module debug-kunit credssp_kunit.ko
tap_run "user-space parts" "$TOP/scripts/build-user.sh" userspace-helper user WERROR=1
tap_run "user-space parts: their own tests" \
	make -s -C "$TOP/userspace-helper" O="$BUILD/user" check
if command -v systemd-analyze >/dev/null; then
	tap_run "credsspd.service, installed: systemd-analyze verify" unit
else
	tap_result ok "credsspd.service, installed # SKIP no systemd-analyze"
fi
tap_run "the tests' peers" "$TOP/scripts/build-user.sh" selftests/peers peers WERROR=1
tap_close
