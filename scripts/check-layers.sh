#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-layers.sh DIRECTORY: fails when a file of DIRECTORY, as kmod/wire, includes a header
# of a higher layer. A *_test.c may include all. check-layers.sh --trees lists the trees.

. "$(dirname "$0")/lib.sh"

# The directories of each tree, lowest first; "." is the tree's own files.
declare -A LAYERS=(
	[kmod]='base wire crypto upcall policy tls mech cred credssp core api dev .'
	[userspace-helper/credsspd]='base sandbox certs keeper tls engine krb5 office logons
		settings . tests'
	[userspace-helper/credsspctl]='base saved winrm rdp logon accept doctor . tests'
)
# The codecs also compile in user space: these are the only headers of base for them.
WIRE_MAY_USE='base/(buf|types|compat)\.h'

# height_of TREE LAYER
height_of() {
	local layer height=0
	for layer in ${LAYERS[$1]}; do
		[ "$layer" != "$2" ] || { printf '%d' $height; return 0; }
		height=$((height + 1))
	done
	return 1
}

# FILE:LINE:HEADER of every include in DIRECTORY
includes() {
	find "$TOP/$1" -maxdepth 1 -name '*.[ch]' -not -name '*_test.c' -exec grep -noHE \
		'^[[:space:]]*#[[:space:]]*include[[:space:]]+["<][^">]+[">]' {} + |
		sed -E "s|^$TOP/||; s|/\./|/|; s|:[[:space:]]*#[[:space:]]*include[[:space:]]+[\"<]|:|; s|[\">]\$||"
}

# path_of TREE LAYER HEADER: the header's path in the tree; false: it is not of this tree
path_of() {
	local path
	for path in "$2/$3" "$3"; do
		[ -e "$TOP/$1/$path" ] || continue
		path=${path#"$2/../"}
		printf '%s' "${path#./}"
		return 0
	done
	return 1
}

# check_layer TREE LAYER
check_layer() {
	local tree=$1 layer=$2 own file line header path height bad=0
	own=$(height_of "$tree" "$layer") ||
		{ echo "$tree/$layer is not in the list of layers"; return 1; }
	while IFS=: read -r file line header; do
		path=$(path_of "$tree" "$layer" "$header") || continue
		case $path in
		*/*) height=$(height_of "$tree" "${path%%/*}") || continue ;;
		*) height=$(height_of "$tree" .) || continue ;;
		esac
		if [ "$height" -gt "$own" ]; then
			echo "$file:$line: a header of a higher layer: $header"
			bad=1
		elif [ "$tree/$layer" = kmod/wire ] && [ "$height" -lt "$own" ] &&
			! [[ $path =~ ^$WIRE_MAY_USE$ ]]; then
			echo "$file:$line: wire may use base/{buf,types,compat}.h only, not $header"
			bad=1
		fi
	done < <(includes "$tree/$layer")
	return $bad
}

directory=${1:-}
[ "$directory" != --trees ] || { printf '%s\n' "${!LAYERS[@]}" | sort; exit; }
for tree in "${!LAYERS[@]}"; do
	case $directory in
	"$tree") check_layer "$tree" .; exit ;;
	"$tree"/*) check_layer "$tree" "${directory#"$tree/"}"; exit ;;
	esac
done
die "usage: check-layers.sh --trees|DIRECTORY"
