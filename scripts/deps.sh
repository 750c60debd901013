#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# deps.sh GROUP...: installs the packages of these groups of scripts/packages
# ("all": every group but those of other roots). If all are installed it returns at once.
# With CREDSSP_NO_DEPS=1 it only prints what is missing.

. "$(dirname "$0")/lib.sh"
. "$TOP/scripts/archive.sh"

BACKPORTS=$(machine_codename)-backports

# wanted GROUP...: of this machine's release, and of its backports as PACKAGE/SUITE
wanted() {
	awk -v groups=" $* " -v backports="$BACKPORTS" '/^[^#]/ && $1 !~ /^root-/ &&
		(NF == 2 || $3 == backports) &&
		(groups ~ / all / || index(groups, " " $1 " ")) {
			wanted[$2]
			if (NF == 3)
				suite[$2] = "/" $3
		}
		END { for (package in wanted) print package suite[package] }' \
		"$TOP/scripts/packages" | sort
}

# A package of the backports says so in its version. It is there as well if the machine's own
# package of that name is all that is wanted.
missing() {
	local have
	have=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' 2>/dev/null |
		awk -v backports="$BACKPORTS" '$1 == "installed" {
			print $2
			if ($3 ~ /~bpo/)
				print $2 "/" backports
		}' | sort -u)
	comm -23 <(wanted "$@") <(printf '%s\n' "$have")
}

apt() {
	# Another apt may hold the lock: wait for it.
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q "${APT[@]}" -o DPkg::Lock::Timeout=600 "$@"
}

# The packages are for tests: their daemons must not start on this machine. A policy of
# the machine stays; ours is removed afterwards, also one that a killed run has left.
POLICY=/usr/sbin/policy-rc.d
keep_daemons_down() {
	[ ! -e $POLICY ] || grep -q 'credssp' $POLICY || return 0
	trap 'as_root rm -f $POLICY' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	printf '#!/bin/sh\n# of credssp, while it installs packages\nexit 101\n' |
		as_root tee $POLICY >/dev/null && as_root chmod 755 $POLICY
}

install_missing() {
	local list
	mapfile -t list < <(missing "$@")
	[ "${#list[@]}" -gt 0 ] || return 0
	note "installing: ${list[*]}"
	if [[ ${list[*]} = */* ]]; then
		# The machine's own lists say which archive it is.
		apt update
		add_suite "$BACKPORTS"
	fi
	if ! { apt update && keep_daemons_down &&
	       apt install -y --no-install-recommends "${list[@]}"; }; then
		die "missing: ${list[*]}; as root: make deps"
	fi
}

[ $# -gt 0 ] || die "usage: deps.sh GROUP..."
command -v apt-get >/dev/null || { note "no apt-get: not installing anything"; exit 0; }
[ -n "$(missing "$@")" ] || exit 0
if [ -n "${CREDSSP_NO_DEPS:-}" ]; then
	note "missing, and not to be installed: $(missing "$@" | tr '\n' ' ')"
	exit 0
fi
with_lock "$CACHE/apt.lock" install_missing "$@" >&2
