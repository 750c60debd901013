#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# install-module.sh RELEASE: the module of build/local for that kernel, below
# $DESTDIR; --remove RELEASE removes it. Without headers there may be no module, or one
# that was built for another kernel: then it prints that and installs none.

. "$(dirname "$0")/lib.sh"

MODULE=$BUILD/local/credssp.ko

update_lists() {
	[ -n "${DESTDIR:-}" ] || depmod -a "$1"
}

install_for() {
	local rel=$1 for
	if [ ! -e "$MODULE" ]; then
		note "no module was built: only the user-space parts are installed"
		return
	fi
	for=$(modinfo -F vermagic "$MODULE" | cut -d ' ' -f 1)
	if [ "$for" != "$rel" ]; then
		note "${MODULE#"$TOP/"} is for Linux $for, not $rel: not installed"
		return
	fi
	install -D -m 0644 "$MODULE" "${DESTDIR:-}/lib/modules/$rel/updates/credssp.ko"
	update_lists "$rel"
}

remove_for() {
	rm -f "${DESTDIR:-}/lib/modules/$1/updates/credssp.ko"
	[ ! -d "${DESTDIR:-}/lib/modules/$1" ] || update_lists "$1"
}

case ${1:-} in
'') die "usage: install-module.sh [--remove] RELEASE" ;;
--remove) remove_for "$2" ;;
*) install_for "$1" ;;
esac
