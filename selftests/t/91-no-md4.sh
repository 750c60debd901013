#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel without MD4: the module uses its own.
# guests: 6.1 backports
# timeout: 60

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl tspeer modprobe insmod rmmod ss

# The crypto API loads MD4 with modprobe; this configuration forbids it and is removed at
# the end.
HIDE=/run/modprobe.d/credssp-no-md4.conf
trap 'rm -f $HIDE; cleanup' EXIT
mkdir -p /run/modprobe.d
echo 'install md4 /bin/false' >$HIDE

no_md4() { ! grep -q '^name *: md4$' /proc/crypto; }

# A module that has used the kernel's MD4 holds it until it is unloaded.
module_down || bail "the module does not unload: $(<"$WORK/rmmod")"
[ ! -d /sys/module/md4 ] || rmmod md4
module_up || bail "the module does not load"
modprobe -q md4 && problem "the kernel's MD4 is not hidden"
start_peer
for transport in socket token; do
	for mech in ntlm negotiate; do
		auth --carrier raw --transport $transport --mech $mech "127.0.0.1:$PEER_PORT"
		next_line
		want "exit status" "$RC" 0
		want result "${JSON[result]}" authenticated
		want "delegated to the peer" "${PEER[delegated]}" password
		no_md4 || problem "the kernel has an MD4"
		verdict "NTLM without the kernel's MD4, $mech, $transport transport"
	done
done
rm -f $HIDE
# The module would go on without MD4.
module_down || problem "the module does not unload: $(<"$WORK/rmmod")"
module_up || problem "the module does not load again"
modprobe -q md4 || problem "the kernel has no MD4 any more"
auth --carrier raw "127.0.0.1:$PEER_PORT"
next_line
want result "${JSON[result]}" authenticated
no_md4 && problem "the module does not use the kernel's MD4"
verdict "loaded again, the module uses the kernel's MD4"
nothing_left "no context and no credential is left"
finish
