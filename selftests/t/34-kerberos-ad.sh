#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kerberos in an Active Directory domain: Samba's domain controller (make-domain.sh), whose
# tickets have a PAC and whose services are names of a computer account.
# guests: 6.1
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../domain.sh
. "$TOP/selftests/domain.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl credsspd tspeer ss kinit openssl samba

# shellcheck disable=SC2153 # of domain.sh
REALM=$DOMAIN_REALM

# attempt TARGET OPTION...: alice's logon to the peer
attempt() {
	local target=$1
	shift
	auth --carrier raw --mech kerberos --target "$target" "$@" "127.0.0.1:$PEER_PORT"
	PEER=()
	[ -z "${JSON[address]}" ] || next_line || problem "the peer has no line for it"
}

# logon WHAT TARGET DELEGATED OPTION...
logon() {
	local what=$1 target=$2 delegated=$3
	shift 3
	attempt "$target" "$@"
	want "exit status" "$RC" 0
	want reason "${JSON[reason]}" none
	want client "${JSON[client]}" alice@$REALM
	want "the peer's result" "${PEER[result]}" ok
	want "user at the peer" "${PEER[user]}@${PEER[domain]}" alice@$REALM
	want "delegated to the peer" "${PEER[delegated]}" "$delegated"
	verdict "$what"
}

# refused WHAT EXIT STATUS REASON TARGET OPTION...
refused() {
	local what=$1 code=$2 status=$3 reason=$4
	shift 4
	attempt "$@"
	want "exit status" "$RC" "$code"
	want status "${JSON[status]}" "$status"
	want reason "${JSON[reason]}" "$reason"
	want "delegated to the peer" "${PEER[delegated]:-none}" none
	verdict "$what"
}

patient
domain_copy && domain_krb5_conf && dc_start kdc && export CREDSSP_KRB5_CONF=$KRB5_CONFIG &&
	accept_set_up && stop_helper && helper_up
verdict "a domain controller, and a helper that knows it"
printf '%s\n' 'allow-default = *' 'allow-fresh = *' >"$WORK/policy.conf"
credsspctl policy load "$WORK/policy.conf" || problem "policy load"
start_peer --keytab "$DC/peer.keytab"

service=TERMSRV/peer.ad.test
logon "a password" $service password --user alice --realm $REALM --password-file "$WORK/password"
logon "a user principal name" $service other --user alice@ad.test \
	--password-file "$WORK/password"
kinit -c "$DC/alice.cc" alice <"$WORK/password" >/dev/null 2>&1 || problem "kinit"
logon "a ticket" $service empty "--ccache=FILE:$DC/alice.cc"
logon "a service name that the computer has as an alias of HOST" HTTP/peer.ad.test empty \
	"--ccache=FILE:$DC/alice.cc"
logon "a name that all computers have" host/peer.ad.test empty "--ccache=FILE:$DC/alice.cc"

denied=SEC_E_LOGON_DENIED
given=(--realm "$REALM" --password-file "$WORK/password")
refused "a wrong password" 2 $denied wrong-password $service --user alice --realm $REALM \
	--password-file "$WORK/wrong-password"
refused "a disabled user" 2 $denied account $service --user locked "${given[@]}"
refused "a user whose account has expired" 2 $denied account $service --user gone "${given[@]}"
refused "a password that must be changed" 2 $denied password-expired $service --user stale \
	"${given[@]}"
refused "an unknown user" 2 $denied client-unknown $service --user nobody "${given[@]}"
refused "a service that no account has" 1 SEC_E_TARGET_UNKNOWN target-unknown \
	TERMSRV/nosuch.ad.test --user alice "${given[@]}"

# Any key of the computer's account serves; for user-to-user it logs on by the account's own name.
stop_peer
accept_start --carrier raw --keytab "$DC/peer.keytab" --restricted-admin
for what in 'a ticket' user-to-user; do
	options=("--ccache=FILE:$DC/alice.cc" --target "$service")
	[ "$what" = 'a ticket' ] || options+=(--u2u)
	auth --carrier raw --mech kerberos "${options[@]}" "127.0.0.1:$ACCEPT_PORT"
	want "exit status" "$RC" 0
	next_event verdict
	accepted "alice@*"
	want mech "${FIELD[mech]}" kerberos
	verdict "credsspctl accept as a service of the domain: $what"
done
accept_stop

unset CREDSSP_KRB5_CONF
stop_helper && helper_up
verdict "the helper is as other programs need it"
finish
