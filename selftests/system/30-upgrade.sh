#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The packages are replaced by newer ones while contexts are open and a stream is in use.
# timeout: 240

. "$(dirname "$0")/lib.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

# say LINE: to the acceptor's cat and back
say() {
	local got
	echo "$1" >&"${TO[0]}" || return
	read -r -t $((10 * HANG)) got <"$WORK/from.fifo" && [ "$got" = "$1" ]
}

DENIALS=$(denials | wc -l)
accept_set_up || bail "no account or certificate"
systemctl reload credsspd.service
accept_start --carrier raw --mech ntlm --exec cat
mkfifo "$WORK/to.fifo" "$WORK/from.fifo"
exec {FROM}<>"$WORK/from.fifo"
exec {TO}<>"$WORK/to.fifo"
credsspctl connect --user alice --password-file "$WORK/password" --carrier raw --mech ntlm \
	"127.0.0.1:$ACCEPT_PORT" <"$WORK/to.fifo" >"$WORK/from.fifo" 2>"$WORK/connect.err" &
client=$!
say "before the upgrade" || problem "$(<"$WORK/connect.err")"
verdict "a stream is in use"

old=$(version_in "$DEBS") new=$(version_in "$NEXT_DEBS")
module=$(</sys/module/credssp/version)
before=$(main_pid)
start=$SECONDS
apt_get install "$NEXT_DEBS"/*.deb
want "exit status" $? 0
# shellcheck disable=SC2016 # dpkg's variable
want "version" "$(dpkg-query -W -f '${Version}' credssp)" "$new"
in_pam >/dev/null || problem "the profile of PAM is off again"
note "from $old to $new: $((SECONDS - start)) s"
verdict "apt-get install ./*.deb of a newer version"
[ "$FAILED" -eq 0 ] || apt_said

say "after the upgrade" || problem "$(<"$WORK/connect.err")"
kill -0 $client || problem "the client has ended"
want "the loaded module" "$(</sys/module/credssp/version)" "$module"
verdict "the stream goes on, by the module that is loaded"

until_true 20 helper_is_there || problem "no helper"
[ "$(main_pid)" != "$before" ] || problem "the old daemon is running"
accept_stop
accept_start --carrier raw --mech ntlm
logon "the new daemon serves the old module" --carrier raw --mech ntlm \
	"127.0.0.1:$ACCEPT_PORT"
accept_stop
kill $client 2>/dev/null
wait $client 2>/dev/null
exec {TO}>&- {FROM}>&-

dkms_status
want "versions in dkms status" "$(cut -d , -f 1 "$WORK/dkms" | sort -u)" "credssp/${new%%-*}"
want "the installed module" "$(modinfo -F version credssp)" "${new%%-*}"
want "sources" "$(echo /usr/src/credssp-*)" "/usr/src/credssp-${new%%-*}"
verdict "DKMS has built the new module, and nothing of the old one is left"

systemctl stop credsspd.service
rmmod credssp || problem "rmmod"
modprobe credssp || problem "modprobe"
want "the loaded module" "$(</sys/module/credssp/version)" "${new%%-*}"
until_true 20 helper_is_there || problem "no helper"
verdict "the new module is loaded without a reboot, and the daemon comes with it"
want "failed units" "$(systemctl --failed --plain --no-legend)" ''
no_denials "AppArmor has denied nothing"
finish
