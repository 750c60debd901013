#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Our own client logs on to credsspctl accept, by NTLM and Kerberos, over each carrier; wrong
# logons; programs behind it and delegated passwords in a keyring. The acceptor's verdict tells what
# happened. 53-accept-foreign has other clients.
# guests: 6.1 backports
# timeout: 250

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl openssl ss keyctl stream_test softhsm2-util p11tool

# own WHAT EXIT OPTION...: credsspctl auth, and the acceptor's verdict
own() {
	local what=$1 code=$2
	shift 2
	auth "$@" "127.0.0.1:$ACCEPT_PORT"
	want "exit status of $what" "$RC" "$code"
	next_event verdict
}

patient
kdc_make && kdc_start 0 && accept_set_up && accept_token carded && kdc_helper
printf '127.0.0.1 %s\n' $PEER_HOST >>/etc/hosts
printf 'allow-%s = TERMSRV/* HTTP/*\n' fresh fresh-ntlm-only default >"$WORK/policy.conf"
credsspctl policy load "$WORK/policy.conf" || problem "policy load"
verdict "accounts, certificates, a KDC and a helper that knows it"

# ---- our own client ----------------------------------------------------------

accept_start
for transport in socket token; do
	own "a logon, $transport transport" 0 --transport $transport
	accepted
	want mech "${FIELD[mech]}" ntlm
	want version "${FIELD[version]}" 6
	want delegated "${FIELD[delegated]}" password
	want selected "${FIELD[rdp.selected]}" HYBRID_EX
	want protocol "${JSON[rdp_protocol]}" HYBRID_EX
	want early_auth "${JSON[early_auth]}" true
	verdict "our client, HYBRID_EX, $transport transport"
done
own "a wrong password" 2 --password-file "$WORK/wrong-password"
denied SEC_E_LOGON_DENIED logon
want ntstatus "${FIELD[ntstatus_code]}" 0xC000006D
want account "${FIELD[account]}" '*alice*'
want "ntstatus at the client" "${JSON[ntstatus]}" STATUS_LOGON_FAILURE
verdict "our client, a wrong password: both ends say so"
own "no delegation" '[1-9]' --no-delegate
denied SEC_E_DELEGATION_POLICY delegation empty
verdict "a client that delegates nothing is refused"
accept_stop
want "exit status" "$ACCEPT_RC" '[1-9]'
verdict "the exit status tells that one was refused"

accept_start --restricted-admin --no-hybrid-ex --count 1
own "no delegation" 0 --no-delegate
accepted
want delegated "${FIELD[delegated]}" empty
want selected "${FIELD[rdp.selected]}" HYBRID
verdict "with --restricted-admin it is accepted"
ACCEPT_RC=0
wait "$ACCEPT_PID" || ACCEPT_RC=$?
ACCEPT_PID=''
want "exit status" "$ACCEPT_RC" 0
verdict "--count 1 ends it, and its exit status is 0"

accept_start --carrier http --min-version 2
own "HTTP" 0 --carrier http
accepted
want sealed_reply "${JSON[sealed_reply]}" true
want carrier "${FIELD[carrier]}" http
verdict "HTTP: a logon, and a sealed message that comes back"
own "HTTP, a wrong password" 2 --carrier http --password-file "$WORK/wrong-password"
denied SEC_E_LOGON_DENIED logon
verdict "HTTP: a wrong password"

accept_start --listen '[::1]:0' --carrier raw
auth --carrier raw "[::1]:$ACCEPT_PORT"
next_event verdict
accepted
want address "${FIELD[peer.address]}" ::1
verdict "IPv6, TLS at once"

for tls in 1.2 1.3; do
	stop_helper
	CREDSSPD_ARGS="--tls-min $tls --tls-max $tls" helper_up
	accept_start --carrier raw --cert carded
	own "a key on a token" 0 --carrier raw
	accepted
	want TLS "${FIELD[tls.version]}" $tls
	verdict "the server's key is on a PKCS#11 token, TLS $tls"
done
stop_helper
helper_up

# Kerberos
kdc_ticket alice FILE:/tmp/krb5cc_0
accept_start --keytab "$KDC/peer.keytab" --restricted-admin
for mech in kerberos negotiate; do
	own "Kerberos" 0 --ccache=FILE:/tmp/krb5cc_0 --target $PEER_TARGET --mech $mech
	accepted "alice@*"
	want mech "${FIELD[mech]}" kerberos
	want delegated "${FIELD[delegated]}" empty
	verdict "our client by Kerberos with a ticket alone, $mech"
done
want "requests of the acceptor at the KDC" "$(kdc_requests_of $PEER_TARGET)" 0
verdict "an accept by Kerberos costs the acceptor no message to a KDC"

# u2u MECH: a logon by the ticket for user-to-user
u2u() {
	own "user-to-user" 0 --ccache=FILE:/tmp/krb5cc_0 --target $PEER_TARGET --u2u --mech "$1"
	accepted "alice@*"
	want mech "${FIELD[mech]}" kerberos
	want user_to_user "${JSON[user_to_user]}" true
}

u2u kerberos
requests=$(kdc_requests_of $PEER_TARGET)
want "requests of the acceptor at the KDC" "$requests" '[1-9]'
verdict "user-to-user: the acceptor gets a TGT"
for mech in negotiate kerberos negotiate; do
	u2u $mech
done
want "requests of the acceptor at the KDC" "$(kdc_requests_of $PEER_TARGET)" "$requests"
verdict "user-to-user: the acceptor keeps its TGT, and asks no KDC any more"

# ---- programs behind it, and keys --------------------------------------------

# shellcheck disable=SC2016 # the program's variables
accept_start --carrier raw --exec sh -c \
	'env | grep ^CREDSSP_ | sort >'"$WORK"'/env; cat >/dev/null; exit 5'
own "a program" 0 --carrier raw
accepted
next_event exit
want exit_status "${FIELD[exit_status]}" 5
want lost "${FIELD[lost]}" false
for variable in 'USER=[^ ]*alice' PEER_ADDRESS=127.0.0.1 MECH=ntlm DELEGATED=password; do
	has "CREDSSP_$variable" "$WORK/env" || problem "no $variable for the program"
done
verdict "--exec: the program's environment, and its exit status"

for tls in 1.2 1.3; do
	stop_helper
	CREDSSPD_ARGS="--tls-min $tls --tls-max $tls" helper_up
	accept_start --carrier raw --exec cat
	export PEER_PORT=$ACCEPT_PORT
	embed "a mebibyte through a program, TLS $tls" stream_test stream
	accept_stop
done
stop_helper
helper_up

accept_start --carrier raw --deliver user --lifetime 60
own "delivery" 0 --carrier raw --user 'EXAMPLE\alice'
accepted
want key_status "${FIELD[key_status]}" SEC_E_OK
KEY=${FIELD[key]}
want description "$(keyctl rdescribe "$KEY" 2>&1)" 'logon;0;0;*;credssp:EXAMPLE'
keyctl print "$KEY" >/dev/null 2>&1 && problem "the key can be read"
keyctl revoke "$KEY" || problem "no key to revoke"
verdict "--deliver: the password is in a key, which cannot be read"
accept_stop

# Each program writes its session keyring and the keys in it.
accept_start --carrier raw --deliver session --exec sh -c \
	'{ keyctl rdescribe @s; keyctl rlist @s; } >'"$WORK"'/session.$$; cat >/dev/null'
RINGS=()
for n in 1 2; do
	own "a session, client $n" 0 --carrier raw --user 'EXAMPLE\alice'
	accepted
	want key_status "${FIELD[key_status]}" SEC_E_OK
	RINGS+=("${FIELD[key]}")
	next_event exit
done
cat "$WORK"/session.* >"$WORK/sessions"
want "session keyrings" "$(grep -c '^keyring;0;0;.*;_ses' "$WORK/sessions")" 2
for key in "${RINGS[@]}"; do
	want "keyrings with key $key alone" "$(grep -cx " *$key *" "$WORK/sessions")" 1
done
keyctl rlist @s 2>/dev/null | grep -qwF "${RINGS[1]}" && problem "it is in this session"
verdict "--deliver session --exec: each program finds its own key alone"
accept_stop

accept_stop
credsspctl policy reset
nothing_left "no context and no credential is left"
finish
