#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Clients of other projects log on to credsspctl accept: FreeRDP 2 and 3, MIT's GSSAPI with
# gss-ntlmssp, python3-gssapi, impacket; by NTLM and Kerberos, TLS 1.2 and 1.3, RSA and EC, versions
# 2 to 6; wrong logons. The acceptor's verdict tells what happened. Debian 12 has FreeRDP 2.11 and,
# in its backports, 3.10; Debian 13 (the guest trixie) has 3.15.
# guests: 6.1 backports trixie
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl Xvfb openssl ss gssclient

IMPACKET=/usr/share/doc/python3-impacket/examples/rdp_check.py
CLIENTS=(xfreerdp3)
ROOT=${CREDSSP_ROOT:-bookworm}
[ "$ROOT" = trixie ] || CLIENTS+=(xfreerdp)
# NTLM inside the SPNEGO of Debian 13's MIT Kerberos, 1.21, does not finish, with gss-ntlmssp's own
# acceptor either.
GSS_MECHS=(kerberos spnego-kerberos)
[ "$ROOT" = trixie ] || GSS_MECHS+=(spnego-ntlm)

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

patient
kdc_make && kdc_start 0 && accept_set_up && kdc_helper
printf '127.0.0.1 %s\n' $PEER_HOST >>/etc/hosts
kdc_ticket alice FILE:/tmp/krb5cc_0
verdict "accounts, certificates, a KDC and a helper that knows it"

# ---- FreeRDP -----------------------------------------------------------------

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
		[ "$ROOT" = trixie ] || my_turn 2 || continue
		accept_start --min-version 2 --max-version $version
		freerdp "$client" alice "$PASSWORD"
		accepted
		want version "${FIELD[version]}" $version
		verdict "$client: version $version"
	done
done

# Version 3.15 delegates the password in spite of this option.
accept_start --restricted-admin
if [ "$ROOT" = bookworm ]; then
	freerdp xfreerdp alice "$PASSWORD" /restricted-admin
	accepted
	want delegated "${FIELD[delegated]}" empty
	want flags "${FIELD[rdp.flags]}" '*1|*3|*9'
	verdict "xfreerdp: Restricted Admin"
fi
freerdp xfreerdp3 alice "$PASSWORD" -credentials-delegation
accepted
want delegated "${FIELD[delegated]}" empty
verdict "xfreerdp3: it delegates nothing"

accept_start --keytab "$KDC/peer.keytab"
for try in first second; do
	FREERDP_HOST=$PEER_HOST freerdp xfreerdp3 "alice@$REALM" "$PASSWORD" /auth-pkg-list:kerberos
	accepted "alice@*"
	want mech "${FIELD[mech]}" kerberos
	want delegated "${FIELD[delegated]}" password
	[ $try = second ] || requests=$(kdc_requests_of $PEER_TARGET)
	verdict "xfreerdp3: Kerberos, the $try time"
done
want "requests of the acceptor at the KDC" "$requests" '[1-9]'
want "requests of the acceptor by then" "$(kdc_requests_of $PEER_TARGET)" "$requests"
verdict "xfreerdp3: user-to-user, for which the acceptor keeps its TGT"

# ---- NTLM and Kerberos of gss-ntlmssp and MIT, alone and inside SPNEGO ---------

# gssclient_run OPTION...: what it says is in $WORK/client
gssclient_run() {
	KRB5CCNAME=FILE:/tmp/krb5cc_0 gssclient --domain EXAMPLE --service "TERMSRV@$PEER_HOST" \
		--timeout $((20 * HANG)) "$@" 127.0.0.1 "$ACCEPT_PORT" >"$WORK/client" 2>&1
}

accept_start --carrier raw --keytab "$KDC/peer.keytab"
for mech in "${GSS_MECHS[@]}"; do
	gssclient_run --mech "$mech"
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

# ---- python3-gssapi ----------------------------------------------------------

# python_run MECH PASSWORD-FILE: what it says is in $WORK/client
python_run() {
	KRB5CCNAME=FILE:/tmp/krb5cc_0 timeout $((60 * HANG)) /usr/bin/python3 \
		"$TOP/selftests/peers/gss_client.py" "$1" "TERMSRV@$PEER_HOST" alice EXAMPLE \
		"$ACCEPT_PORT" <"$WORK/$2" >"$WORK/client" 2>&1
	next_event verdict
}

for mech in "${GSS_MECHS[@]}"; do
	python_run "$mech" password
	accepted '*alice*'
	want mech "${FIELD[mech]}" "${mech#spnego-}"
	want version "${FIELD[version]}" 6
	want delegated "${FIELD[delegated]}" password
	want client "$(<"$WORK/client")" result=ok
	verdict "python3-gssapi: $mech"
done
python_run spnego-ntlm wrong-password
denied SEC_E_LOGON_DENIED logon
want client "$(<"$WORK/client")" 'result=fail at=nego why=0xc000006d'
verdict "python3-gssapi: a wrong password: the client is told"

# ---- impacket ----------------------------------------------------------------

if [ "$ROOT" = bookworm ]; then
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
nothing_left "no context and no credential is left"
finish
