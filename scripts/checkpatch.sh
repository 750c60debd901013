#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# checkpatch.sh FILE...: the kernel's checkpatch --strict on whole files.

. "$(dirname "$0")/lib.sh"

ignore=(
	# For patches, not for files
	FILE_PATH_CHANGES
	# The one header that has kernel version checks
	LINUX_VERSION_CODE
	CONSTANT_COMPARISON
)
# User space has no u32 and no kernel macros, and libraries with names in camel case, or
# with positive errnos.
user_ignore=(
	PREFER_KERNEL_TYPES
	ARRAY_SIZE
	PREFER_DEFINED_ATTRIBUTE_MACRO
	CAMELCASE
	AVOID_EXTERNS
	CONST_STRUCT
	ENOSYS
	USE_NEGATIVE_ERRNO
	STRCPY
	STRLCPY
	STRNCPY
	NEW_TYPEDEFS
	MACRO_ARG_REUSE
	PREFER_FALLTHROUGH
	VOLATILE
)

case $1 in
# Transcripts as string literals, a line of hexadecimal digits each
*/vectors/*) ignore+=(MISSING_SPACE SPLIT_STRING COMPLEX_MACRO) ;;
# Attributes of configfs are made by macros.
*samples/rdp/* | *samples/smb/*) ignore+=(MACRO_ARG_REUSE) ;;
*userspace-helper/* | *selftests/* | *samples/user/*) ignore+=("${user_ignore[@]}") ;;
esac

list=$(IFS=,; printf '%s' "${ignore[*]}")
perl "$CACHE/checkpatch/checkpatch.pl" --no-tree --strict --terse --no-summary \
	--show-types --color=never --typedefsfile "$TOP/scripts/checkpatch-types" --ignore "$list" -f "$@"
