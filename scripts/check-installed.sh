#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-installed.sh RULE: one of the rules that the user-space parts, installed from
# build/user into a directory of their own, must keep. check-installed.sh --rules lists them.
# A rule that cannot be checked on this machine exits with 77 and prints the reason.

. "$(dirname "$0")/lib.sh"

RULES=(unit example apropos)
SKIP=77

skip() { printf '%s\n' "$*"; exit $SKIP; }
require() { command -v "$1" >/dev/null || skip "no $1"; }

DIR=$(mktemp -d)
trap 'rm -rf "$DIR"' EXIT

installed() {
	make -s -C "$TOP/userspace-helper" O="$BUILD/user" prefix="$DIR" unitdir="$DIR" \
		sysusersdir="$DIR" modulesloaddir="$DIR" udevrulesdir="$DIR" \
		securitydir="$DIR/security" install >/dev/null
}

# The units, with their programs at the paths in them
rule_unit() {
	require systemd-analyze
	systemd-analyze verify --man=no "$DIR/credsspd.service" \
		"$DIR/credssp-policy.service" >"$DIR/said" 2>&1 || { cat "$DIR/said"; return 1; }
	# systemd-analyze prints settings that it does not know, but succeeds.
	[ ! -s "$DIR/said" ] || { cat "$DIR/said"; return 1; }
}

# The example of a program that finds the library by pkg-config, as C and as C++
rule_example() {
	local example=$DIR/example
	require pkg-config
	cp -r "$TOP/Documentation/examples/libcredssp" "$example"
	export PKG_CONFIG_PATH=$DIR/lib/pkgconfig
	CFLAGS='-std=gnu11 -Werror' make -s -C "$example" || return
	# shellcheck disable=SC2046 # options are words
	c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -x c++ "$example/logon.c" -o "$example/logon++" \
		$(pkg-config --cflags --libs libcredssp) || return
	local program
	for program in logon logon++; do
		LD_LIBRARY_PATH=$DIR/lib "$example/$program" >"$DIR/said" 2>&1 || :
		grep -q '^usage: logon' "$DIR/said" || { cat "$DIR/said"; return 1; }
	done
}

# "apropos credssp" finds each page, and "man" all that the pages refer to by name.
rule_apropos() {
	local page name bad=0 count=0
	require makewhatis
	makewhatis -T utf8 "$DIR/share/man" || return
	mapropos -M "$DIR/share/man" credssp >"$DIR/found"
	for page in "$DIR"/share/man/man*/*.[1-9]; do
		name=$(basename "$page")
		count=$((count + 1))
		grep -qwF -- "${name%.*}" "$DIR/found" || { echo "apropos does not find $name"; bad=1; }
	done
	[ $count -gt 100 ] || { echo "only $count pages"; bad=1; }
	return $bad
}

case ${1:-} in
--rules) printf '%s\n' "${RULES[@]}" ;;
'') die "usage: check-installed.sh --rules|RULE" ;;
*) installed && "rule_$1" ;;
esac
