#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# credsspctl doctor: each step fails once, with its exit status and the sentence that helps;
# the field's common complaints against tspeer, an acceptor and a KDC that provoke them.
# guests: 6.1
# timeout: 240

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl tspeer ss keyctl

PLAN=(--carrier raw --target TERMSRV/localhost --mech ntlm)

# doctor OPTION... HOST: sets RC, STEP, ADVICE, and STATES by step
declare -A STATES=()
doctor() {
	local step='' line
	case " $* " in
	*" --key "* | *" --saved "* | *" --ccache"*) ;;
	*" --password-file "*) set -- --user alice "$@" ;;
	*" --user "*) set -- --password-file "$WORK/password" "$@" ;;
	*) set -- --user alice --password-file "$WORK/password" "$@" ;;
	esac
	case " $* " in
	*" --timeout "*) ;;
	*) set -- --timeout $AUTH_TIMEOUT "$@" ;;
	esac
	RC=0 STEP='' ADVICE='' STATES=()
	credsspctl doctor --json "$@" >"$WORK/doctor" 2>"$WORK/doctor.err" </dev/null || RC=$?
	while IFS= read -r line; do
		[[ $line =~ ^\ *\"([a-z_]+)\":\ \"(.*)\",?$ ]] || continue
		case ${BASH_REMATCH[1]} in
		failed_step) STEP=${BASH_REMATCH[2]} ;;
		advice) [ -n "$step" ] || ADVICE=${BASH_REMATCH[2]} ;;
		step) step=${BASH_REMATCH[2]} ;;
		state) STATES[$step]=${BASH_REMATCH[2]} ;;
		esac
	done <"$WORK/doctor"
	[ -n "$RC" ]
}

# fails EXIT STEP WORDS
fails() {
	want "exit status" "$RC" "$1" || note "$(tail -n 3 "$WORK/doctor.err")"
	want "failed step" "$STEP" "$2"
	want advice "$ADVICE" "*$3*"
	want "state of the step" "${STATES[$2]:-}" failed
}

# ---- the machine -------------------------------------------------------------

patient
stop_helper
doctor 127.0.0.1
fails 13 helper 'systemctl start credsspd'
want device "${STATES[device]}" ok
want port "${STATES[port]}" not-reached
module_down || problem "the module does not unload"
doctor 127.0.0.1
fails 11 module 'modprobe credssp'
module_up || problem "the module does not load"
mv /dev/credssp /dev/credssp.away
doctor 127.0.0.1
fails 12 device container
mv /dev/credssp.away /dev/credssp
verdict "no helper, no module, no device"

doctor --key 1 127.0.0.1
fails 14 credentials 'cred add'
doctor no.such.host.invalid
fails 15 dns DNS
doctor 127.0.0.1:1
fails 16 port firewalls
want dns "${STATES[dns]}" ok
verdict "no key, no name, no port"

# ---- the server --------------------------------------------------------------

start_peer
doctor "${PLAN[@]}" "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 0
want step "$STEP" ''
for step in module device helper credentials dns port protocol tls kdc version mechanism logon \
	delegation; do
	want "$step" "${STATES[$step]}" ok
done
want certificate "${STATES[certificate]}" warning
has 'self-signed' "$WORK/doctor" || problem "no sentence about the self-signed certificate"
verdict "a logon that works, with a self-signed certificate"
doctor "${PLAN[@]}" --mutual "127.0.0.1:$PEER_PORT"
fails 19 certificate self-signed
verdict "a self-signed certificate that must prove the server"

start_peer --version 4
doctor "${PLAN[@]}" "127.0.0.1:$PEER_PORT"
fails 21 version 'oracle remediation'
verdict "a server without the fix for CVE-2018-0886"

# Each row: errorCode, exit status, step, words, options
while read -r code status step words options; do
	start_peer --wrong error-auth --error-code "$code"
	# shellcheck disable=SC2086 # words
	doctor "${PLAN[@]}" $options "127.0.0.1:$PEER_PORT"
	fails "$status" "$step" "${words//_/ }"
	verdict "the server says $code: ${words//_/ }"
done <<-'TABLE'
	0xc0000071 23 logon     Change_the_password
	0xc0000224 23 logon     Change_the_password
	0xc0000418 22 mechanism blocks_NTLM
	0xc000006e 23 logon     Protected_Users
	0xc000006e 23 logon     Restricted_Admin   --no-delegate
	0xc0000133 20 kdc       Set_the_clocks
	0xc0000234 23 logon     unlocked
TABLE

# Each row: the peer's wrong, exit status, step, carrier
while read -r wrong status step carrier; do
	start_peer --wrong "$wrong"
	doctor "${PLAN[@]}" --carrier "$carrier" "127.0.0.1:$PEER_PORT"
	fails "$status" "$step" ''
	verdict "the server's fault $wrong: step $step"
done <<-'TABLE'
	x224-failure  17 protocol    rdp
	bind-reflect  19 certificate raw
TABLE
start_peer
doctor "${PLAN[@]}" --password-file "$WORK/wrong-password" "127.0.0.1:$PEER_PORT"
fails 23 logon 'Check user'
verdict "a wrong password"
doctor --carrier http --target TERMSRV/localhost "127.0.0.1:$PEER_PORT"
fails 17 protocol 'speaks CredSSP'
verdict "a server that does not speak HTTP"
doctor --carrier raw --target OTHER/localhost --mech ntlm "127.0.0.1:$PEER_PORT"
fails 24 delegation 'delegation policy'
want logon "${STATES[logon]}" ok
verdict "the delegation policy"
printf 'ntlm = no\n' >"$WORK/policy.conf"
credsspctl policy load "$WORK/policy.conf" || problem "policy load"
doctor "${PLAN[@]}" "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" '14|22'
want advice "$ADVICE" '*Use Kerberos*'
credsspctl policy reset
verdict "NTLM is off on this machine"
stop_peer

accept_set_up
accept_start
doctor --mech ntlm --target TERMSRV/localhost --no-delegate "127.0.0.1:$ACCEPT_PORT"
fails 23 logon 'Restricted Admin'
verdict "a server that does not take Restricted Admin"
accept_stop

# ---- the KDC -----------------------------------------------------------------

kdc_make && kdc_start 0 && kdc_helper
printf '127.0.0.1 %s\n' $PEER_HOST >>/etc/hosts
start_peer --mech kerberos --keytab "$KDC/peer.keytab"
KERBEROS=(--carrier raw --mech kerberos --realm "$REALM")
doctor "${KERBEROS[@]}" "$PEER_HOST:$PEER_PORT"
want "exit status" "$RC" 0 || note "$(<"$WORK/doctor")"
want kdc "${STATES[kdc]}" ok
verdict "a logon by Kerberos"
doctor "${KERBEROS[@]}" --target TERMSRV/none.credssp.test "$PEER_HOST:$PEER_PORT"
fails 20 kdc setspn
verdict "no SPN"
doctor "${KERBEROS[@]}" --user stale "$PEER_HOST:$PEER_PORT"
fails 20 kdc 'Change the password'
verdict "an expired password, says the KDC"
doctor "${KERBEROS[@]}" --password-file "$WORK/wrong-password" "$PEER_HOST:$PEER_PORT"
fails 20 kdc 'Check the password'
verdict "a wrong password, says the KDC"
kdc_start 3600
kdc_reload
doctor "${KERBEROS[@]}" "$PEER_HOST:$PEER_PORT"
fails 20 kdc 'Set the clocks'
verdict "clock skew: the server takes no ticket of a KDC whose clock is ahead"
kdc_stop
kdc_reload
doctor "${KERBEROS[@]}" "$PEER_HOST:$PEER_PORT"
fails 20 kdc 'krb5.conf'
verdict "no KDC"

stop_peer
nothing_left "no context and no credential is left"
finish
