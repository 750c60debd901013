#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Servers' certificates of all shapes: each is accepted, and evaluated as openssl does.
# The whole table needs no kernel (certs_test of userspace-helper/credsspd): here are the
# certificates that the module, which reads them as well, could read differently.
# guests: 6.1 backports trixie
# timeout: 240

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd tspeer openssl ss

HOST=server.example
REMOTE_DESKTOP=1.3.6.1.4.1.311.54.1.2
WINDOWS='keyUsage=keyEncipherment,dataEncipherment'

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
	-subj '/CN=Test CA' -keyout "$WORK/ca.key" -out "$WORK/ca.crt" 2>/dev/null ||
	bail "no certificate authority"

# key KIND: $WORK/KIND.key, made once
key() {
	[ -s "$WORK/$1.key" ] && return
	case $1 in
	rsa) openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 ;;
	pss) openssl genpkey -quiet -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 ;;
	ed25519) openssl genpkey -quiet -algorithm ED25519 ;;
	*) openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:$1" ;;
	esac >"$WORK/$1.key" 2>/dev/null || bail "no key of kind $1"
}

# certificate KIND SERIAL EXTENSION...: $WORK/shape.crt; without extensions version 1
certificate() {
	local kind=$1 serial=$2 ext=()
	shift 2
	key "$kind"
	openssl req -new -key "$WORK/$kind.key" -subj "/CN=$HOST" -out "$WORK/shape.csr" \
		2>/dev/null || bail "no request"
	printf '%s\n' "$@" >"$WORK/shape.ext"
	[ $# -eq 0 ] || ext=(-extfile "$WORK/shape.ext")
	openssl x509 -req -in "$WORK/shape.csr" -CA "$WORK/ca.crt" -CAkey "$WORK/ca.key" \
		-set_serial "$serial" -days 30 "${ext[@]}" -out "$WORK/shape.crt" 2>/dev/null ||
		bail "no certificate"
	cat "$WORK/shape.crt" "$WORK/$kind.key" >"$WORK/shape.pem"
}

openssl_trusts() {
	if openssl verify -purpose sslserver -verify_hostname $HOST "$@" "$WORK/shape.crt" \
		>/dev/null 2>&1; then
		echo true
	else
		echo false
	fi
}

# log_on SERVICE TRUSTED: an exchange that must succeed, whatever the certificate
log_on() {
	local option=(--transport "$TRANSPORT")
	[ "$1" = TERMSRV ] || option+=(--no-delegate)
	auth --carrier raw --target "$1/$HOST" "${option[@]}" "127.0.0.1:$PEER_PORT"
	want "exit status" "$RC" 0
	want "trusted" "${JSON[trusted]}" "$2"
}

# shape NAME SERVICE TRUSTED KIND SERIAL EXTENSION...: TRUSTED "openssl": as openssl does
TRANSPORT=token
shape() {
	local name=$1 service=$2 trusted=$3
	my_turn 4 || return 0
	shift 3
	certificate "$@"
	[ "$trusted" != openssl ] || trusted=$(openssl_trusts -CAfile "$WORK/ca.crt")
	start_peer --pem "$WORK/shape.pem"
	[ $TRANSPORT = socket ] && TRANSPORT=token || TRANSPORT=socket
	log_on "$service" "$trusted"
	verdict "$name, $TRANSPORT transport: trusted is ${JSON[trusted]}"
}

SAN=subjectAltName=DNS:$HOST
names() {
	local i
	printf '%s' $SAN
	for ((i = 0; i < 900; i++)); do printf ',DNS:h%d.example' $i; done
}
NAMES=$(names)

stop_helper || bail "the helper does not stop"
CREDSSPD_ARGS="--trust $WORK/ca.crt" helper_up || bail "the helper does not start"

shape "900 names" TERMSRV openssl prime256v1 1 "$NAMES" "$WINDOWS" extendedKeyUsage=serverAuth
shape "Windows' own shape" TERMSRV openssl rsa 2 $SAN $WINDOWS extendedKeyUsage=serverAuth
shape "Ed25519" TERMSRV openssl ed25519 3 $SAN
shape "EKU Remote Desktop" TERMSRV true prime256v1 4 $SAN extendedKeyUsage=$REMOTE_DESKTOP
shape "EKU Remote Desktop of another service" HTTP false prime256v1 5 $SAN \
	extendedKeyUsage=$REMOTE_DESKTOP
shape "EKU clientAuth" TERMSRV openssl prime256v1 6 $SAN extendedKeyUsage=clientAuth
shape "no EKU, service in small letters" termsrv openssl prime256v1 7 $SAN
shape "EKU Remote Desktop, service in small letters" termsrv true prime256v1 8 $SAN \
	extendedKeyUsage=$REMOTE_DESKTOP
shape "RSA-PSS key" TERMSRV openssl pss 9 $SAN
shape "P-521" TERMSRV openssl secp521r1 10 $SAN
shape "version 1" TERMSRV openssl prime256v1 11
shape "negative serial number" TERMSRV openssl prime256v1 -1 $SAN
shape "serial number of 20 bytes" TERMSRV openssl prime256v1 \
	0x7fffffffffffffffffffffffffffffffffffffff $SAN
shape "unknown critical extension" TERMSRV openssl prime256v1 12 $SAN \
	1.2.3.4.5=critical,ASN1:NULL
shape "KeyUsage keyCertSign" TERMSRV openssl prime256v1 13 $SAN keyUsage=keyCertSign
shape "900 names on the other transport" TERMSRV openssl prime256v1 14 "$NAMES"

# A key that takes too long to use is refused, and the caller gets the reason.
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
	-pkeyopt rsa_keygen_pubexp:18446744073709551617 -out "$WORK/long.key" 2>/dev/null ||
	bail "no key with a long exponent"
certificate long 16 $SAN
start_peer --pem "$WORK/shape.pem"
auth --carrier raw --target TERMSRV/$HOST "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 4
want reason "${JSON[reason]}" key-size
verdict "an RSA key with an exponent of 65 bits is refused as too large"

stop_helper || problem "the helper does not stop"
helper_up || problem "the helper does not start again"
certificate rsa 17 $SAN $WINDOWS extendedKeyUsage=serverAuth
start_peer --pem "$WORK/shape.pem"
TRANSPORT=socket
log_on TERMSRV "$(openssl_trusts)"
want "trusted" "${JSON[trusted]}" false
verdict "Windows' own shape without a trusted root: taken, and not trusted"

stop_peer
nothing_left "no context and no credential is left"
finish
