#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests which lines kernel-reports.sh takes for faults, and that its known report excuses
# no other one. Prints TAP; needs no guest.

REPORTS=$(dirname "$0")/kernel-reports.sh
TESTS=0 FAILED=0

VERSION='[    0.000000] Linux version 7.3.4+deb13-amd64 (debian-kernel@lists.debian.org)'
OLDER='[    0.000000] Linux version 6.12.117+deb12-amd64 (debian-kernel@lists.debian.org)'
CUT='[   56.413880] ------------[ cut here ]------------'
MEMCPY='[   56.413907] memcpy: detected field-spanning write (size 52) of single field "dst" at include/linux/sockptr.h:49 (size 0)'
WARNING='[   56.414088] WARNING: include/linux/sockptr.h:49 at tls_setsockopt+0x9bb/0xba0 [tls], CPU#1: credsspctl/213'
ELSEWHERE='[   57.000000] WARNING: net/core/sock.c:10 at sk_free+0x1/0x2, CPU#1: x/1'
OOPS='[   58.000000] BUG: kernel NULL pointer dereference, address: 0000000000000000'

# expect NAME COUNT LINE...: COUNT of the lines are reports
expect() {
	local name=$1 count=$2 got
	shift 2
	got=$(printf '%s\n' "$@" | "$REPORTS" /dev/stdin | wc -l)
	TESTS=$((TESTS + 1))
	if [ "$got" -eq "$count" ]; then
		printf 'ok %d - %s\n' $TESTS "$name"
	else
		printf 'not ok %d - %s: %d reports, not %d\n' $TESTS "$name" "$got" "$count"
		FAILED=$((FAILED + 1))
	fi
}

# changed NAME SED-ARGUMENT...: the known report with one thing changed
changed() {
	local name=$1
	shift
	mapfile -t lines < <(printf '%s\n' "$CUT" "$MEMCPY" "$WARNING" | sed -E "$@")
	expect "$name" 1 "$VERSION" "${lines[@]}"
}

expect "nothing" 0 "$VERSION"
expect "a fault" 1 "$VERSION" "$OOPS"
expect "a warning" 1 "$VERSION" "$CUT" "$ELSEWHERE"
expect "keys from a kernel caller, 52 bytes" 0 "$VERSION" "$CUT" "$MEMCPY" "$WARNING"
expect "keys from a kernel caller, 36 bytes" 0 "$VERSION" "$CUT" "${MEMCPY/52/36}" "$WARNING"
expect "as a serial console has them" 0 "$VERSION"$'\r' "$MEMCPY"$'\r' "$WARNING"$'\r'
expect "twice" 0 "$VERSION" "$MEMCPY" "$WARNING" "$MEMCPY" "$WARNING"
expect "with a fault after it" 1 "$VERSION" "$MEMCPY" "$WARNING" "$OOPS"
expect "with a fault between its lines" 1 "$VERSION" "$MEMCPY" "$OOPS" "$WARNING"
expect "with another warning after it" 1 "$VERSION" "$MEMCPY" "$WARNING" "$ELSEWHERE"
expect "another warning behind the first line" 2 "$VERSION" "$MEMCPY" "$ELSEWHERE" "$WARNING"
expect "one explanation, two warnings" 1 "$VERSION" "$MEMCPY" "$WARNING" "$WARNING"
expect "without the first line" 1 "$VERSION" "$CUT" "$WARNING"
expect "on an older kernel" 1 "$OLDER" "$CUT" "$MEMCPY" "$WARNING"
expect "in a log that does not tell the kernel" 1 "$CUT" "$MEMCPY" "$WARNING"
changed "another size" 's/size 52/size 60/'
changed "another field" 's/"dst"/"iv"/'
changed "a field with room" 's/\(size 0\)/(size 4)/'
changed "another header" 's/sockptr/string/'
changed "another line than the explanation's" '/WARNING/s/:49/:50/'
changed "another function" 's/tls_setsockopt/tls_getsockopt/'
changed "a function of another module" 's/\[tls\]/[credssp]/'
printf '1..%d\n' $TESTS
[ $FAILED -eq 0 ]
