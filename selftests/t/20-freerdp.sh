#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Real peers: the NLA servers of FreeRDP 2 and 3, by both transports, with CredSSP 2 to
# 6, TLS 1.2 and 1.3, RSA and EC certificates, right and wrong logons.
# guests: 6.1 backports trixie
# timeout: 300

. "$(dirname "$0")/../lib.sh"

need credsspctl Xvfb openssl ss

# row SHARE: the guest with Debian 13's root does half of the rows, the debug guest one in
# SHARE.
row() {
	[ "$KERNEL" = 6.1 ] || [ "$KERNEL,${CREDSSP_ROOT:-}" = backports, ] || my_turn "$1"
}

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
	verdict "FreeRDP$OF: $what, $transport transport"
}

# refused TRANSPORT EXIT REASONS WHAT [OPTION...]
refused() {
	local transport=$1 code=$2 reasons=$3 what=$4
	shift 4
	auth --transport "$transport" "$@" "127.0.0.1:$FREERDP_PORT"
	want "exit status" "$RC" "$code"
	want reason "${JSON[reason]}" "$reasons"
	want delegated "${JSON[delegated]}" false
	verdict "FreeRDP$OF: $what, $transport transport"
}

# FreeRDP 3's server answers with a pubKeyAuth that does not prove its key (interop.rst):
# no credentials for it.
not_bound() {
	local transport=$1 what=$2
	shift 2
	refused "$transport" 4 binding "$what proves no key" "$@"
}

logons() {
	local transport
	freerdp_cert rsa || bail "no RSA certificate"
	freerdp_start
	for transport in socket token; do
		logon "$transport" "RSA certificate, version 6"
		refused "$transport" 2 'closed-after-auth|error-code|tls-alert' "wrong password" \
			--mech ntlm --password-file "$WORK/wrong-password"
		# the server knows alice alone
		run_auth timeout $((60 * HANG)) credsspctl auth --json --user mallory --mech ntlm \
			--password-file "$WORK/password" --transport "$transport" \
			"127.0.0.1:$FREERDP_PORT"
		want "exit status" "$RC" 2
		want delegated "${JSON[delegated]}" false
		verdict "FreeRDP$OF: unknown user, $transport transport"
	done
}

versions() {
	local version transport
	# In this order both halves of the rows have version 5, the only one here in which
	# FreeRDP 3 proves its key.
	for version in 2 5 3 4; do
		for transport in socket token; do
			row 4 || continue
			if [ "$FREERDP" = 3 ] && [ "$version" -lt 5 ]; then
				not_bound "$transport" "version $version" --mech ntlm \
					--min-version 2 --max-version "$version"
				continue
			fi
			logon "$transport" "version $version" --min-version 2 --max-version "$version"
			want credssp_version "${JSON[credssp_version]}" "$version"
			verdict "FreeRDP$OF: version $version is what was spoken, $transport transport"
		done
	done
}

# FreeRDP 2's server knows no SPNEGO: the client must report a refusal.
no_spnego() {
	local transport
	for transport in socket token; do
		refused "$transport" '2|3|4|5' \
			'error-code|connection|tls-alert|der|spnego|unexpected-field' \
			"SPNEGO gets a clear refusal" --mech negotiate
	done
}

ec_certificate() {
	local transport
	freerdp_cert ec || bail "no EC certificate"
	freerdp_start
	for transport in socket token; do
		row 1 && logon "$transport" "EC certificate"
		row 1 && logon "$transport" "EC certificate, version 2" \
			--min-version 2 --max-version 2
	done
}

tls_versions() {
	local tls transport
	for tls in 1.2 1.3; do
		tls_conf "$tls"
		SSL_CONF=$WORK/openssl.cnf
		freerdp_start
		for transport in socket token; do
			row 1 || continue
			logon "$transport" "TLS $tls"
			want "TLS version" "${JSON[version]}" "$tls"
			verdict "FreeRDP$OF: TLS $tls is what was spoken, $transport transport"
		done
	done
	SSL_CONF=/etc/ssl/openssl.cnf
}

# The oldest kernel meets FreeRDP 2, the newest one FreeRDP 3, each in all rows.
OF=''
patient
if [ "$FREERDP" != 3 ] && [ "$KERNEL" != backports ]; then
	need freerdp-shadow-cli winpr-hash
	logons
	versions
	no_spnego
	if [ "$KERNEL" != debug ]; then
		ec_certificate
		tls_versions
	fi
fi
if [ "$KERNEL" = backports ]; then
	FREERDP=3 OF=' 3'
	need freerdp-shadow-cli3 winpr-hash3
	logons
	versions
	for transport in socket token; do
		not_bound $transport "SPNEGO" --mech negotiate
	done
	tls_versions
fi
freerdp_stop
nothing_left "no context and no credential is left"
finish
