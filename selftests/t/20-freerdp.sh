#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A real peer: FreeRDP's NLA server, by both transports, with CredSSP 2 to 6,
# TLS 1.2 and 1.3, RSA and EC certificates, right and wrong logons.
# timeout: 300

. "$(dirname "$0")/../lib.sh"

need credsspctl freerdp-shadow-cli Xvfb winpr-hash openssl ss

# tls_conf VERSION: OpenSSL's configuration without the others. The server sets
# minimum and maximum by itself, but leaves these bits alone.
tls_conf() {
	local off=-TLSv1.3
	[ "$1" != 1.3 ] || off=-TLSv1.2
	cat >"$WORK/openssl.cnf" <<-CONF
	openssl_conf = init
	[init]
	ssl_conf = ssl
	[ssl]
	system_default = defaults
	[defaults]
	Protocol = $off
	CONF
}

# logon TRANSPORT WHAT [OPTION...]: the right password
logon() {
	local transport=$1 what=$2
	shift 2
	auth --mech ntlm --transport "$transport" "$@" "127.0.0.1:$FREERDP_PORT"
	want "exit status" "$RC" 0
	want result "${JSON[result]}" authenticated
	want delegated "${JSON[delegated]}" true
	want mechanism "${JSON[mechanism]}" ntlm
	verdict "FreeRDP: $what, $transport transport"
}

# refused TRANSPORT EXIT REASONS WHAT [OPTION...]
refused() {
	local transport=$1 code=$2 reasons=$3 what=$4
	shift 4
	auth --transport "$transport" "$@" "127.0.0.1:$FREERDP_PORT"
	want "exit status" "$RC" "$code"
	want reason "${JSON[reason]}" "$reasons"
	want delegated "${JSON[delegated]}" false
	verdict "FreeRDP: $what, $transport transport"
}

freerdp_cert rsa || bail "no RSA certificate"
freerdp_start
for transport in socket token; do
	logon $transport "RSA certificate, version 6"
	refused $transport 2 'closed-after-auth|error-code|tls-alert' "wrong password" \
		--mech ntlm --password-file "$WORK/wrong-password"
	# the server knows alice alone
	run_auth timeout 120 credsspctl auth --json --user mallory --mech ntlm \
		--password-file "$WORK/password" --transport $transport "127.0.0.1:$FREERDP_PORT"
	want "exit status" "$RC" 2
	want delegated "${JSON[delegated]}" false
	verdict "FreeRDP: unknown user, $transport transport"
done
for version in 2 3 4 5; do
	for transport in socket token; do
		my_turn 4 || continue
		logon $transport "version $version" --min-version 2 --max-version "$version"
		want credssp_version "${JSON[credssp_version]}" "$version"
		verdict "FreeRDP: version $version is what was spoken, $transport transport"
	done
done
# FreeRDP's server knows no SPNEGO: a clear refusal, whatever it does.
for transport in socket token; do
	refused $transport '2|3|4|5' 'error-code|connection|tls-alert|der|spnego|unexpected-field' \
		"SPNEGO gets a clear refusal" --mech negotiate
done

if [ "$KERNEL" != debug ]; then
	freerdp_cert ec || bail "no EC certificate"
	freerdp_start
	for transport in socket token; do
		my_turn 1 && logon $transport "EC certificate"
		my_turn 1 && logon $transport "EC certificate, version 2" \
			--min-version 2 --max-version 2
	done
	for tls in 1.2 1.3; do
		tls_conf "$tls"
		SSL_CONF=$WORK/openssl.cnf
		freerdp_start
		for transport in socket token; do
			my_turn 1 || continue
			logon $transport "TLS $tls"
			want "TLS version" "${JSON[version]}" "$tls"
			verdict "FreeRDP: TLS $tls is what was spoken, $transport transport"
		done
	done
fi
freerdp_stop
nothing_left "no context and no credential is left"
finish
