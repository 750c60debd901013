#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Takes the place of make in an emulated guest, where compiling the module takes half an
# hour: what DKMS wants to compile is compiled by the host (compile() in boot.sh), with the
# same headers and the same compiler. Cleaning takes one of these minutes, for the questions
# that the kernel's makefiles ask the compiler. All else is done by make itself.

REQUESTS=/run/guest/make
args=" $* "

module_dir() { sed -n 's/.* M=\([^ ]*\) .*/\1/p' <<<"$args"; }
# The headers' own kernel.release is 6.1.192 for Debian's 6.1.0-57-amd64.
release() { sed -n 's|.* -C */lib/modules/\([^/ ]*\)/build .*|\1|p' <<<"$args"; }

dir=$(module_dir)
case $dir,$args in
/var/lib/dkms/credssp/*' modules '*) ;;
/var/lib/dkms/credssp/*' clean '*) exec rm -f "$dir"/credssp.ko "$dir"/Module.symvers ;;
*) exec /run/make "$@" ;;
esac
request=$(mktemp -d $REQUESTS/XXXXXX)
cp -r "$dir" "$request/build"
release >"$request/release"
: >"$request/asked"
# Waits without a process, on a pipe that never has data.
exec {TICK}<> <(:)
for ((tries = 0; tries < 2400; tries++)); do
	[ ! -e "$request/status" ] || break
	read -r -t 0.5 -u "$TICK" || :
done
cat "$request/log"
cp "$request/credssp.ko" "$request/Module.symvers" "$dir/" || exit 2
exit "$(cat "$request/status")"
