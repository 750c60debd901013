#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kdoc-man.sh DIRECTORY: writes the manual pages of the library's calls (section 3) and of the
# kernel's (section 9) there, from the comments of the public headers.
set -eu

here=$(dirname "$0")
dir=$1

# pages SECTION MANUAL OVERVIEW DIRECTORY-OF-INCLUDES HEADER...
pages() {
	section=$1 manual=$2 overview=$3 includes=$4
	shift 4
	for header; do
		awk -v dir="$dir" -v section="$section" -v manual="$manual" \
			-v overview="$overview" -v include="$header" -v date=2025-01-01 \
			-f "$here/kdoc-man.awk" "$includes/$header"
	done
}

mkdir -p "$dir"
pages 3 "Library Functions Manual" "libcredssp(3)" "$here/../userspace-helper/libcredssp" \
	credssp.h credssp_accept.h credssp_inner.h credssp_text.h
pages 9 "Kernel Developer's Manual" "credssp(4)" "$here/../include" \
	linux/credssp.h linux/credssp_acceptor.h
