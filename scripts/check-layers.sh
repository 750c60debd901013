#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-layers.sh LAYER: fails when a file of kmod/LAYER includes a header of a higher
# layer. check-layers.sh --layers lists the layers, lowest first.

. "$(dirname "$0")/lib.sh"

LAYERS=(base wire crypto upcall policy tls mech cred credssp core api dev)
# The codecs also compile in user space: these are the only headers of base for them.
WIRE_MAY_USE='base/(buf|types|compat)\.h'

height_of() {
	local i
	for i in "${!LAYERS[@]}"; do
		[ "${LAYERS[$i]}" != "$1" ] || { printf '%d' "$i"; return 0; }
	done
	return 1
}

# FILE:LINE:HEADER of every quoted include below kmod/LAYER. The header's layer is its
# directory; without one it is the file's own.
includes() {
	grep -rnoE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]+["<][^">]+[">]' \
		"$TOP/kmod/$1" | sed -E "s|^$TOP/||; s|:[[:space:]]*#[[:space:]]*include[[:space:]]+[\"<]|:|; s|[\">]\$||"
}

check_layer() {
	local layer=$1 own file line header path height bad=0
	own=$(height_of "$layer") || { echo "kmod/$layer is not in the list of layers"; return 1; }
	while IFS=: read -r file line header; do
		path=${header#../}
		case $path in
		*/*) height=$(height_of "${path%%/*}") || continue ;;
		*) continue ;;
		esac
		if [ "$height" -gt "$own" ]; then
			echo "$file:$line: $layer includes a header of a higher layer: $header"
			bad=1
		elif [ "$layer" = wire ] && [ "$height" -lt "$own" ] &&
			! [[ $path =~ ^$WIRE_MAY_USE$ ]]; then
			echo "$file:$line: wire may use base/{buf,types,compat}.h only, not $header"
			bad=1
		fi
	done < <(includes "$layer")
	return $bad
}

case ${1:-} in
--layers) printf '%s\n' "${LAYERS[@]}" ;;
'') die "usage: check-layers.sh --layers|LAYER" ;;
*) check_layer "$1" ;;
esac
