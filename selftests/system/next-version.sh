#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# next-version.sh DIRECTORY OUTPUT VERSION: the packages of DIRECTORY as those of another
# version of the same sources, without building them again.

. "$(dirname "$0")/../../scripts/lib.sh"

# repack DEB OLD NEW: the upstream versions
repack() {
	local deb=$1 old=$2 new=$3 dir
	dir=$(mktemp -d)
	chmod 755 "$dir"
	dpkg-deb -R "$deb" "$dir"
	# Version, dependencies on each other, and what DKMS's scripts are told
	find "$dir/DEBIAN" -type f ! -name '*sums' ! -name triggers -exec \
		sed -i "s/${old//./\\.}/$new/g" {} +
	if [ -d "$dir/usr/src/credssp-$old" ]; then
		mv "$dir/usr/src/credssp-$old" "$dir/usr/src/credssp-$new"
		sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$new\"/" \
			"$dir/usr/src/credssp-$new/dkms.conf"
	fi
	(cd "$dir" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' |
		xargs -0 md5sum >DEBIAN/md5sums)
	dpkg-deb --root-owner-group -Znone -b "$dir" "$OUTPUT" >/dev/null
	rm -rf "$dir"
}

DIRECTORY=$1 OUTPUT=$2 NEW=$3
OLD=$(dpkg-deb -f "$DIRECTORY"/credssp_*.deb Version)
mkdir -p "$OUTPUT"
for deb in "$DIRECTORY"/*.deb; do
	repack "$deb" "${OLD%%-*}" "$NEW"
done
