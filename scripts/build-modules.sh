#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# build-modules.sh KERNEL [MAKE-ARGUMENT...]: compiles the module, the
# samples and the test module for one kernel:
#   6.1, 6.12, backports, debug
#                      in build/KERNEL, against the cached kernel
#   debug-kunit        credssp_kunit.ko in build/debug-kunit
#   KERNEL-dkms        in build/KERNEL-dkms, what DKMS makes in a guest (system/boot.sh)
#   local              in build/local, against KDIR (default: the running kernel's)
# The sources, which are this tree or $SOURCES, are copied there first, since Kbuild of these
# kernels always writes the objects beside the sources.

. "$(dirname "$0")/lib.sh"

SOURCES=${SOURCES:-$TOP}

copy_sources() {
	local dir=$1 part parts=()
	for part in Kbuild Kconfig dkms.conf kmod include kunit samples selftests/kernel; do
		[ ! -e "$SOURCES/$part" ] || parts+=("$SOURCES/./$part")
	done
	mkdir -p "$dir"
	# --delete drops a removed source and keeps what the filter protects:
	# objects. A changed file gets the time of the copy, so that make sees the change.
	rsync -rlpR --checksum --delete --filter='P *.o' --filter='P *.ko' \
		--filter='P *.mod' --filter='P *.mod.c' --filter='P .*.cmd' \
		--filter='P /Module.symvers' --filter='P /modules.order' \
		--filter='P /.kernel' "${parts[@]}" "$dir/"
}

# Objects of another kernel must not be used for this one.
clean_if_other() {
	local dir=$1 kdir=$2 id
	id=$(readlink -f "$kdir")
	if [ "$(cat "$dir/.kernel" 2>/dev/null)" != "$id" ]; then
		rm -rf "$dir"
		mkdir -p "$dir"
		printf '%s\n' "$id" >"$dir/.kernel"
	fi
}

build() {
	local kernel=$1 dir=$BUILD/$1 kdir root='' args=()
	shift
	case $kernel in
	local) kdir=${KDIR:-/lib/modules/$(uname -r)/build} ;;
	*)
		kdir=$("$TOP/scripts/kernels.sh" --path "${kernel%%-*}")/build
		root=$("$TOP/scripts/kernels.sh" --root "${kernel%%-*}")
		;;
	esac
	[ -e "$kdir/Makefile" ] || die "no kernel headers in $kdir"
	case $kernel in
	*-kunit) args+=(CREDSSP_KUNIT=1) ;;	# vectors are headers, of which a suite uses a part
	*-dkms) args+=(CONFIG_DEBUG_INFO=) ;;	# DKMS strips it, for minutes in a guest
	*) args+=(W=1) ;;
	esac
	clean_if_other "$dir" "$kdir"
	copy_sources "$dir"
	note "modules for $kernel"
	# The variables of an outer make must not reach this one. Headers come without
	# the vmlinux that BTF would need.
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS ${root:+"$TOP/scripts/in-root.sh" "$root"} \
		make -s -C "$kdir" M="$dir" -j"$(nproc)" CONFIG_DEBUG_INFO_BTF_MODULES= \
		"${args[@]}" "$@" modules
}

[ $# -gt 0 ] || die "usage: build-modules.sh 6.1|6.12|backports|debug|debug-kunit|local [MAKE-ARGUMENT...]"
mkdir -p "$BUILD"
with_lock "$BUILD/$1.lock" build "$@"
