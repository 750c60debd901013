#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# deps.sh GROUP...: installs the packages of these groups of scripts/packages
# ("all": every group). Does nothing, quickly, when they are all there.

. "$(dirname "$0")/lib.sh"

wanted() {
	awk -v groups=" $* " '/^[^#]/ && NF == 2 &&
		(groups ~ / all / || index(groups, " " $1 " ")) { print $2 }' \
		"$TOP/scripts/packages" | sort -u
}

missing() {
	local have
	have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null |
		awk '$1 == "installed" { print $2 }' | sort -u)
	comm -23 <(wanted "$@") <(printf '%s\n' "$have")
}

apt() {
	# Another apt may hold the lock: wait for it.
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -o DPkg::Lock::Timeout=600 "$@"
}

# The packages' daemons (smbd, krb5kdc, ...) are for the guests; they must not
# start on the host while they are being installed.
install_quietly() {
	local policy=/usr/sbin/policy-rc.d made=
	if [ ! -e $policy ]; then
		printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
		as_root chmod 755 $policy
		made=1
	fi
	local rc=0
	apt install -y --no-install-recommends "$@" || rc=$?
	[ -z "$made" ] || as_root rm -f $policy
	return $rc
}

install_missing() {
	local list
	mapfile -t list < <(missing "$@")
	[ "${#list[@]}" -gt 0 ] || return 0
	note "installing: ${list[*]}"
	apt update
	install_quietly "${list[@]}"
}

[ $# -gt 0 ] || die "usage: deps.sh GROUP..."
command -v apt-get >/dev/null || { note "no apt-get: not installing anything"; exit 0; }
[ -n "$(missing "$@")" ] || exit 0
with_lock "$CACHE/apt.lock" install_missing "$@" >&2
