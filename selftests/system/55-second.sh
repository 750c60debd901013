#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The second kernel, without Secure Boot: the module that DKMS has built for it is loaded at
# boot. Then the kernel is told to demand signatures, and is locked down.
# boots: second
# timeout: 180

. "$(dirname "$0")/lib.sh"

until_true 20 helper_is_there || problem "no helper"
until_true 20 is_active credsspd.service ||
	problem "credsspd: $(property credsspd.service SubState)"
want "loaded module" "$(modinfo -n credssp)" "/lib/modules/$(uname -r)/updates/dkms/credssp.ko*"
freerdp_start
logon "a logon to FreeRDP's server" --mech ntlm "127.0.0.1:$FREERDP_PORT"
freerdp_stop
no_denials "AppArmor has denied nothing"

systemctl stop credsspd.service
rmmod credssp || problem "rmmod"
for demand in /sys/module/module/parameters/sig_enforce=1 \
	/sys/kernel/security/lockdown=integrity /sys/kernel/security/lockdown=confidentiality; do
	echo "${demand#*=}" >"${demand%=*}" || problem "$demand"
	! modprobe credssp 2>"$WORK/modprobe" || problem "$demand: it was loaded"
	note "$demand: $(<"$WORK/modprobe")"
done
verdict "module.sig_enforce and lockdown refuse a key that the kernel does not know"
finish
