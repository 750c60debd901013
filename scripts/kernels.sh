#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels.sh KERNEL...: makes sure that these kernels are in the cache:
#   6.1, 6.12   the newest of the series that this machine's archive has
#   backports   the newest of Debian 13's backports, whatever its series
#   trixie      the newest of Debian 13's own series, 6.12
#   debug       built from linux-source-6.12
# kernels.sh --path KERNEL prints the directory of a cached kernel, --release KERNEL its
# release, --root KERNEL the root that its modules are compiled in (nothing: on this
# machine).
#
# A kernel's directory holds
#   release           its uname -r
#   build/            headers to compile modules against
#   vmlinuz           the kernel to boot
#   lib/modules/REL/  its modules, with modules.dep (none for debug)
#
# A cached kernel is used as it is; CREDSSP_UPDATE=1 looks for a newer one.
# A directory appears by rename, when it is complete.

. "$(dirname "$0")/lib.sh"
. "$TOP/scripts/archive.sh"

# suite_of SERIES: the suite that has it; nothing: this machine's own
suite_of() {
	case $1 in
	backports) echo trixie-backports ;;
	trixie) echo trixie ;;
	esac
}

# image_of REL: the packages of its image and modules. An image is published signed,
# unsigned or both, and the signed one is taken, which also boots with Secure Boot; from 7.2
# on a kernel comes in several packages.
image_of() {
	local rel=$1 name
	for name in "linux-binary-$rel" "linux-binary-unsigned-$rel"; do
		package_names "$name" | grep -Fx "$name" >/dev/null || continue
		printf '%s\n' "$name" "linux-modules-$rel" "linux-base-$rel"
		return
	done
	package_names "linux-image-$rel" |
		grep -Fx -e "linux-image-$rel-unsigned" -e "linux-image-$rel" |
		sort | head -n 1 | grep .
}

# releases SERIES: a pattern of the names
releases() {
	local series=${1//./\\.}
	# 6.1.0-56-amd64, 6.12.117+deb12-amd64, 7.3.4+deb13-amd64
	case $1 in
	backports | trixie) printf '[0-9]+\\.[0-9.]+\\+deb[0-9]+-amd64' ;;
	*) printf '(%s\\.0-[0-9]+|%s\\.[0-9]+\\+deb[0-9]+)-amd64' "$series" "$series" ;;
	esac
}

# newest_release SERIES: the newest release with headers and an image.
newest_release() {
	local rel
	while read -r rel; do
		rel=${rel#linux-headers-}
		image_of "$rel" >/dev/null || continue
		printf '%s\n' "$rel"
		return 0
	done < <(package_names linux-headers- |
		 grep -E "^linux-headers-$(releases "$1")\$" | sort -rV)
	return 1
}

# download_stock REL DIR: the packages that make up a Debian kernel.
download_stock() {
	local rel=$1 dir=$2 pkgs
	mapfile -t pkgs < <(dependencies "linux-headers-$rel" | grep -E '^linux-(headers|kbuild)-'
		image_of "$rel")
	mkdir -p "$dir" && cd "$dir" && fetch "linux-headers-$rel" "${pkgs[@]}"
}

# unpack_stock REL DIR FINAL: headers and image of a Debian kernel, not
# installed. FINAL is where DIR is going to be.
unpack_stock() {
	local rel=$1 dir=$2 final=$3 deb modules=lib/modules/$1
	for deb in "$dir"/deb/*.deb; do dpkg -x "$deb" "$dir"; done
	rm -rf "${dir:?}/deb" "${dir:?}/usr/share"
	cd "$dir" || return
	sed -i "s|/usr/src/linux-headers|$final/usr/src/linux-headers|" \
		"usr/src/linux-headers-$rel/Makefile"
	ln -s "usr/src/linux-headers-$rel" build
	if [ -d "usr/$modules" ]; then
		mkdir -p lib/modules
		mv "usr/$modules" lib/modules/
	fi
	# from 7.2 on beside the modules
	mv "boot/vmlinuz-$rel" vmlinuz 2>/dev/null || mv "$modules/vmlinuz" vmlinuz
	rm -rf "$modules/build" "$modules/source"
	depmod -b "$dir" "$rel"
	printf '%s\n' "$rel" >release
}

stock_kernel() {
	local series=$1 rel final suite
	suite=$(suite_of "$series")
	if [ -n "$suite" ]; then
		# Nothing else keeps these lists new.
		use_suite "$suite"
		refresh_lists
	fi
	rel=$(newest_release "$series") || { refresh_lists; rel=$(newest_release "$series"); } ||
		die "the archive has no Linux $series"
	final=$CACHE/linux-$rel
	if [ ! -d "$final" ]; then
		note "fetching Linux $rel"
		scratch "$series"
		# The lists may name a version that has left the archive.
		if ! ( download_stock "$rel" "$SCRATCH/k/deb" ); then
			[ -z "${RETRIED:-}" ] || die "cannot fetch Linux $rel"
			refresh_lists
			RETRIED=1 stock_kernel "$series"
			return
		fi
		unpack_stock "$rel" "$SCRATCH/k" "$final"
		mv "$SCRATCH/k" "$final"
	fi
	ln -sfn "linux-$rel" "$CACHE/kernel-$series"
}

# A changed configuration is another kernel; a changed comment is not.
debug_link() {
	printf 'kernel-debug-%.12s' \
		"$(grep '^CONFIG_' "$TOP/selftests/guest/debug.config" | sha256sum)"
}

link_of() {
	case $1 in
	6.1 | 6.12 | backports | trixie) printf 'kernel-%s' "$1" ;;
	debug) debug_link ;;
	*) die "no such kernel: $1 (6.1, 6.12, backports, trixie or debug)" ;;
	esac
}

make_kernel() {
	local kernel=$1 path
	path=$CACHE/$(link_of "$kernel")
	# Another caller may have made it while this one waited for the lock.
	[ ! -e "$path/release" ] || [ -n "${CREDSSP_UPDATE:-}" ] || return 0
	case $kernel in
	debug) "$TOP/scripts/kernel-debug.sh" "$path" ;;
	*) stock_kernel "$kernel" ;;
	esac
}

# The root that its modules are compiled in is made with the kernel.
make_root_of() {
	local root
	root=$(root_of "$1")
	[ -z "$root" ] || "$TOP/scripts/roots.sh" "$root"
}

# checkpatch and its word lists, from the source of the debug kernel's series.
make_checkpatch() {
	[ ! -e "$CACHE/checkpatch/checkpatch.pl" ] || return 0
	local f
	scratch checkpatch
	cd "$SCRATCH" || return
	fetch linux-source-6.12 || { refresh_lists; fetch linux-source-6.12; }
	dpkg -x ./*.deb .
	for f in checkpatch.pl spelling.txt const_structs.checkpatch kernel-doc; do
		printf 'linux-source-6.12/scripts/%s\n' "$f"
	done | tar -xJf usr/src/linux-source-6.12.tar.xz --strip-components=2 -T -
	mkdir out
	mv checkpatch.pl spelling.txt const_structs.checkpatch kernel-doc out/
	mv out "$CACHE/checkpatch"
}

path_of() { readlink -e "$CACHE/$(link_of "$1")" || die "no kernel $1: make kernels"; }

# root_of KERNEL: the root with the compiler and libraries that its headers need.
root_of() {
	case $(cat "$(path_of "$1")/release") in
	*+deb13-*) [ "$(machine_codename)" = trixie ] || echo trixie ;;
	esac
}

ensure() {
	local kernel=$1
	if [ "$kernel" = checkpatch ]; then
		[ -e "$CACHE/checkpatch/checkpatch.pl" ] ||
			with_lock "$CACHE/checkpatch.lock" make_checkpatch
		return
	fi
	if [ ! -e "$CACHE/$(link_of "$kernel")/release" ] || [ -n "${CREDSSP_UPDATE:-}" ]; then
		with_lock "$CACHE/$kernel.lock" make_kernel "$kernel"
	fi
	make_root_of "$kernel"
}

[ $# -gt 0 ] ||
	die "usage: kernels.sh [--path|--release|--root] 6.1|6.12|backports|trixie|debug|checkpatch..."
mkdir -p "$CACHE"
case $1 in
--path) path_of "$2" ;;
--release) cat "$(path_of "$2")/release" ;;
--root) root_of "$2" ;;
*) for kernel; do ensure "$kernel"; done ;;
esac
