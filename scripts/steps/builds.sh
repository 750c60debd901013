#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The module for every kernel, and the user-space parts.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

# A warning of the compiler or of the kernel's checks is a failure as well.
module() {
	local log=$BUILD/$1-build.log
	"$TOP/scripts/build-modules.sh" "$1" >"$log" 2>&1 || { cat "$log"; return 1; }
	[ -e "$BUILD/$1/$2" ] && ! grep -iE 'warning[:]' "$log"
}

# dkms.conf must accept kernels from 6.1 on, and no older ones.
dkms_minimum() {
	local BUILD_EXCLUSIVE_KERNEL kernel rc=0
	# shellcheck source=/dev/null
	BUILD_EXCLUSIVE_KERNEL=$(dkms_tree='' kernel_source_dir='' PACKAGE_NAME='' \
		bash -c '. "$1" && printf "%s" "$BUILD_EXCLUSIVE_KERNEL"' - "$TOP/dkms.conf")
	for kernel in 6.1.0-56-amd64 6.10.3 6.12.117+deb12-amd64 7.3.4+deb13-amd64 10.0.1; do
		[[ $kernel =~ $BUILD_EXCLUSIVE_KERNEL ]] || { echo "not for $kernel"; rc=1; }
	done
	for kernel in 4.19.0-27-amd64 5.10.0-32-amd64 6.0.12; do
		[[ ! $kernel =~ $BUILD_EXCLUSIVE_KERNEL ]] || { echo "for $kernel"; rc=1; }
	done
	return $rc
}

abi() {
	local lib=$TOP/userspace-helper/libcredssp
	"$lib/check-abi.sh" "$BUILD"/user/libcredssp.so.[0-9]*.[0-9]* "$lib" "$TOP/include/uapi"
}

"$TOP/scripts/deps.sh" build kernels peers docs abi
"$TOP/scripts/kernels.sh" 6.1 6.12 backports debug
mkdir -p "$BUILD"
tap_open builds
for kernel in 6.1 6.12 backports debug; do
	tap_run "credssp.ko for $kernel, without a warning" module $kernel credssp.ko
done
tap_run "credssp_kunit.ko" module debug-kunit credssp_kunit.ko
tap_run "user-space parts" "$TOP/scripts/build-user.sh" userspace-helper user WERROR=1
tap_run "user-space parts on Debian 13" \
	"$TOP/scripts/build-user.sh" --root trixie userspace-helper user WERROR=1
tap_run "user-space parts: their own tests" \
	make -s -C "$TOP/userspace-helper" O="$BUILD/user" check
for part in credsspd libcredssp libcredssp-sspi credsspctl pam_credssp; do
	tap_run "no dependency cycle: $part" "$TOP/scripts/check-cycles.sh" \
		"$TOP/userspace-helper/$part" "$BUILD/user/obj/$part"
done
tap_run "no dependency cycle: kmod" "$TOP/scripts/check-cycles.sh" \
	"$TOP/kmod" "$BUILD/6.1/kmod"
tap_run "dkms.conf: from 6.1 on" dkms_minimum
tap_run "what a guest's kernel log may have" "$TOP/selftests/guest/kernel-reports-test.sh"
for rule in $("$TOP/scripts/check-installed.sh" --rules); do
	tap_rule "installed: $rule" "$TOP/scripts/check-installed.sh" "$rule"
done
tap_run "libcredssp: the interface of the last release" abi
tap_run "the tests' peers" "$TOP/scripts/build-user.sh" selftests/peers peers WERROR=1
tap_run "no dependency cycle: the tests' peers" "$TOP/scripts/check-cycles.sh" \
	"$TOP/selftests/peers" "$BUILD/peers/obj"
tap_run "the tests' peers against FreeRDP's clients" "$TOP/selftests/peers/freerdp-client.sh"
tap_close
