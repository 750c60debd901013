# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Paths and functions of all scripts. Sourced.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
BUILD=$TOP/build
# A build service may have no HOME.
HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
CACHE=${CREDSSP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/credssp}
# A user's path may lack depmod, modprobe and modinfo.
PATH=$PATH:/usr/sbin:/sbin
# Used by the scripts that source this one.
export TOP BUILD CACHE HOME PATH

die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }
note() { printf '== %s\n' "$*" >&2; }

# with_lock FILE COMMAND...: runs COMMAND under a lock; a second caller waits. COMMAND
# does not inherit the descriptor: a daemon of it would keep the lock.
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

# scratch NAME: an empty directory $SCRATCH in the cache for the holder of NAME's lock.
# It is removed when this shell ends; after a kill the next holder removes it.
scratch() {
	SCRATCH=$CACHE/tmp.$1
	trap 'cd / && rm -rf "$SCRATCH"' EXIT
	rm -rf "$SCRATCH"
	mkdir -p "$SCRATCH"
}

# as_root COMMAND...: only packages and the roots of scripts/roots.sh need root.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}
