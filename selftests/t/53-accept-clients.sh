#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Real clients log on to credsspctl accept: FreeRDP 2 and 3, impacket, our own; by NTLM and
# Kerberos, TLS 1.2 and 1.3, RSA and EC, versions 2 to 6; wrong logons; programs behind it and
# delegated passwords in a keyring. The acceptor's verdict tells what happened.
# guests: 6.1 backports
# timeout: 400

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl Xvfb openssl ss keyctl stream_test gssclient softhsm2-util p11tool

IMPACKET=/usr/share/doc/python3-impacket/examples/rdp_check.py
CLIENTS=(xfreerdp3 xfreerdp)

# no_tls13: OpenSSL's configuration for clients that set minimum and maximum by themselves
no_tls13() {
	SSL_CONF=$WORK/openssl.cnf
	cat >"$SSL_CONF" <<-CONF
	openssl_conf = init
	[init]
	ssl_conf = ssl
	[ssl]
	system_default = defaults
	[defaults]
	Protocol = -TLSv1.3
	CONF
}

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

# ---- real clients ------------------------------------------------------------

xvfb_start
for client in "${CLIENTS[@]}"; do
	need "$client"
	accept_start
	freerdp "$client" alice "$PASSWORD"
	accepted
	want mech "${FIELD[mech]}" ntlm
	want delegated "${FIELD[delegated]}" password
	verdict "$client: NTLM"
	freerdp "$client" alice wrong
	denied SEC_E_LOGON_DENIED logon
	verdict "$client: a wrong password"
	freerdp "$client" mallory "$PASSWORD"
	denied SEC_E_LOGON_DENIED logon
	verdict "$client: an unknown user"
	freerdp "$client" alice "$PASSWORD" /sec:tls
	denied SEC_E_UNSUPPORTED_FUNCTION x224-not-offered
	verdict "$client: without NLA it is told that HYBRID is required"
	for tls in 1.2 1.3; do
		SSL_CONF=/etc/ssl/openssl.cnf
		[ $tls = 1.3 ] || no_tls13
		accept_start --cert rsa
		freerdp "$client" alice "$PASSWORD"
		accepted
		want TLS "${FIELD[tls.version]}" $tls
		verdict "$client: TLS $tls, an RSA certificate"
	done
	SSL_CONF=/etc/ssl/openssl.cnf
	for version in 2 3 4 5 6; do
		my_turn 2 || continue
		accept_start --min-version 2 --max-version $version
		freerdp "$client" alice "$PASSWORD"
		accepted
		want version "${FIELD[version]}" $version
		verdict "$client: version $version"
	done
done

accept_start --restricted-admin
freerdp xfreerdp alice "$PASSWORD" /restricted-admin
accepted
want delegated "${FIELD[delegated]}" empty
want flags "${FIELD[rdp.flags]}" '*1|*3|*9'
verdict "xfreerdp: Restricted Admin"

accept_start --keytab "$KDC/peer.keytab"
FREERDP_HOST=$PEER_HOST freerdp xfreerdp3 "alice@$REALM" "$PASSWORD" "/auth-pkg-list:kerberos" \
	/log-level:DEBUG
accepted "alice@*" || sed 's/^/# /' "$WORK/client" | grep -iE 'krb|kerb|sspi|nego|nla|mic' | tail -n 40
want mech "${FIELD[mech]}" kerberos
verdict "xfreerdp3: Kerberos"

# Another library's NTLM and Kerberos: gss-ntlmssp, and MIT's, alone and inside SPNEGO

# gssclient_run OPTION...: what it says is in $WORK/client
gssclient_run() {
	KRB5CCNAME=FILE:/tmp/krb5cc_0 gssclient --domain EXAMPLE --service "TERMSRV@$PEER_HOST" \
		--timeout $((20 * HANG)) "$@" 127.0.0.1 "$ACCEPT_PORT" >"$WORK/client" 2>&1
}

accept_start --carrier raw --keytab "$KDC/peer.keytab"
for mech in spnego-ntlm kerberos spnego-kerberos; do
	gssclient_run --mech $mech
	next_event verdict
	accepted '*alice*'
	want mech "${FIELD[mech]}" "${mech#spnego-}"
	want delegated "${FIELD[delegated]}" password
	want client "$(<"$WORK/client")" 'result=ok *'
	verdict "gssclient: $mech"
done
gssclient_run --mech spnego-ntlm --password wrong
next_event verdict
denied SEC_E_LOGON_DENIED logon
want client "$(<"$WORK/client")" 'result=fail at=nego why=0xc000006d'
verdict "gssclient: spnego-ntlm, a wrong password: the client is told"
# Without SPNEGO gss-ntlmssp sends no MIC.
gssclient_run --mech ntlm
next_event verdict
denied SEC_E_ALGORITHM_MISMATCH mech-weak
want client "$(<"$WORK/client")" 'result=fail *'
verdict "gssclient: NTLM without a MIC is refused"

# gss-ntlmssp as weak as it can be told to be: LM and NTLMv1, NTLMv1 alone
for level in 0 2; do
	LM_COMPAT_LEVEL=$level gssclient_run --mech spnego-ntlm
	next_event verdict
	denied SEC_E_ALGORITHM_MISMATCH mech-weak
	want client "$(<"$WORK/client")" 'result=fail *'
	verdict "gssclient: NTLM of LmCompatibilityLevel $level is refused"
done

if [ -e $IMPACKET ]; then
	accept_start --listen 127.0.0.1:3389 --min-version 2
	timeout $((60 * HANG)) /usr/bin/python3 $IMPACKET "alice:$PASSWORD@127.0.0.1" \
		>"$WORK/client" 2>&1 </dev/null
	next_event verdict || note "$(tail -n 3 "$WORK/client")"
	denied SEC_E_ALGORITHM_MISMATCH mech-weak
	want version "${FIELD[version]}" 2
	want account "${FIELD[account]}" '*alice*'
	verdict "impacket: version 2, and NTLM without a MIC, which is refused"
	accept_start --listen 127.0.0.1:3389
	timeout $((60 * HANG)) /usr/bin/python3 $IMPACKET "alice:$PASSWORD@127.0.0.1" \
		>"$WORK/client" 2>&1 </dev/null
	next_event verdict
	denied '*' version-policy
	verdict "impacket: version 2 is below the policy's minimum"
fi

accept_stop
credsspctl policy reset
nothing_left "no context and no credential is left"
finish
