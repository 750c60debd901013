#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# roots.sh ROOT...: makes sure that these roots are in the cache. A root is a Debian
# suite's files with the packages of the group root-SUITE of scripts/packages; the
# user-space parts and newer kernels' modules are compiled in it (in-root.sh), and a
# guest can have it as its root (run.sh --root). roots.sh --path ROOT prints the
# directory of a cached one.
#
# A changed list of packages makes another root. A directory appears by rename, when it
# is complete.

. "$(dirname "$0")/lib.sh"
. "$TOP/scripts/archive.sh"

# A number for all that is installed besides the list of packages; it is part of the
# name. Raise it with a change of make_root().
RECIPE=1

packages_of() {
	awk -v group="root-$1" '$1 == group { print $2 }' "$TOP/scripts/packages" | sort -u
}

link_of() {
	local packages
	packages=$(packages_of "$1")
	[ -n "$packages" ] || die "no such root: $1 (trixie)"
	printf 'root-%s-%.12s' "$1" "$(printf '%s\n' $RECIPE "$1" "$packages" | sha256sum)"
}

# Manuals and translations are not needed, and writing them takes time. Nor does Xvfb need
# the drivers of graphics cards and their compiler; systems.sh copies its roots.
spare() {
	mkdir -p "$1/etc/dpkg/dpkg.cfg.d" "$1/etc/apt/apt.conf.d"
	printf 'path-exclude=/usr/share/%s/*\n' doc man info locale >"$1/etc/dpkg/dpkg.cfg.d/credssp"
	case $2 in
	*-system) printf 'path-exclude=/usr/lib/*/%s*\n' dri/ libLLVM libgallium libz3 ;;
	esac >>"$1/etc/dpkg/dpkg.cfg.d/credssp"
	printf 'force-unsafe-io\n' >>"$1/etc/dpkg/dpkg.cfg.d/credssp"
	printf 'APT::Install-Recommends "0";\n' >"$1/etc/apt/apt.conf.d/credssp"
	printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
	chmod 755 "$1/usr/sbin/policy-rc.d"
}

# fill_root ROOT DIRECTORY: runs as root. systems.sh makes the roots SUITE-system by it.
fill_root() {
	local root=$1 dir=$2 suite=${1%-system} uri
	uri=$(archive_uri)
	debootstrap --variant=minbase "$suite" "$dir" "$uri"
	printf 'deb %s %s main\n' "$uri" "$suite" >"$dir/etc/apt/sources.list"
	spare "$dir" "$root"
	mapfile -t packages < <(packages_of "$root")
	mount --bind /proc "$dir/proc"
	chroot "$dir" apt-get -q update
	chroot "$dir" env DEBIAN_FRONTEND=noninteractive apt-get -q -y install "${packages[@]}"
	chroot "$dir" apt-get -q clean
	rm -rf "$dir"/var/lib/apt/lists/*
	umount "$dir/proc"
}

make_root() {
	local suite=$1 final log=$CACHE/root-$1.log start=$SECONDS
	final=$CACHE/$(link_of "$suite")
	# Another caller may have made it while this one waited for the lock.
	[ ! -d "$final" ] || return 0
	note "making a root of Debian's $suite (about two minutes; log: $log)"
	SCRATCH=$CACHE/tmp.root-$suite
	as_root rm -rf "$SCRATCH"
	mkdir -p "$SCRATCH"
	# In a mount namespace of its own: what is mounted goes with the process.
	as_root unshare --mount env CREDSSP_CACHE="$CACHE" "$0" --fill "$suite" "$SCRATCH/root" \
		>"$log" 2>&1 || { tail -n 40 "$log" >&2; die "no root of $suite"; }
	as_root mv "$SCRATCH/root" "$final"
	rmdir "$SCRATCH"
	note "root ${final##*/} made in $((SECONDS - start)) s"
}

case ${1:-} in
'') die "usage: roots.sh [--path] ROOT..." ;;
--path) readlink -e "$CACHE/$(link_of "$2")" || die "no root $2" ;;
--fill) fill_root "$2" "$3" ;;
*)
	for suite; do
		[ -d "$CACHE/$(link_of "$suite")" ] ||
			with_lock "$CACHE/root-$suite.lock" make_root "$suite"
	done
	;;
esac
