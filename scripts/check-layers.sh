#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-layers.sh ROOM: fails when a file of kmod/ROOM includes a header of a
# higher floor. check-layers.sh --rooms lists the rooms, lowest first.

. "$(dirname "$0")/lib.sh"

FLOORS=(base wire crypto upcall policy tls mech cred credssp core api dev)
# The codecs also compile in user space: these are the only headers of base for them.
WIRE_MAY_USE='base/(buf|types|compat)\.h'

floor_of() {
	local i
	for i in "${!FLOORS[@]}"; do
		[ "${FLOORS[$i]}" != "$1" ] || { printf '%d' "$i"; return 0; }
	done
	return 1
}

# FILE:LINE:HEADER of every quoted include below kmod/ROOM. The header's room is
# its directory; without one it is the file's own.
includes() {
	grep -rnoE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]+["<][^">]+[">]' \
		"$TOP/kmod/$1" | sed -E "s|^$TOP/||; s|:[[:space:]]*#[[:space:]]*include[[:space:]]+[\"<]|:|; s|[\">]\$||"
}

check_room() {
	local room=$1 own file line header path floor bad=0
	own=$(floor_of "$room") || { echo "kmod/$room is no floor of the house"; return 1; }
	while IFS=: read -r file line header; do
		path=${header#../}
		case $path in
		*/*) floor=$(floor_of "${path%%/*}") || continue ;;
		*) continue ;;
		esac
		if [ "$floor" -gt "$own" ]; then
			echo "$file:$line: $room includes $header, a higher floor"
			bad=1
		elif [ "$room" = wire ] && [ "$floor" -lt "$own" ] &&
			! [[ $path =~ ^$WIRE_MAY_USE$ ]]; then
			echo "$file:$line: wire may use base/{buf,types,compat}.h only, not $header"
			bad=1
		fi
	done < <(includes "$room")
	return $bad
}

case ${1:-} in
--rooms) printf '%s\n' "${FLOORS[@]}" ;;
'') die "usage: check-layers.sh --rooms|ROOM" ;;
*) check_room "$1" ;;
esac
