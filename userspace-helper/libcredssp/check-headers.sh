#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# check-headers.sh DIRECTORY-OF-HEADERS UAPI: each public header compiles by itself, without a
# warning, as the C and C++ of programs in other projects.
set -eu

cc=${CC:-cc}
# The C++ compiler that belongs to it
cxx=${CXX:-c++}
count=0 failed=0

# compile HEADER COMPILER LANGUAGE STANDARD
compile() {
	count=$((count + 1))
	if ! printf '#include <%s>\n' "$1" |
		"$2" -x "$3" "-std=$4" -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
			-I"$headers" -I"$uapi" -; then
		failed=$((failed + 1))
		echo "not ok - <$1> as $4"
	fi
}

headers=$1 uapi=$2
for header in "$headers"/credssp*.h "$uapi"/linux/credssp*.h; do
	case $header in
	"$uapi"/*) name=linux/${header##*/} ;;
	*) name=${header##*/} ;;
	esac
	compile "$name" "$cc" c c11
	compile "$name" "$cxx" c++ c++17
done

[ $failed -eq 0 ] && [ $count -gt 0 ] || exit 1
echo "ok - $count compilations of public headers, as C11 and C++17"
