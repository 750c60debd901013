# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the scripts share: where things are, and how they speak. Sourced.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
BUILD=$TOP/build
CACHE=${CREDSSP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/credssp}
# Used by the scripts that source this one.
export TOP BUILD CACHE

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

# as_root COMMAND...: packages need root; everything else does not.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}
