#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels.sh KERNEL...: makes sure that these kernels (6.1, 6.12, debug) are in
# the cache. kernels.sh --path KERNEL prints the directory of one that is.
#
# A kernel's directory holds
#   release           what uname -r says in it
#   build/            what modules are compiled against
#   vmlinuz           the kernel to boot
#   lib/modules/REL/  its modules, with modules.dep (none for debug)
#
# A cached kernel is used as it is; CREDSSP_UPDATE=1 looks for a newer one.
# Directories appear by rename, complete or not at all.

. "$(dirname "$0")/lib.sh"

fetch() {
	# As root apt wants to download as _apt, which cannot write here, and warns.
	apt-get -q -o APT::Sandbox::User=root download "$@" >&2
}

# The image is published signed and unsigned, not always both.
image_of() {
	apt-cache pkgnames "linux-image-$1" |
		grep -Fx -e "linux-image-$1-unsigned" -e "linux-image-$1" |
		sort -r | head -n 1 | grep .
}

# newest_release SERIES: the newest release with headers and an image.
newest_release() {
	local series=${1//./\\.} abi rel
	# 6.1.0-56-amd64, 6.12.117+deb12-amd64
	abi="($series\\.0-[0-9]+|$series\\.[0-9]+\\+deb[0-9]+)-amd64"
	while read -r rel; do
		rel=${rel#linux-headers-}
		image_of "$rel" >/dev/null || continue
		printf '%s\n' "$rel"
		return 0
	done < <(apt-cache pkgnames linux-headers- |
		 grep -E "^linux-headers-$abi\$" | sort -rV)
	return 1
}

refresh_lists() {
	note "apt-get update"
	as_root apt-get -q update >&2
}

# download_stock REL DIR: the packages that make up a Debian kernel.
download_stock() {
	local rel=$1 dir=$2 pkgs
	mapfile -t pkgs < <(apt-cache depends --important "linux-headers-$rel" |
		awk '/Depends: linux-(headers|kbuild)/ { print $2 }')
	mkdir -p "$dir" && cd "$dir" &&
		fetch "linux-headers-$rel" "${pkgs[@]}" "$(image_of "$rel")"
}

# unpack_stock REL DIR FINAL: headers and image of a Debian kernel, not
# installed. FINAL is where DIR is going to be.
unpack_stock() {
	local rel=$1 dir=$2 final=$3 deb
	for deb in "$dir"/deb/*.deb; do dpkg -x "$deb" "$dir"; done
	rm -rf "${dir:?}/deb" "${dir:?}/usr/share"
	cd "$dir" || return
	sed -i "s|/usr/src/linux-headers|$final/usr/src/linux-headers|" \
		"usr/src/linux-headers-$rel/Makefile"
	ln -s "usr/src/linux-headers-$rel" build
	mv "boot/vmlinuz-$rel" vmlinuz
	rm -rf "lib/modules/$rel/build" "lib/modules/$rel/source"
	depmod -b "$dir" "$rel"
	printf '%s\n' "$rel" >release
}

stock_kernel() {
	local series=$1 rel final
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
	6.1 | 6.12) printf 'kernel-%s' "$1" ;;
	debug) debug_link ;;
	*) die "no such kernel: $1 (6.1, 6.12 or debug)" ;;
	esac
}

make_kernel() {
	local kernel=$1 path
	path=$CACHE/$(link_of "$kernel")
	# Somebody else may have made it while this one waited for the lock.
	[ ! -e "$path/release" ] || [ -n "${CREDSSP_UPDATE:-}" ] || return 0
	case $kernel in
	debug) "$TOP/scripts/kernel-debug.sh" "$path" ;;
	*) stock_kernel "$kernel" ;;
	esac
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

main() {
	local kernel
	mkdir -p "$CACHE"
	if [ "${1:-}" = --path ]; then
		readlink -e "$CACHE/$(link_of "$2")" || die "no kernel $2: make kernels"
		return
	fi
	for kernel; do
		if [ "$kernel" = checkpatch ]; then
			[ -e "$CACHE/checkpatch/checkpatch.pl" ] ||
				with_lock "$CACHE/checkpatch.lock" make_checkpatch
			continue
		fi
		if [ -e "$CACHE/$(link_of "$kernel")/release" ] && [ -z "${CREDSSP_UPDATE:-}" ]; then
			continue
		fi
		with_lock "$CACHE/$kernel.lock" make_kernel "$kernel"
	done
}

[ $# -gt 0 ] || die "usage: kernels.sh [--path] 6.1|6.12|debug|checkpatch..."
main "$@"
