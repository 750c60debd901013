#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A server is proven by a certificate trusted for the target, or by a fingerprint; other
# servers are refused if that is required.
# guests: 6.1 backports trixie
# timeout: 120

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd tspeer openssl ss

# server NAME HOST: $WORK/NAME.pem, a certificate of our CA's and its key
server() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" \
		-keyout "$WORK/$1.key" -out "$WORK/$1.csr" 2>/dev/null
	openssl x509 -req -in "$WORK/$1.csr" -CA "$WORK/ca.crt" -CAkey "$WORK/ca.key" \
		-set_serial "$RANDOM" -days 30 -extfile <(printf 'subjectAltName=DNS:%s' "$2") \
		-out "$WORK/$1.crt" 2>/dev/null
	cat "$WORK/$1.crt" "$WORK/$1.key" >"$WORK/$1.pem" || bail "no certificate"
}

# pin NAME: the fingerprint of $WORK/NAME.pem, as openssl prints it
pin() {
	local line
	line=$(openssl x509 -in "$WORK/$1.pem" -noout -fingerprint -sha256) || bail "no fingerprint"
	printf '%s' "${line#*=}"
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
	-subj '/CN=Test CA' -keyout "$WORK/ca.key" -out "$WORK/ca.crt" 2>/dev/null ||
	bail "no certificate authority"
server good server.example
server other other.example
peer_pem ec --ec
tspeer --make-cert "$WORK/old.pem" --ec --days 0 --host server.example || bail "no key"

stop_helper || bail "the helper does not stop"
CREDSSPD_ARGS="--trust $WORK/ca.crt" helper_up || bail "the helper does not start"

TARGET=TERMSRV/server.example

# log_on OPTION...
log_on() {
	auth --carrier raw --target $TARGET "$@" "127.0.0.1:$PEER_PORT"
	next_line || problem "the peer has no line for it"
}

# proven WHAT OPTION...
proven() {
	local what=$1
	shift
	log_on "$@"
	want "exit status" "$RC" 0
	want "delegated to the peer" "${PEER[delegated]}" password
	want server_proven "${JSON[server_proven]}" true
	verdict "$what"
}

# refused WHAT STATUS OPTION...: before the server gets a token, and with an alert
refused() {
	local what=$1 status=$2
	shift 2
	log_on "$@"
	want "exit status" "$RC" 3
	want reason "${JSON[reason]}" server-not-proven
	want status "${JSON[status]}" "$status"
	want server_proven "${JSON[server_proven]}" false
	want "user at the peer" "${PEER[user]}" ''
	want "the peer heard" "${PEER[why]}" alert-49
	verdict "$what"
}

WRONG=$(printf '%064d' 0)

start_peer --pem "$WORK/good.pem"
for transport in socket token; do
	t=(--transport "$transport")
	proven "MUTUAL_AUTH and a trusted certificate, $transport transport" "${t[@]}" --mutual
	want pinned "${JSON[pinned]}" false
	proven "a wrong fingerprint and a trusted certificate, $transport transport" \
		"${t[@]}" --pin "$WRONG"
	want pinned "${JSON[pinned]}" false
	verdict "... and the report says which, $transport transport"
done
proven "a fingerprint and a trusted certificate" --pin "$(pin good)"
want pinned "${JSON[pinned]}" true
verdict "... and the report says which"

start_peer --pem "$WORK/other.pem"
for transport in socket token; do
	refused "WRONG_PRINCIPAL: a trusted certificate for another name, $transport transport" \
		SEC_E_WRONG_PRINCIPAL --transport $transport --mutual
done
refused "... and a wrong fingerprint" SEC_E_WRONG_PRINCIPAL --pin "$WRONG"
proven "a fingerprint proves the server, whatever the certificate's name" --pin "$(pin other)"

start_peer --pem "$WORK/ec.pem"
for transport in socket token; do
	t=(--transport "$transport")
	proven "a fingerprint and an untrusted certificate, $transport transport" \
		"${t[@]}" --pin "$(pin ec)"
	refused "a wrong fingerprint and such a certificate, $transport transport" \
		SEC_E_MUTUAL_AUTH_FAILED "${t[@]}" --pin "$WRONG"
done
plain=$(pin ec | tr -d ':' | tr A-F a-f)
proven "the second of two fingerprints, without colons" --pin "$WRONG" --pin "$plain"
refused "the fingerprint of another one" SEC_E_MUTUAL_AUTH_FAILED --pin "$(pin good)"

start_peer --pem "$WORK/old.pem"
refused "an expired certificate" SEC_E_MUTUAL_AUTH_FAILED --mutual
proven "a fingerprint and an expired certificate" --pin "$(pin old)"

stop_helper || problem "the helper does not stop"
helper_up || problem "the helper does not start again"
start_peer --pem "$WORK/good.pem"
refused "the same certificate without the trust file" SEC_E_MUTUAL_AUTH_FAILED --mutual

stop_peer
nothing_left "no context and no credential is left"
finish
