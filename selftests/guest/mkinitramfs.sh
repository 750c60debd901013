#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mkinitramfs.sh KERNEL-DIRECTORY OUTPUT [INIT [MODULE...]]: a small initramfs: static busybox,
# the modules, and INIT. Without them: init-early, and the modules to mount
# the host's root by 9p.

. "$(dirname "$0")/../../scripts/lib.sh"

# The modules for mounting the host's root. They are built into the debug kernel, which
# has no directory of modules.
MODULES="virtio_pci 9pnet_virtio 9p overlay"

# add_modules KERNEL-DIRECTORY ROOT: copies them, uncompressed, and writes the
# order in which to load them.
add_modules() {
	local kdir=$1 root=$2 rel m path name
	rel=$(cat "$kdir/release")
	: >"$root/modules"
	[ -d "$kdir/lib/modules/$rel" ] || return 0
	for m in $MODULES; do
		modprobe -S "$rel" -d "$kdir" --show-depends "$m"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
	while read -r path; do
		name=${path##*/}
		case $name in
		*.xz) name=${name%.xz}; xz -dc "$path" >"$root/$name" ;;
		*) cp "$path" "$root/$name" ;;
		esac
		printf '%s\n' "$name" >>"$root/modules"
	done
}

main() {
	local kdir=$1 out=$2 init=${3:-$(dirname "$0")/init-early} root
	[ $# -lt 4 ] || MODULES=${*:4}
	root=$(mktemp -d)
	mkdir -p "$root"/{bin,dev,proc,sys,host,root,rw,new}
	cp /bin/busybox "$root/bin/"
	cp "$init" "$root/init"
	chmod 755 "$root/init"
	add_modules "$kdir" "$root"
	( cd "$root" && find . | cpio -o -H newc --quiet ) >"$out"
	rm -rf "$root"
}

main "$@"
