#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# in-root.sh ROOT COMMAND...: runs COMMAND, as the user who calls this, in a root of the
# cache (roots.sh). This tree and the cache are at the same paths there.

. "$(dirname "$0")/lib.sh"

# enter DIRECTORY UID:GID COMMAND...: in a mount namespace of its own, as root
enter() {
	local root=$1 ids=$2 dir
	shift 2
	for dir in /proc /dev "$TOP" "$CACHE"; do
		mkdir -p "$root$dir"
		mount --bind "$dir" "$root$dir"
	done
	exec chroot --userspec="$ids" "$root" /usr/bin/env -i LANG=C.UTF-8 HOME=/tmp \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

case ${1:-} in
'') die "usage: in-root.sh ROOT COMMAND..." ;;
--enter)
	shift
	enter "$@"
	;;
*)
	root=$("$TOP/scripts/roots.sh" --path "$1")
	shift
	as_root unshare --mount env CREDSSP_CACHE="$CACHE" \
		"$0" --enter "$root" "$(id -u):$(id -g)" "$@"
	;;
esac
