#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The packages are removed, first while the module is in use, and purged: nothing stays.
# boots: enrolled second only
# timeout: 180

. "$(dirname "$0")/lib.sh"

mapfile -t packages < <(package_names "$NEXT_DEBS")

# left: files of credssp anywhere but in what the tests have put there
left() {
	find / -xdev \( -path /proc -o -path /sys -o -path /run/guest -o -path /tmp \
		-o -path /var/log -o -path /usr/src/linux-headers-\* \) -prune -o \
		-iname '*credssp*' -print | sort
}

if [ ! -d /sys/module/credssp ]; then
	verdict "the module is not loaded"
else
	exec {DEVICE}<>/dev/credssp
	apt_get remove credssp-dkms credssp
	want "exit status" $? 0
	has 'credssp is in use' "$APT_LOG" || problem "it does not tell that the module is in use"
	[ -d /sys/module/credssp ] || problem "a module in use was unloaded"
	exec {DEVICE}>&-
	verdict "removed while a program uses the module, which apt tells"
	apt_said
	rmmod credssp || problem "rmmod"
	apt_get install "$NEXT_DEBS"/*.deb
	want "exit status" $? 0
	[ -d /sys/module/credssp ] || [ "$GUEST_BOOT" = second ] || problem "it is not loaded"
	verdict "installed again"
	apt_get remove credssp
	want "exit status" $? 0
	apt_get install "$NEXT_DEBS"/credssp_*.deb
	want "exit status" $? 0
	[ ! -e /dev/credssp ] || until_true 10 helper_is_there || problem "no helper"
	verdict "the daemon alone removed and installed again: it runs"
fi

start=$SECONDS
apt_get remove "${packages[@]}"
want "exit status" $? 0
note "apt-get remove: $((SECONDS - start)) s"
[ ! -d /sys/module/credssp ] || problem "the module is loaded"
[ ! -e /dev/credssp ] || problem "there is a device"
want "processes" "$(pidof credsspd)" ''
want "units" "$(systemctl list-units --all --plain --no-legend 'credssp*')" ''
want "modules" "$(find /lib/modules -name 'credssp*')" ''
! in_pam || problem "PAM has the module: $(in_pam)"
[ -d /etc/credssp ] || problem "the configuration is gone"
verdict "removed: no module, no process, no unit, no line of PAM, but the configuration"
[ "$FAILED" -eq 0 ] || apt_said

# apt knows no others any more.
# shellcheck disable=SC2016 # dpkg's variables
mapfile -t settings < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" \
	2>/dev/null | sed -n 's/^config-files //p')
apt_get purge "${settings[@]}"
want "exit status" $? 0
left >"$WORK/left"
want "files" "$(<"$WORK/left")" ''
! getent passwd credssp >/dev/null || problem "the user is there"
! grep -q credssp /var/lib/pam/* || problem "pam-auth-update remembers it"
want "profiles" "$(grep credsspd /sys/kernel/security/apparmor/profiles)" ''
want "dkms status" "$(dkms status credssp)" ''
want "dpkg --audit" "$(dpkg --audit)" ''
for package in "${packages[@]}"; do
	# shellcheck disable=SC2016 # dpkg's variable
	want "$package" "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" 'not-installed|'
done
verdict "purged: no file, no user, no profile"
want "failed units" "$(systemctl --failed --plain --no-legend | grep -v credssp)" ''
verdict "the rest of the system is as before"
finish
