#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernel-debug.sh LINK: builds the debug kernel from Debian's linux-source-6.12
# and selftests/guest/debug.config, and makes LINK (in the cache) point to it.
# Called by kernels.sh, which holds the lock.

. "$(dirname "$0")/lib.sh"

LINK=$1
SOURCE=linux-source-6.12
FRAGMENT=$TOP/selftests/guest/debug.config

unpack_source() {
	local dir=$1
	cd "$dir" || return
	apt-get -q -o APT::Sandbox::User=root download $SOURCE >&2 || {
		as_root apt-get -q update >&2
		apt-get -q -o APT::Sandbox::User=root download $SOURCE >&2
	}
	dpkg -x ./*.deb .
	tar -xJf usr/src/$SOURCE.tar.xz
	rm -rf ./*.deb usr
}

# allnoconfig silently drops an option with unmet dependencies: check them.
check_config() {
	local config=$1 line name bad=0
	while IFS= read -r line; do
		name=${line%%=*}
		if [ "${line#*=}" = n ]; then
			! grep -q "^$name=" "$config" && continue
		else
			grep -qxF "$line" "$config" && continue
		fi
		printf 'debug.config: not taken: %s\n' "$line" >&2
		bad=1
	done < <(grep '^CONFIG_' "$FRAGMENT")
	return $bad
}

compile() {
	local src=$1 log=$2
	{
		make -C "$src" KCONFIG_ALLCONFIG="$FRAGMENT" allnoconfig &&
			check_config "$src/.config" &&
			make -C "$src" -j"$(nproc)" bzImage modules
	} >"$log" 2>&1 || { tail -n 40 "$log" >&2; return 1; }
}

# Modules need headers, scripts, Module.symvers and .config; the rest of the
# tree is 3 GB.
prune() {
	local src=$1
	find "$src" -type f \( -name '*.[coSa]' -o -name '*.cmd' -o -name '*.rst' \
		-o -name '*.dts*' -o -name '*.json' -o -name '*.yaml' \) \
		-not -path "$src/scripts/*" -not -path "$src/tools/*" -delete
	find "$src/drivers" "$src/sound" -name '*.h' -delete
	rm -rf "$src/Documentation" "$src/tools/testing" "$src/tools/perf" \
		"$src"/vmlinux.*
}

main() {
	local tmp final rel log=$CACHE/debug-build.log start=$SECONDS
	scratch debug
	tmp=$SCRATCH
	note "building the debug kernel (about 8 minutes on two cores; log: $log)"
	unpack_source "$tmp"
	compile "$tmp/$SOURCE" "$log"
	rel=$(make -s -C "$tmp/$SOURCE" kernelrelease)
	prune "$tmp/$SOURCE"
	mkdir "$tmp/k"
	mv "$tmp/$SOURCE" "$tmp/k/build"
	cp "$tmp/k/build/arch/x86/boot/bzImage" "$tmp/k/vmlinuz"
	printf '%s\n' "$rel" >"$tmp/k/release"
	final=$CACHE/linux-$rel-${LINK##*-}
	rm -rf "$final"
	mv "$tmp/k" "$final"
	ln -sfn "${final##*/}" "$LINK"
	note "debug kernel $rel built in $((SECONDS - start)) s"
}

main
