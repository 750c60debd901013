#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The packages are installed on a system that knows nothing of credssp: one command, then
# a logon to a real server.
# boots: first only
# timeout: 240

. "$(dirname "$0")/lib.sh"

want "failed units" "$(systemctl --failed --plain --no-legend)" ''
[ ! -e /dev/credssp ] || problem "there is a /dev/credssp"
! getent passwd credssp || problem "there is a user"
hide_second || problem "the second kernel"
verdict "a system without credssp is up"

start=$SECONDS
apt_get install "$DEBS"/*.deb
want "exit status" $? 0
for package in $(package_names "$DEBS"); do
	# shellcheck disable=SC2016 # dpkg's variable
	want "$package" "$(dpkg-query -W -f '${db:Status-Status}' "$package")" installed
done
want "dpkg --audit" "$(dpkg --audit)" ''
note "apt-get install: $((SECONDS - start)) s"
verdict "apt-get install ./*.deb, without a network"
[ "$FAILED" -eq 0 ] || apt_said

dkms_status
dkms_has "$(uname -r)" || problem "not in dkms status"
want "loaded module" "$(modinfo -n credssp)" "/lib/modules/$(uname -r)/updates/dkms/credssp.ko*"
[ -d /sys/module/credssp ] || problem "the module is not loaded"
verdict "DKMS has built and installed the module, which is loaded"

want "/dev/credssp" "$(stat -c '%F %a %U' /dev/credssp)" 'character special file 666 root'
want "/dev/credssp-helper" "$(stat -c '%F %a %U' /dev/credssp-helper)" \
	'character special file 600 root'
until_true 10 is_active credsspd.service || problem "credsspd: $(property credsspd.service Result)"
until_true 10 is_active credssp-policy.service || problem "the policy was not loaded"
until_true 10 helper_is_there || problem "no helper"
want "enabled" "$(systemctl is-enabled credsspd.service)" 'enabled|static'
getent passwd credssp >/dev/null || problem "no user"
verdict "devices and user are there, the daemon and the policy are active"

freerdp_start
logon "a logon to FreeRDP's server" --mech ntlm "127.0.0.1:$FREERDP_PORT"
auth --mech ntlm --password-file "$WORK/wrong-password" "127.0.0.1:$FREERDP_PORT"
want "exit status" "$RC" 2
verdict "a wrong password is refused"
setpriv --reuid nobody --regid nogroup --clear-groups test -w /dev/credssp ||
	problem "a user cannot open /dev/credssp"
verdict "users may open /dev/credssp"

! in_pam || problem "its profile is on: $(in_pam)"
DEBIAN_FRONTEND=noninteractive pam-auth-update --enable credssp || problem "pam-auth-update"
want "files with pam_credssp" "$(in_pam)" 'common-auth common-password common-session '
verdict "the profile of PAM is off until it is enabled"

credsspctl status >"$WORK/status" || problem "credsspctl status fails"
sed 's/^/# /' "$WORK/status"
want established "$(status established)" 1
systemctl status credsspd.service >"$WORK/systemctl" || problem "systemctl status fails"
sed 's/^/# /' "$WORK/systemctl" | head -n 14
has 'Active: active \(running\)' "$WORK/systemctl" || problem "systemctl status"
verdict "credsspctl status and systemctl status show it"

want "failed units" "$(systemctl --failed --plain --no-legend)" ''
nothing_left "no context and no credential is left"
finish
