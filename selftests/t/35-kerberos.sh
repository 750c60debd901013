#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kerberos logons that must succeed, with a real KDC: to a peer with MIT's acceptor and to
# FreeRDP 3's server, with tickets from a password, from each kind of cache and from a
# keytab; enctypes, versions, transports, a second realm; and the fall-back to NTLM.
# guests: 6.1 backports trixie debug
# timeout: 450

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd tspeer ss kinit kdestroy kvno keyctl setpriv

POLICY=$WORK/policy.conf
# policy LINE...: loads a policy of these lines
policy() {
	printf '%s\n' "$@" >"$POLICY"
	credsspctl policy load "$POLICY" || problem "policy load: $*"
}
# Credentials of caches are default credentials, for which the built-in lists are empty.
DELEGATE=('allow-default = TERMSRV/* HTTP/*' 'allow-fresh = TERMSRV/* HTTP/*')

kerberos_peer() {
	KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/peer.keytab" "$@"
}

# proven: the last logon was one by Kerberos, and both sides say so
proven() {
	want "exit status" "$RC" 0
	want reason "${JSON[reason]}" none
	want status "${JSON[status]}" SEC_E_OK
	want mechanism "${JSON[mechanism]}" 'spnego-kerberos|kerberos'
	want passed_over "${JSON[passed_over]}" ''
	want krb_error "${JSON[krb_error]}" ''
	want "the peer's result" "${PEER[result]}" ok
	want "the peer's reason" "${PEER[why]}" none
	want "the peer's package" "${PEER[package]}" kerberos
}

# logon WHAT DELEGATED OPTION...: alice's, to the peer
logon() {
	local what=$1 delegated=$2
	shift 2
	auth --carrier raw --target "$PEER_TARGET" "$@" "127.0.0.1:$PEER_PORT"
	next_line || problem "the peer has no line for it"
	proven
	want "user at the peer" "${PEER[user]}@${PEER[domain]}" alice@$REALM
	want client "${JSON[client]}" alice@$REALM
	want "delegated to the peer" "${PEER[delegated]}" "$delegated"
	verdict "$what"
}

# fallback WHAT REASONS OPTION...: a logon by NTLM, and why not by Kerberos. A target can be
# among the options.
fallback() {
	local what=$1 reasons=$2
	shift 2
	auth --carrier raw --target "$PEER_TARGET" "$@" "127.0.0.1:$PEER_PORT"
	next_line || problem "the peer has no line for it"
	want "exit status" "$RC" 0
	want mechanism "${JSON[mechanism]}" spnego-ntlm
	want passed_over "${JSON[passed_over]}" "$reasons"
	want "the peer's result" "${PEER[result]}" ok
	want "the peer's package" "${PEER[package]}" ntlm
	verdict "$what: by NTLM"
}

# no_fallback WHAT EXIT STATUSES REASONS OPTION...: the same without NTLM
no_fallback() {
	local what=$1 code=$2 statuses=$3 reasons=$4
	shift 4
	auth --carrier raw --target "$PEER_TARGET" "$@" "127.0.0.1:$PEER_PORT"
	[ -z "${JSON[address]}" ] || next_line || problem "the peer has no line for it"
	want "exit status" "$RC" "$code"
	want status "${JSON[status]}" "$statuses"
	want "why not by Kerberos" "${JSON[passed_over]:-${JSON[reason]}}" "$reasons"
	want delegated "${JSON[delegated]}" false
	want "delegated to the peer" "${PEER[delegated]:-none}" none
	verdict "$what, without NTLM: refused"
}

patient
kdc_make && kdc_start 0 && kdc_helper
verdict "a KDC with two realms, and a helper that knows them"
CCACHE=FILE:$KDC/alice.cc
policy "${DELEGATE[@]}"

# ---- the peer itself, with MIT's own initiator -----------------------------

the_peer() {
	kdc_ticket alice "$CCACHE"
	KRB5_CONFIG=$KDC/peer.conf KRB5CCNAME=$CCACHE \
		embed "the peer" krb5_peer_test $PEER_HOST "$KDC/peer.keytab" "$KDC/other.keytab"
}

# ---- where tickets come from ------------------------------------------------

sources() {
	kerberos_peer
	for transport in socket token; do
		for mech in negotiate kerberos; do
			my_turn 8 || continue
			logon "password, $mech, $transport transport" password --mech $mech \
				--transport $transport
			want kdc_messages "${JSON[kdc_messages]}" '[1-9]'
			want enctype "${PEER[enctype]}" 18
			want mech "${PEER[mech]}" "${mech/negotiate/spnego}"
			# 0x3e: mutual, replay, sequence, confidentiality, integrity
			want "flags at the peer" "$((0x${PEER[krb_flags]:-0} & 0x3e))" 62
			verdict "... and both sides agree on it"
		done
	done
	kdc_ticket alice "$CCACHE"
	kdc_ticket alice FILE:/tmp/krb5cc_0
	mkdir "$KDC/dir"
	kdc_ticket alice "DIR:$KDC/dir"
	sources=("FILE cache|--ccache=$CCACHE" "default cache|--ccache" "DIR cache|--ccache=DIR:$KDC/dir"
		"persistent keyring|--ccache=KEYRING:persistent:0"
		"user's keyring|--ccache=KEYRING:user:credssp"
		"keytab|--keytab=$KDC/alice.keytab --user alice")
	kdc_ticket alice KEYRING:persistent:0
	kdc_ticket alice KEYRING:user:credssp
	for source in "${sources[@]}"; do
		for transport in socket token; do
			my_turn 8 || continue
			# shellcheck disable=SC2086 # words
			logon "${source%%|*}, $transport transport" empty --transport $transport \
				${source#*|}
		done
	done
	logon "a cache where NTLM would do as well" empty --mech negotiate "--ccache=$CCACHE"
	logon "the same by Kerberos alone" empty --mech kerberos "--ccache=$CCACHE"

	# The service's ticket is kept in the cache, and a password's tickets end with the handle.
	kdc_ticket alice "$CCACHE"
	logon "a cache with a TGT alone" empty "--ccache=$CCACHE"
	want "KDC messages of the first logon" "${JSON[kdc_messages]}" '[1-9]'
	kvno -q -c "$CCACHE" "$PEER_TARGET" || problem "kvno"
	requests=$(kdc_requests)
	logon "a cache with the service's ticket" empty "--ccache=$CCACHE"
	want "KDC messages of the second logon" "${JSON[kdc_messages]}" 0
	want "requests at the KDC" "$(kdc_requests)" "$requests"
	verdict "... for which no KDC is asked"
	kdc_pause
	logon "the same while the KDC is silent" empty "--ccache=$CCACHE"
	kdc_resume

	# Another user's default cache, of that user's own processes
	chmod 755 "$WORK"
	(umask 077 && cp "${CCACHE#FILE:}" "$KDC/other.cc") && chown 4242:4242 "$KDC/other.cc"
	for name in "=FILE:$KDC/other.cc" ''; do
		[ -n "$name" ] || cp -p "$KDC/other.cc" /tmp/krb5cc_4242
		run_auth setpriv --reuid=4242 --regid=4242 --clear-groups credsspctl auth --json \
			--carrier raw --target "$PEER_TARGET" "--ccache$name" "127.0.0.1:$PEER_PORT"
		next_line || problem "the peer has no line for it"
		proven
		verdict "an unprivileged user's cache${name:+ by its name}"
	done
	rm -f /tmp/krb5cc_4242
}

# ---- enctypes, versions, TLS, carriers --------------------------------------

enctypes() {
	for row in 17:aes128-cts-hmac-sha1-96 18:aes256-cts-hmac-sha1-96 \
		19:aes128-cts-hmac-sha256-128 20:aes256-cts-hmac-sha384-192; do
		kdc_enctype "${row#*:}" && kerberos_peer
		kdc_ticket alice "$CCACHE"
		for transport in socket token; do
			my_turn 4 || continue
			logon "${row#*:}, $transport transport" password --transport $transport
			want "enctype of the session" "${PEER[enctype]}" "${row%%:*}"
			logon "${row#*:} with a cache, $transport transport" empty \
				--transport $transport "--ccache=$CCACHE"
			want "enctype of the session" "${PEER[enctype]}" "${row%%:*}"
			verdict "... and it is what was used"
		done
	done
	kdc_enctype aes256-cts-hmac-sha1-96
	kdc_ticket alice "$CCACHE"

	for version in 2 3 4 5 6; do
		for tls in 1.2 1.3; do
			kerberos_peer --version $version --tls $tls
			for transport in socket token; do
				for mech in negotiate kerberos; do
					my_turn 20 || continue
					logon "version $version, TLS $tls, $mech, $transport transport" \
						empty --min-version 2 --transport $transport --mech $mech \
						"--ccache=$CCACHE"
					want version "${PEER[version]}" $version
					want "TLS of the peer" "${PEER[tls]}" $tls
					verdict "... and both sides agree on it"
				done
			done
		done
	done

	for x224 in hybrid hybrid-ex; do
		kerberos_peer --x224 $x224
		my_turn 4 || continue
		auth --target "$PEER_TARGET" "127.0.0.1:$PEER_PORT"
		next_line
		proven
		want x224 "${PEER[x224]}" $x224
		verdict "RDP carrier, $x224"
	done
	kerberos_peer --carrier http
	auth --carrier http --target HTTP/$PEER_HOST "127.0.0.1:$PEER_PORT"
	next_line
	proven
	want "delegated to the peer" "${PEER[delegated]}" password
	verdict "HTTP carrier, target HTTP/$PEER_HOST"

	# Odd but legal answers of the peer
	kerberos_peer --every-wrong
	while read -r name verdict needs text; do
		[[ $verdict = good && $needs = kerberos ]] || continue
		peer_port "$name"
		for transport in socket token; do
			my_turn 8 || continue
			logon "$name ($text), $transport transport" empty --transport $transport \
				"--ccache=$CCACHE"
		done
	done < <(tspeer --list-wrong)
}

# ---- user-to-user on demand -------------------------------------------------

on_demand() {
	# demanded WHAT ERROR OPTION...: a logon that becomes user-to-user because of this error, to a
	# peer that takes nothing else
	demanded() {
		local what=$1 code=$2 mech transport
		shift 2
		for mech in negotiate kerberos; do
			for transport in socket token; do
				my_turn 4 || continue
				auth --carrier raw --mech $mech --transport $transport "$@" \
					"127.0.0.1:$PEER_PORT"
				next_line || problem "the peer has no line for it"
				want "exit status" "$RC" 0
				want mechanism "${JSON[mechanism]}" 'spnego-kerberos|kerberos'
				want user_to_user "${JSON[user_to_user]}" true
				want krb_error_code "${JSON[krb_error_code]}" "$code"
				want passed_over "${JSON[passed_over]}" ''
				want "the peer's result" "${PEER[result]}" ok
				want "the peer's package" "${PEER[package]}" kerberos
				want "user at the peer" "${PEER[user]}@${PEER[domain]}" alice@$REALM
				verdict "$what, $mech, $transport transport"
			done
		done
	}

	kerberos_peer --u2u "$PEER_TARGET"
	demanded "the server demands user-to-user" 69 --target "$PEER_TARGET"
	demanded "the same with a cache" 69 --target "$PEER_TARGET" "--ccache=$CCACHE"
	demanded "user-to-user, asked for" '' --target "$PEER_TARGET" --u2u
	stop_peer
	KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/user.keytab" \
		--u2u TERMSRV/user.credssp.test
	demanded "the KDC demands user-to-user" 27 --target TERMSRV/user.credssp.test
	stop_peer
}

# ---- what Kerberos proves ---------------------------------------------------

proof() {
	kerberos_peer
	for transport in socket token; do
		logon "--mutual with an untrusted certificate, $transport transport" password \
			--mutual --transport $transport
		want trusted "${JSON[trusted]}" false
		verdict "... the server is proven by Kerberos alone"
	done
	logon "--no-delegate" empty --no-delegate
	policy 'allow-fresh = TERMSRV/peer.credssp.test' 'allow-fresh-ntlm-only ='
	logon "allow-fresh without allow-fresh-ntlm-only" password
	policy 'allow-fresh =' 'allow-fresh-ntlm-only = TERMSRV/*'
	auth --carrier raw --target "$PEER_TARGET" "127.0.0.1:$PEER_PORT"
	next_line
	want "exit status" "$RC" 3
	want status "${JSON[status]}" SEC_E_DELEGATION_POLICY
	want "delegated to the peer" "${PEER[delegated]}" none
	verdict "allow-fresh-ntlm-only does not serve for a server that Kerberos has proven"
	policy 'ntlm = no' "${DELEGATE[@]}"
	for options in '--mech negotiate' '--mech kerberos' "--ccache=$CCACHE" \
		"--keytab=$KDC/alice.keytab --user alice"; do
		# shellcheck disable=SC2086 # words
		case $options in
		*cc | *alice) logon "ntlm = no: $options" empty $options ;;
		*) logon "ntlm = no: $options" password $options ;;
		esac
	done
	want "the peer's user in the open" "$(grep -c 'package=ntlm mic' "$PEER_OUT")" 0
	verdict "ntlm = no: no NTLM message was sent"
	credsspctl policy reset
}

# ---- another realm ----------------------------------------------------------

realms() {
	KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/other.keytab"
	policy "${DELEGATE[@]}"
	kdc_ticket alice "$CCACHE"
	for options in '--transport socket' '--transport token' "--ccache=$CCACHE"; do
		# shellcheck disable=SC2086 # words
		auth --carrier raw --target "$OTHER_TARGET" $options "127.0.0.1:$PEER_PORT"
		next_line
		proven
		want "user at the peer" "${PEER[user]}@${PEER[domain]}" alice@$REALM
		verdict "a referral to the realm of the server, $options"
	done
	kerberos_peer --user carol
	auth --carrier raw --target "$PEER_TARGET" --user carol --realm $OTHER_REALM "127.0.0.1:$PEER_PORT"
	next_line
	proven
	want "user at the peer" "${PEER[user]}@${PEER[domain]}" carol@$OTHER_REALM
	verdict "a user of the other realm, by --realm"
	auth --carrier raw --target "$PEER_TARGET" --user "carol@$OTHER_REALM" "127.0.0.1:$PEER_PORT"
	next_line
	proven
	verdict "a user of the other realm, by USER@REALM"
}

# ---- the fall-back to NTLM ----------------------------------------------------

fallbacks() {
	kerberos_peer
	policy "${DELEGATE[@]}"
	fallback "an address as target" no-realm --target TERMSRV/127.0.0.1
	fallback "an IPv6 address as target" no-realm --target TERMSRV/::1
	fallback "a service without a principal" target-unknown --target TERMSRV/nosuch.credssp.test
	fallback "a realm that nobody knows" 'no-kdc|no-realm' --realm NOWHERE.TEST
	kerberos_peer --user mallory
	fallback "a user whom the KDC does not know" client-unknown --user mallory
	kerberos_peer
	kdc_stop
	fallback "no KDC" no-kdc
	kdc_client_conf "$KDC/krb5.conf" "$DEAD_PORT"
	kdc_reload
	fallback "a port on which nothing listens" no-kdc

	unknown=SEC_E_TARGET_UNKNOWN no_authority=SEC_E_NO_AUTHENTICATING_AUTHORITY
	off=SEC_E_POLICY_NLTM_ONLY
	policy 'ntlm = no'
	no_fallback "no KDC" '3|5|6' "$no_authority" no-kdc
	kdc_client_conf "$KDC/krb5.conf" "$KDC_PORT"
	kdc_start 0 && kdc_reload
	no_fallback "an address as target" '1|7' "$unknown" no-realm --target TERMSRV/127.0.0.1
	no_fallback "a service without a principal" '1|3' "$unknown" target-unknown \
		--target TERMSRV/nosuch.credssp.test
	no_fallback "a realm that nobody knows" '3|5|6|7' "$no_authority" 'no-kdc|no-realm' \
		--realm NOWHERE.TEST
	no_fallback "a user whom the KDC does not know" '2|3' SEC_E_LOGON_DENIED client-unknown \
		--user mallory
	credsspctl policy reset
	logon "the KDC is back" password

	# A peer without a keytab asks for NTLM, although the AP-REQ has been sent.
	start_peer
	fallback "a server without Kerberos" not-chosen
	KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/peer.keytab" --wrong krb-ntlm
	fallback "a server that prefers NTLM, by request-mic" not-chosen
	policy 'ntlm = no'
	no_fallback "a server that prefers NTLM" '3|5' "$off|SEC_E_LOGON_DENIED|SEC_E_INVALID_TOKEN" \
		'not-chosen|connection'
	policy "${DELEGATE[@]}"
}

# ---- FreeRDP 3's server -------------------------------------------------------

freerdp() {
	FREERDP=3
	need freerdp-shadow-cli3 winpr-hash3 Xvfb openssl
	freerdp_cert rsa
	# shellcheck disable=SC2034 # of lib.sh
	FREERDP_OPTIONS=("/keytab:$KDC/peer.keytab")
	KRB5_CONFIG=$KDC/peer.conf freerdp_start
	kdc_ticket alice "$CCACHE"
	for transport in socket token; do
		for options in '--mech negotiate' "--ccache=$CCACHE" '--u2u' '--max-version 5'; do
			my_turn 1 || continue
			# Debian 13's server answers the TGT-REQ by a choice of NTLM.
			[ "$options${CREDSSP_ROOT:-}" != --u2utrixie ] || continue
			# shellcheck disable=SC2086 # words
			auth --target "$PEER_TARGET" --transport $transport $options \
				"127.0.0.1:$FREERDP_PORT"
			want "exit status" "$RC" 0
			want reason "${JSON[reason]}" none
			want mechanism "${JSON[mechanism]}" spnego-kerberos
			verdict "FreeRDP 3: $options, $transport transport"
		done
	done
	freerdp_stop
}

# ---- which guest does what ---------------------------------------------------

# The debug guest does what shows most of the module; what depends on neither kernel nor
# libraries is for two of the others.
guest=${CREDSSP_ROOT:-$KERNEL}
the_peer
sources
on_demand
[ "$guest" = debug ] || enctypes
case $guest in 6.1 | backports) proof ;; esac
case $guest in backports | trixie) realms ;; esac
case $guest in 6.1 | trixie) fallbacks ;; esac
[ "$guest" = debug ] || freerdp

credsspctl policy reset
stop_peer
nothing_left "no context and no credential is left"
finish
