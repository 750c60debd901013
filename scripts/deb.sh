#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# deb.sh [--root ROOT] [--version VERSION] [--reuse] [DIRECTORY]: the Debian packages of this
# tree, for the machine's release, or for that of a root of scripts/roots.sh. They are built from
# a copy with the tree's files alone. The packages go to build/deb/RELEASE, or to DIRECTORY.
#
# VERSION takes the place of the tree's: for tests of upgrades. With --reuse, packages that were
# built of the same files are left alone.

. "$(dirname "$0")/lib.sh"
. "$TOP/scripts/archive.sh"
. "$TOP/scripts/version.sh"

ROOT='' VERSION=$(tree_version) REUSE=''

# What a release adds to the version: the packages of Debian 13 take the place of those of
# Debian 12 in an upgrade of the system.
suffix_of() {
	case $1 in
	bookworm) echo +deb12 ;;
	trixie) echo +deb13 ;;
	*) die "no packages for $1" ;;
	esac
}

# set_version DIRECTORY RELEASE: of the copy
set_version() {
	local dir=$1 release=$2
	sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$VERSION\"/" "$dir/dkms.conf"
	sed -i "1s/(.*) [a-z]*;/($VERSION-1$(suffix_of "$release")) $release;/" \
		"$dir/debian/changelog"
}

# The tests of the user-space parts are a step of their own, and debug information is for
# those who ask for it.
export_options() {
	export DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS:-nocheck noautodbgsym parallel=$(nproc)}
}

# identity DIRECTORY: of the copy, and of how it is built
identity() {
	{
		echo "$DEB_BUILD_OPTIONS"
		tar -C "$1" -c --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner .
	} | sha256sum
}

build() {
	local out=$1 release=$2 dir=$BUILD/deb/tree-$2/credssp log tree
	log=$out.log
	rm -rf "$BUILD/deb/tree-$release"
	mkdir -p "$dir"
	tree_copy "$dir"
	set_version "$dir" "$release"
	export_options
	tree=$(identity "$dir")
	if [ -n "$REUSE" ] && [ "$(cat "$out.tree" 2>/dev/null)" = "$tree" ]; then
		rm -rf "$BUILD/deb/tree-$release"
		return
	fi
	rm -rf "$out" "$out.tree"
	mkdir -p "$out"
	note "packages $VERSION-1$(suffix_of "$release") (log: ${log#"$TOP/"})"
	# The variables of an outer make must not reach this one.
	if ! env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS "${IN_ROOT[@]}" \
		env -C "$dir" DEB_BUILD_OPTIONS="$DEB_BUILD_OPTIONS" \
		dpkg-buildpackage -b -us -uc $UNCHECKED >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		die "no packages: see $log"
	fi
	mv "$dir"/../*.deb "$dir"/../*.changes "$dir"/../*.buildinfo "$out/"
	rm -rf "$BUILD/deb/tree-$release"
	printf '%s\n' "$tree" >"$out.tree"
}

while [ $# -gt 0 ]; do
	case $1 in
	--root) ROOT=$2 && shift 2 ;;
	--version) VERSION=$2 && shift 2 ;;
	--reuse) REUSE=yes && shift ;;
	-*) die "usage: deb.sh [--root ROOT] [--version VERSION] [--reuse] [DIRECTORY]" ;;
	*) break ;;
	esac
done
release=${ROOT:-$(machine_codename)}
IN_ROOT=() UNCHECKED=''
if [ -n "$ROOT" ]; then
	"$TOP/scripts/roots.sh" "$ROOT"
	IN_ROOT=("$TOP/scripts/in-root.sh" "$ROOT")
	# A root has what is needed, and no build-essential, which would bring g++.
	UNCHECKED=-d
fi
suffix_of "$release" >/dev/null
mkdir -p "$BUILD/deb"
with_lock "$BUILD/deb/$release.lock" build "$(realpath -m "${1:-$BUILD/deb/$release}")" "$release"
