#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kerberos without a password that could be guessed: PKINIT with a certificate in files, in
# PKCS #12 and on a PKCS #11 token, and FAST with the host's keytab or cache; wrong PINs,
# certificates that are refused on either side, tokens that are absent, other users' files.
# guests: 6.1
# timeout: 400

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd tspeer ss kinit setpriv unshare openssl softhsm2-util p11tool

POLICY=$WORK/policy.conf
# As in test_certs.sh
PIN=4711
MODULE=/usr/lib/softhsm/libsofthsm2.so

# Users with an entry in the user database: SoftHSM looks for its token in their home.
card=4300 other=4301
as() { setpriv --reuid="$1" --regid="$1" --clear-groups "${@:2}"; }

# ---- a KDC with PKINIT and FAST -----------------------------------------------

# kdc_pkinit CERTIFICATE: the KDC's own one; "none": the KDC does not do PKINIT
kdc_pkinit() {
	cp "$PK/$1.pem" "$PK/kdc-now.pem" 2>/dev/null || rm -f "$PK/kdc-now.pem"
	kdc_start 0
}

# The options of the realm, for KDC and clients
kdc_options() {
	# encrypted_challenge is FAST's. SPAKE is not for it.
	sed -i "/^$REALM = {/a \\
		pkinit_identity = FILE:$PK/kdc-now.pem,$PK/kdc.key\\
		pkinit_anchors = FILE:$PK/all-cas.pem\\
		encrypted_challenge_indicator = armored" "$KDC/kdc.conf"
	client_options
}

client_options() {
	kdc_client_conf "$KDC/krb5.conf" "$KDC_PORT"
	sed -i "/^\t$REALM = {/a \\
		pkinit_anchors = FILE:$PK/ca.pem" "$KDC/krb5.conf"
}

# A service for which the KDC demands FAST, by the indicator of the client's TGT; hosts; and
# a user whose password is the PIN.
kdc_people() {
	kdc_admin $REALM <<-LINES
	addprinc -randkey TERMSRV/armored.credssp.test
	ktadd -k $KDC/peer.keytab TERMSRV/armored.credssp.test
	setstr TERMSRV/armored.credssp.test require_auth armored
	addprinc +requires_preauth -randkey host/client.credssp.test
	ktadd -k $KDC/host.keytab host/client.credssp.test
	addprinc +requires_preauth -pw $PIN pinned
	addprinc +requires_preauth -randkey locked-card
	LINES
	chmod 600 "$KDC/host.keytab"
}

# home USER: with the files of alice's certificate, for that user alone
home() {
	mkdir -p "/home/u$1"
	printf 'u%s:x:%s:%s::/home/u%s:/bin/sh\n' "$1" "$1" "$1" "$1" >>/etc/passwd
	cp "$PK/alice.pem" "$PK/alice.key" "/home/u$1/"
	chown -R "$1:$1" "/home/u$1"
	chmod 700 "/home/u$1"
	chmod 600 "/home/u$1/alice.key"
}

# token USER LABEL: a token of the user with alice's certificate and key
token() {
	local config=/home/u$1/.config/softhsm2
	mkdir -p "$config" "/home/u$1/tokens"
	printf 'directories.tokendir = /home/u%s/tokens\n' "$1" >"$config/softhsm2.conf"
	openssl pkcs8 -topk8 -nocrypt -in "$PK/alice.key" -out "/home/u$1/alice.p8"
	chown -R "$1:$1" "/home/u$1"
	{
		as "$1" env "HOME=/home/u$1" softhsm2-util --init-token --free --label "$2" \
			--pin $PIN --so-pin 56785678
		as "$1" env "HOME=/home/u$1" softhsm2-util --import "/home/u$1/alice.p8" \
			--token "$2" --label alice --id 01 --pin $PIN
		as "$1" env "HOME=/home/u$1" p11tool --provider "$MODULE" --batch --login \
			--set-pin $PIN --write --load-certificate "/home/u$1/alice.pem" \
			--label alice --id 01 "pkcs11:token=$2"
	} >"$WORK/token.out" 2>&1 || problem "token: $(tail -n 3 "$WORK/token.out")"
	rm -f "/home/u$1/alice.p8"
}

# ---- logons ---------------------------------------------------------------------

# run OPTION...: as root, or as user $WHO
WHO=0
run() {
	local command=(credsspctl auth --json --carrier raw --user alice)
	[ $WHO = 0 ] || command=(setpriv "--reuid=$WHO" "--regid=$WHO" --clear-groups
		"${command[@]}")
	run_auth "${command[@]}" --target "$PEER_TARGET" "$@" "127.0.0.1:$PEER_PORT"
	PEER=()
	[ -z "${JSON[address]}" ] || next_line || problem "the peer has no line for it"
}

good() {
	local what=$1 user=${2:-alice}
	want "exit status" "$RC" 0
	want reason "${JSON[reason]}" none
	want mechanism "${JSON[mechanism]}" 'spnego-kerberos|kerberos'
	want client "${JSON[client]}" "$user@$REALM"
	want "the peer's result" "${PEER[result]}" ok
	want "user at the peer" "${PEER[user]}@${PEER[domain]}" "$user@$REALM"
	verdict "$what"
}

# bad WHAT EXIT REASON [KRB-ERROR]
bad() {
	want "exit status" "$RC" "$2"
	want reason "${JSON[reason]}" "$3"
	[ -z "${4:-}" ] || want krb_error_code "${JSON[krb_error_code]}" "$4"
	want delegated "${JSON[delegated]}" false
	want "delegated to the peer" "${PEER[delegated]:-none}" none
	want "user at the peer" "${PEER[user]:-}" ''
	verdict "$1"
}

pin_file() { printf '%s\n' "$2" >"$WORK/$1" && chmod 644 "$WORK/$1"; }

# pkinit IDENTITY PIN [OPTION...]: negotiate, so that NTLM would be possible
pkinit() {
	local identity=$1
	pin_file pin "$2"
	shift 2
	run --pkinit "$identity" --password-file "$WORK/pin" "$@"
}

# How often the KDC has logged TEXT
logged() { grep -c "$1" "$KDC/kdc.log" || :; }

patient
kdc_make
PK=$KDC/pk
cp -r "$TOP/build/prepared/pkinit" "$PK" || bail "no certificates"
chmod 644 "$PK"/*.key
chmod 755 "$WORK"
chmod 644 "$WORK/password"
kdc_options && kdc_people && kdc_pkinit kdc && kdc_helper
verdict "a KDC with PKINIT, and a helper that knows it"
home $card
home $other
token $card desk
verdict "a token of an unprivileged user"
printf '%s\n' 'allow-default = TERMSRV/*' 'allow-fresh = TERMSRV/*' \
	'allow-fresh-ntlm-only = TERMSRV/*' >"$POLICY"
credsspctl policy load "$POLICY" || problem "policy load"
KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/peer.keytab"

# ---- PKINIT that succeeds ---------------------------------------------------------

for transport in socket token; do
	pkinit "FILE:$PK/alice.pem,$PK/alice.key" '' --transport $transport
	good "files, $transport transport"
	want "delegated to the peer" "${PEER[delegated]}" empty
	verdict "... and the server gets no password"
done
pkinit "FILE:$PK/alice.pem,$PK/alice-pin.key" $PIN
good "a key that is encrypted"
want "delegated to the peer" "${PEER[delegated]}" empty
verdict "... whose PIN is not delegated"
pkinit "PKCS12:$PK/alice.p12" $PIN --mech kerberos
good "PKCS #12"
pkinit "PKCS12:$PK/alice.p12" $PIN --realm $REALM
good "a realm that is given"
WHO=$card
pkinit "FILE:/home/u$card/alice.pem,/home/u$card/alice.key" ''
good "an unprivileged user's files"
for identity in "module_name=$MODULE:token=desk" "$MODULE:token=desk:certid=01" "$MODULE"; do
	pkinit "PKCS11:$identity" $PIN
	good "a token: PKCS11:$identity"
	want "delegated to the peer" "${PEER[delegated]}" empty
	verdict "... whose PIN is not delegated"
done

# ---- PINs -------------------------------------------------------------------------

pkinit "PKCS11:$MODULE:token=desk" 0815
bad "a wrong PIN of a token" 2 wrong-password
pkinit "PKCS11:$MODULE:token=desk" ''
bad "no PIN of a token" 2 wrong-password
WHO=0
pkinit "PKCS12:$PK/alice.p12" 0815
bad "a wrong PIN of PKCS #12" 2 wrong-password
pkinit "FILE:$PK/alice.pem,$PK/alice-pin.key" 0815
bad "a wrong PIN of a key" 2 wrong-password

# ---- certificates that do not serve --------------------------------------------------

pkinit "FILE:$PK/none.pem,$PK/none.key" ''
bad "no certificate" 1 no-tickets
pkinit "FILE:$PK/expired-alice.pem,$PK/alice.key" ''
bad "an expired certificate" 1 cert-expired
pkinit "FILE:$PK/other-alice.pem,$PK/alice.key" ''
bad "a certificate of another authority" 1 cert-untrusted
pkinit "FILE:$PK/wrong-use-alice.pem,$PK/alice.key" ''
bad "a certificate that the KDC refuses" 2 krb-error 77
pkinit "FILE:$PK/bob.pem,$PK/bob.key" ''
bad "another user's certificate" 2 krb-error 75
pkinit "PKCS11:$MODULE:token=absent" $PIN
bad "a token that is absent" 1 no-tickets
WHO=$other
pkinit "PKCS11:$MODULE:token=desk" $PIN
bad "a token of another user" 1 no-tickets
pkinit "FILE:/home/u$card/alice.pem,/home/u$card/alice.key" ''
bad "files of another user" 1 no-tickets
pkinit "FILE:/home/u$other/alice.pem,/home/u$other/alice.key" ''
good "that user's own files"
cp "$MODULE" "/home/u$other/own.so" && chown $other "/home/u$other/own.so"
pkinit "PKCS11:/home/u$other/own.so:token=desk" $PIN
bad "a module of the user's own" 1 no-tickets
WHO=0
run_auth unshare -m credsspctl auth --json --carrier raw --user alice --target "$PEER_TARGET" \
	--pkinit "FILE:$PK/alice.pem,$PK/alice.key" --password-file "$WORK/pin" \
	"127.0.0.1:$PEER_PORT"
[ -z "${JSON[address]}" ] || next_line
bad "another mount namespace" 3 foreign

# ---- the KDC's side ------------------------------------------------------------------

for certificate in false-kdc plain-kdc; do
	kdc_pkinit $certificate
	pkinit "FILE:$PK/alice.pem,$PK/alice.key" ''
	bad "the KDC's certificate: $certificate" '4|5|2|3' kdc-answer
done
kdc_pkinit none
pkinit "FILE:$PK/alice.pem,$PK/alice.key" ''
bad "a KDC without PKINIT" 2 krb-error 25
pkinit "PKCS12:$PK/alice.p12" $PIN --user pinned
bad "... and a user whose password is the PIN" 2 krb-error 25
want "attempts with the PIN as a password" "$(logged 'PREAUTH_FAILED: pinned@')" 0
want "tickets of that user" "$(logged 'ISSUE:.*pinned@')" 0
want "users at the peer" "$(grep -c 'user=pinned' "$PEER_OUT")" 0
verdict "the PIN was not used as a password"
kdc_pkinit kdc
pkinit "FILE:$PK/alice.pem,$PK/alice.key" ''
good "the KDC has its certificate again"

# ---- FAST ------------------------------------------------------------------------------

ARMORED=TERMSRV/armored.credssp.test

# helper_with OPTION...: the helper has these too
helper_with() {
	export CREDSSPD_ARGS="$*"
	kdc_helper || problem "no helper with $*"
	: >"$KDC/kdc.log"
}

password() { run --password-file "$WORK/password" "$@"; }
wrong_password() {
	password --password-file "$WORK/wrong-password" --target $ARMORED
	bad "$1: a wrong password" 2 wrong-password
	want "wrong passwords in armor" "$(logged '(encrypted_challenge) verify failure')" "$2"
	want "wrong passwords without" "$(logged '(encrypted_timestamp) verify failure')" "$3"
	verdict "... in armor: $2, without: $3"
}

helper_with
password --target $ARMORED --mech kerberos
bad "without FAST: a service for which the KDC demands it" 2 krb-error 12
wrong_password "without FAST" 0 1

env "${KDC_ENV[@]}" kinit -k -t "$KDC/host.keytab" -c "$KDC/host.cc" host/client.credssp.test ||
	problem "kinit of the host"
for options in "--fast-keytab=$KDC/host.keytab" "--fast-keytab=$KDC/host.keytab --fast-required" \
	"--fast-ccache=FILE:$KDC/host.cc" "--fast-ccache=FILE:$KDC/host.cc --fast-required"; do
	# shellcheck disable=SC2086 # words
	helper_with $options
	for transport in socket token; do
		password --target $ARMORED --transport $transport
		good "$options, $transport transport"
		want "delegated to the peer" "${PEER[delegated]}" password
		verdict "... and the password is delegated"
	done
	wrong_password "$options" 1 0
	# The worker of an unprivileged user
	WHO=$other
	password --target $ARMORED
	good "$options: an unprivileged user"
	pkinit "FILE:/home/u$other/alice.pem,/home/u$other/alice.key" ''
	good "$options: a certificate"
	WHO=0
done
requests=$(kdc_requests)
password
want "tickets of the host" "$(logged 'AS_REQ.*ISSUE.*host/client')" 0
want "more requests" "$(($(kdc_requests) - requests))" '[1-9]'
good "the host's ticket is not asked for again"

helper_with "--fast-keytab=$KDC/none.keytab"
password
good "no keytab: the password goes without armor"
helper_with "--fast-keytab=$KDC/none.keytab" --fast-required
password --mech kerberos
bad "no keytab, and FAST is required" '6|7' helper-reply
want "requests for the user at the KDC" "$(logged 'AS_REQ.*alice@')" 0
verdict "... the password is not used"
kdc_stop
helper_with "--fast-keytab=$KDC/host.keytab" --fast-required
password --mech kerberos
bad "no KDC, and FAST is required" 5 no-kdc
kdc_start 0
unset CREDSSPD_ARGS

credsspctl policy reset
stop_peer
kdc_remove
nothing_left "no context and no credential is left"
finish
