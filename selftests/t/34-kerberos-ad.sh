#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kerberos in an Active Directory domain: Samba's domain controller (make-domain.sh), whose
# tickets have a PAC and whose services are names of a computer account.
# guests: 6.1
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd tspeer ss kinit samba

REALM=AD.TEST
DC=$WORK/dc DC_PORT=8810
SMB_CONF=$DC/etc/smb.conf
export KRB5_CONFIG=$DC/krb5.conf

# Only the KDC is started, on loopback.
dc_copy() {
	chmod 755 "$WORK"
	cp -r "$TOP/build/domain" "$DC" || return
	cat >"$SMB_CONF" <<-CONF
	[global]
	realm = $REALM
	workgroup = AD
	netbios name = DC1
	server role = active directory domain controller
	server services = kdc
	interfaces = lo
	bind interfaces only = yes
	krb5 port = $DC_PORT
	kpasswd port = 0
	private dir = $DC/private
	state directory = $DC/state
	cache directory = $DC/cache
	lock directory = $DC
	binddns dir = $DC/bind-dns
	pid directory = $DC
	ncalrpc dir = $DC/ncalrpc
	CONF
}

dc_krb5_conf() {
	cat >"$KRB5_CONFIG" <<-CONF
	[libdefaults]
		default_realm = $REALM
		dns_lookup_kdc = false
		dns_canonicalize_hostname = false
		rdns = false
	[realms]
		$REALM = {
			kdc = 127.0.0.1:$DC_PORT
		}
	[domain_realm]
		.ad.test = $REALM
	CONF
	chmod 644 "$KRB5_CONFIG"
}

dc_start() {
	samba -s "$SMB_CONF" -i -M single >"$DC/samba.out" 2>&1 &
	until_true 60 listens "$DC_PORT" && return
	problem "the domain controller does not listen: $(tail -n 3 "$DC/samba.out")"
	return 1
}

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
dc_copy && dc_krb5_conf && dc_start && export CREDSSP_KRB5_CONF=$KRB5_CONFIG &&
	stop_helper && helper_up
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

unset CREDSSP_KRB5_CONF
stop_helper && helper_up
verdict "the helper is as other programs need it"
finish
