# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the scripts share: where things are, and how they speak. Sourced.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
BUILD=$TOP/build
# A build service may have no HOME.
HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
CACHE=${CREDSSP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/credssp}
# depmod, modprobe and modinfo are not where a user looks.
PATH=$PATH:/usr/sbin:/sbin
# Used by the scripts that source this one.
export TOP BUILD CACHE HOME PATH

die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }
note() { printf '== %s\n' "$*" >&2; }

# with_lock FILE COMMAND...: one holder at a time; a second one waits. The
# descriptor is not passed on, or a daemon of the command would keep the lock.
with_lock() {
	local file=$1 fd
	shift
	mkdir -p "$(dirname "$file")"
	exec {fd}>"$file"
	flock -n "$fd" || { note "waiting for $file"; flock "$fd"; }
	# No "|| ..." here: it would switch off errexit inside the command.
	( exec {fd}>&-; "$@" )
	exec {fd}>&-
}

# scratch NAME: an empty directory $SCRATCH in the cache for the one who holds
# NAME's lock. It goes with this shell, and one that was killed leaves it to the
# next.
scratch() {
	SCRATCH=$CACHE/tmp.$1
	trap 'cd / && rm -rf "$SCRATCH"' EXIT
	rm -rf "$SCRATCH"
	mkdir -p "$SCRATCH"
}

# as_root COMMAND...: packages need root; everything else does not.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}
