#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The daemon as a service: its sandbox by the unit and by AppArmor, logons of every kind
# under both, reload, and restart.
# boots: first only
# timeout: 400

. "$(dirname "$0")/lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

# ---- what confines it ------------------------------------------------------

field() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"; }

for pid in $(daemon_pids); do
	want "NoNewPrivs of $pid" "$(field "$pid" NoNewPrivs)" 1
	want "capabilities that $pid could get" "$(field "$pid" CapBnd)" 0000000000000000
	want "Seccomp of $pid" "$(field "$pid" Seccomp)" 2
	case " $(findmnt -n -N "$pid" -o OPTIONS /) " in
	*' ro,'* | *' ro '*) ;;
	*) problem "the root of $pid can be written to" ;;
	esac
done
want "capabilities of the main process" "$(field "$(main_pid)" CapEff)" 0000000000000000
systemd-analyze security --no-pager credsspd.service | tail -n 1 | sed 's/^/# /'
verdict "the unit confines every process: no new privileges, filtered calls, read-only files"

want "AppArmor" "$(</sys/module/apparmor/parameters/enabled)" Y
for pid in $(daemon_pids); do
	want "profile of $pid" "$(tr -d '\0' <"/proc/$pid/attr/current")" 'credsspd*(enforce)'
	note "$pid $(tr -d '\0' <"/proc/$pid/attr/current")"
done
# The ticket office alone has no child profile.
for pid in $(daemon_pids); do tr '\0' '\n' <"/proc/$pid/attr/current"; done >"$WORK/labels"
[ "$(grep -c '^credsspd (' "$WORK/labels")" -le 1 ] || problem "processes without a child profile"
for child in serve keys reader gate; do
	has "credsspd//$child" "$WORK/labels" || problem "no process with the profile $child"
done
PROFILES=/sys/kernel/security/apparmor/profiles
want "profiles that only complain" "$(grep credsspd $PROFILES | grep -vc '(enforce)$')" 0
[ "$(grep -c credsspd $PROFILES)" -gt 1 ] || problem "no child profiles"
verdict "AppArmor confines every process, in enforce mode"
no_denials "nothing was denied at the start"

# in_profile PROFILE FILE: whether a process with that profile can read FILE. The shell is
# running before it takes the profile on, so that it needs no rule for itself.
in_profile() {
	bash -c 'echo "changeprofile $1" >/proc/self/attr/current && exec 3<"$2"' - "$1" "$2" \
		2>"$WORK/in_profile"
}

in_profile credsspd /etc/credssp/policy.conf || problem "its own directory: $(<"$WORK/in_profile")"
for file in /etc/shadow /etc/ssh/ssh_host_ecdsa_key /root/.ssh/id_rsa /var/lib/dkms/mok.key; do
	mkdir -p "$(dirname "$file")"
	[ -e "$file" ] || : >"$file"
	! in_profile credsspd "$file" || problem "it can read $file"
done
denials | grep -q 'name="/etc/shadow"' || problem "the refusal is not in the log"
! in_profile credsspd//serve /etc/credssp/policy.conf || problem "serve can read files"
DENIALS=$(denials | wc -l)
verdict "AppArmor denies files that are none of its business"

# A descriptor that the profile does not allow becomes that of nothing at the start, silently.
script -qec 'credsspd --check-config' /dev/null </dev/null >"$WORK/terminal" ||
	problem "--check-config"
has 'the options are right' "$WORK/terminal" || problem "nothing is seen: $(<"$WORK/terminal")"
no_denials "its messages are seen on a terminal"

# ---- logons under both -----------------------------------------------------

freerdp_start
logon "NTLM to FreeRDP's server" --mech ntlm "127.0.0.1:$FREERDP_PORT"
freerdp_stop

openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 30 \
	-subj /CN=alice -keyout "$WORK/user.key" -out "$WORK/user.crt" 2>/dev/null
mkdir -p /etc/credssp/certs/0
chmod 700 /etc/credssp/certs/0
(umask 077 && cat "$WORK/user.crt" "$WORK/user.key" >/etc/credssp/certs/0/alice.pem)
systemctl reload credsspd.service || problem "reload"
start_peer --ask-cert --ca "$WORK/user.crt"
auth --carrier raw --cert alice "127.0.0.1:$PEER_PORT"
next_line || problem "the peer has no line for it"
want "exit status" "$RC" 0
want "certificate at the peer" "${PEER[client_cert]}" alice
verdict "a TLS client certificate, which a reload has found"

kdc_make && kdc_start 0
cp "$KDC/krb5.conf" /etc/krb5.conf
systemctl restart credsspd.service
until_true 10 helper_is_there || problem "no helper"
KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/peer.keytab"
logon "Kerberos with a password" --carrier raw --mech kerberos --user "alice@$REALM" \
	--password-file "$WORK/password" --target "$PEER_TARGET" "127.0.0.1:$PEER_PORT"
kdc_ticket alice FILE:/tmp/krb5cc_0
logon "Kerberos with a ticket" --carrier raw --mech kerberos --ccache --no-delegate \
	--target "$PEER_TARGET" "127.0.0.1:$PEER_PORT"
verdict "the KDC"

accept_set_up || problem "no account or certificate"
systemctl reload credsspd.service
accept_start --carrier raw --mech ntlm
logon "an acceptor, whose accounts are a file" --carrier raw --mech ntlm \
	"127.0.0.1:$ACCEPT_PORT"
cp "$KDC/peer.keytab" /etc/krb5.keytab
chmod 600 /etc/krb5.keytab
accept_start --carrier raw --mech kerberos --keytab /etc/krb5.keytab
logon "an acceptor with a keytab" --carrier raw --mech kerberos --ccache --no-delegate \
	--target "$PEER_TARGET" "127.0.0.1:$ACCEPT_PORT"
accept_stop
no_denials "AppArmor has denied nothing of all that"
stop_peer

# ---- reload and restart ----------------------------------------------------

pid=$(main_pid)
start_peer
count=0
while [ $count -lt 8 ]; do
	count=$((count + 1))
	(auth --carrier raw "127.0.0.1:$PEER_PORT"; echo "$RC" >"$WORK/rc.$count") &
	systemctl reload credsspd.service || problem "reload $count"
done
# shellcheck disable=SC2317 # called by until_true
wait_for_all() { [ "$(cat "$WORK"/rc.* 2>/dev/null | wc -l)" -eq 8 ]; }
until_true 60 wait_for_all || problem "logons that do not end"
want "exit statuses" "$(cat "$WORK"/rc.* | tr -d '\n')" 00000000
want "main process" "$(main_pid)" "$pid"
verdict "eight logons, and as many reloads meanwhile: none is lost"

echo 'tls-max = 1.2' >/etc/credssp/credsspd.conf
systemctl reload credsspd.service || problem "reload"
auth --carrier raw "127.0.0.1:$PEER_PORT"
want "TLS version" "${JSON[version]}" 1.2
echo 'tls-max = 9' >/etc/credssp/credsspd.conf
credsspd --check-config 2>"$WORK/check" && problem "a wrong configuration is none"
has ':1' "$WORK/check" || problem "no line's number: $(<"$WORK/check")"
systemctl reload credsspd.service 2>/dev/null
auth --carrier raw "127.0.0.1:$PEER_PORT"
want "exit status with a wrong configuration" "$RC" 0
rm /etc/credssp/credsspd.conf
systemctl reload credsspd.service || problem "reload"
want "main process" "$(main_pid)" "$pid"
verdict "a reload reads the configuration; a wrong one changes nothing"

echo 'keylog = /run/credssp/keylog' >/etc/credssp/credsspd.conf
systemctl restart credsspd.service || problem "restart"
until_true 10 helper_is_there || problem "no helper"
auth --carrier raw "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 0
want "key log" "$(stat -c '%u %a' /run/credssp/keylog)" '0 600'
grep -qE '^(CLIENT_RANDOM|SERVER_TRAFFIC_SECRET_0) ' /run/credssp/keylog || problem "nothing in it"
systemctl status --no-pager credsspd.service | grep -q 'SECRETS OF TLS' || problem "its status"
echo 'keylog = /etc/credssp/keylog' >/etc/credssp/credsspd.conf
! systemctl restart credsspd.service 2>/dev/null || problem "a key log where nothing can be written"
want "exit status of the daemon" "$(systemctl show -P ExecMainStatus credsspd.service)" 2
[ ! -e /run/credssp/keylog ] || problem "the key log outlives the service"
rm /etc/credssp/credsspd.conf
systemctl restart credsspd.service || problem "restart without one"
until_true 10 helper_is_there || problem "no helper"
verdict "a key log at its place in /run, and none elsewhere"

# shellcheck disable=SC2317 # likewise
restarted() { [ "$(main_pid)" != "$pid" ] && is_active credsspd.service && helper_is_there; }
for signal in KILL TERM SEGV; do
	pid=$(main_pid)
	kill -$signal "$pid"
	until_true 20 restarted || problem "it is not started again after SIG$signal"
	auth --carrier raw "127.0.0.1:$PEER_PORT"
	want "exit status" "$RC" 0
done
verdict "killed, it is started again"

systemctl stop credsspd.service || problem "stop"
auth --carrier raw "127.0.0.1:$PEER_PORT"
want reason "${JSON[reason]}" no-helper
credsspctl status >"$WORK/status"
want helper "$(status helper_present)" false
systemctl start credsspd.service || problem "start"
until_true 10 helper_is_there || problem "no helper"
verdict "stopped, it stays so, and credsspctl tells it"

no_denials "AppArmor has denied nothing"
want "failed units" "$(systemctl --failed --plain --no-legend)" ''
nothing_left "no context and no credential is left"
rm -f /etc/krb5.keytab /tmp/krb5cc_0
finish
