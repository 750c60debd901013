#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The Debian packages of the machine's release: that they are built, that two builds are
# equal, and what lintian says of them. The packages of other releases are built where they
# are tested (step system). Also the tarball, and the places that tell the version.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"
. "$TOP/scripts/archive.sh"
. "$TOP/scripts/version.sh"

FIRST=$BUILD/deb/$(machine_codename)
SECOND=$BUILD/deb/again

# Another time zone, locale and umask must not be seen in the packages.
build_again() {
	(umask 0002 && TZ=Asia/Kathmandu LC_ALL=C "$TOP/scripts/deb.sh" "$SECOND")
}

equal() {
	local deb bad=0
	for deb in "$FIRST"/*.deb; do
		cmp "$deb" "$SECOND/${deb##*/}" || bad=1
	done
	[ "$(cd "$FIRST" && echo ./*.deb)" = "$(cd "$SECOND" && echo ./*.deb)" ] && return $bad
}

clean() {
	local said
	said=$(lintian --allow-root --fail-on error,warning "$FIRST"/*.changes 2>&1) && return
	printf '%s\n' "$said"
	return 1
}

versions() {
	local version
	version=$(tree_version)
	grep -q "^credssp ($version-" "$TOP/debian/changelog" ||
		{ echo "debian/changelog does not begin with $version"; return 1; }
	grep -q "^credssp $version" "$TOP/NEWS" || { echo "NEWS has no $version"; return 1; }
	# Not grep -q, which ends before dpkg does: that would be a failure of the pipe.
	dpkg -c "$FIRST"/credssp-dkms_*.deb | grep "/usr/src/credssp-$version/dkms.conf" >/dev/null ||
		{ echo "credssp-dkms is not $version"; return 1; }
}

# What the package's scripts do with the daemon: an upgrade restarts it, a removal stops it.
daemon() {
	local dir rc=0
	dir=$(mktemp -d)
	dpkg-deb -e "$FIRST"/credssp_*.deb "$dir"
	grep "invoke try-restart .*credsspd.service" "$dir/postinst" >/dev/null ||
		{ echo "postinst does not restart it"; rc=1; }
	grep "invoke stop .*credsspd.service" "$dir/prerm" >/dev/null ||
		{ echo "prerm does not stop it"; rc=1; }
	! grep -s invoke "$dir/preinst" || { echo "in preinst: nothing would start it again"; rc=1; }
	rm -rf "$dir"
	return $rc
}

# Compiled for this release's parser and the abi that the profile names, on any kernel
profile() {
	apparmor_parser -Q -K -T -M /etc/apparmor.d/abi/3.0 \
		"$TOP/userspace-helper/units/apparmor/usr.sbin.credsspd" 2>&1
}

# What a tarball has is what git has; two of them are equal.
tarball() {
	local one two
	one=$("$TOP/scripts/dist.sh" "$BUILD/dist/one") || return
	two=$("$TOP/scripts/dist.sh" "$BUILD/dist/two") || return
	cmp "$one" "$two" && tar -tf "$one" |
		grep "^credssp-$(tree_version)/dkms.conf$" >/dev/null
}

"$TOP/scripts/deps.sh" build deb
tap_open deb
tap_run "packages" "$TOP/scripts/deb.sh"
tap_run "packages: built again" build_again
tap_run "packages: both builds are equal" equal
tap_run "packages: lintian has neither errors nor warnings" clean
tap_run "one version everywhere" versions
tap_run "packages: the daemon in an upgrade and in a removal" daemon
tap_run "AppArmor profile" profile
if tree_has_git; then
	tap_run "tarball, twice" tarball
else
	tap_result ok "tarball, twice # SKIP this tree is one"
fi
tap_close
