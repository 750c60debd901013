#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_certs.sh DIR REALM USER...: certificates for PKINIT in DIR, for the KDC of REALM and for
# users:
#   ca.pem, other-ca.pem	authorities: the one that is trusted, and another one;
#				all-cas.pem has both, for the KDC, which needs it for its own
#   kdc.pem, kdc.key		the KDC's; false-kdc.pem is by the other authority, and plain-kdc.pem
#				is by the right one, but not a KDC's
#   USER.pem, USER.key		the user's; expired-USER.pem has expired, future-USER.pem is not
#				valid yet, other-USER.pem is by the other authority, and
#				wrong-use-USER.pem is a server's
#   USER-pin.key, USER.p12	the same key, with the PIN 4711

set -eu
dir=$1 realm=$2
shift 2
PIN=4711

# name_of TYPE COMPONENT...: sections of a KRB5PrincipalName (RFC 4556 3.2.2)
name_of() {
	local type=$1 i=0
	shift
	printf '[name]\nrealm = EXP:0,GeneralString:%s\nprincipal = EXP:1,SEQUENCE:principal\n' \
		"$realm"
	printf '[principal]\ntype = EXP:0,INTEGER:%s\nstring = EXP:1,SEQUENCE:components\n' "$type"
	printf '[components]\n'
	while [ $# -gt 0 ]; do
		printf 'c%d = GeneralString:%s\n' $((i += 1)) "$1"
		shift
	done
}

# extensions EKU TYPE COMPONENT...
extensions() {
	printf '[ext]\nbasicConstraints = CA:FALSE\n'
	printf 'keyUsage = digitalSignature,keyEncipherment,keyAgreement\n'
	printf 'subjectKeyIdentifier = hash\nextendedKeyUsage = %s\n' "$1"
	shift
	printf 'subjectAltName = otherName:1.3.6.1.5.2.2;SEQUENCE:name\n'
	name_of "$@"
}

authority() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/$1.key" -out "$dir/$1.pem" \
		-subj "/CN=$1" -days 30 -addext keyUsage=critical,keyCertSign,cRLSign
}

key() { openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$dir/$1.key"; }

# certificate NAME KEY CA OPTION...: extensions come from standard input
certificate() {
	local name=$1 key=$2 ca=$3
	shift 3
	cat >"$dir/ext"
	openssl req -new -key "$dir/$key.key" -subj "/CN=$name" -out "$dir/csr"
	openssl x509 -req -in "$dir/csr" -CA "$dir/$ca.pem" -CAkey "$dir/$ca.key" \
		-set_serial "0x$(openssl rand -hex 8)" -extfile "$dir/ext" -extensions ext \
		-out "$dir/$name.pem" "$@"
}

# dated NAME KEY START END: by ca
dated() {
	local name=$1 key=$2
	cat >"$dir/ext"
	openssl req -new -key "$dir/$key.key" -subj "/CN=$name" -out "$dir/csr"
	: >"$dir/index"
	printf '[ca]\ndefault_ca = this\n[this]\ndatabase = %s/index\nnew_certs_dir = %s\n' \
		"$dir" "$dir" >"$dir/ca.cnf"
	printf 'default_md = sha256\npolicy = any\nrand_serial = yes\n[any]\ncommonName = supplied\n' \
		>>"$dir/ca.cnf"
	openssl ca -batch -config "$dir/ca.cnf" -cert "$dir/ca.pem" -keyfile "$dir/ca.key" \
		-in "$dir/csr" -out "$dir/$name.pem" -notext -startdate "$3" \
		-enddate "$4" -extfile "$dir/ext" -extensions ext
}

EKU_CLIENT=1.3.6.1.5.2.3.4 EKU_KDC=1.3.6.1.5.2.3.5 EKU_SERVER=serverAuth

exec 2>"$dir/openssl.log"
authority ca
authority other-ca
cat "$dir/ca.pem" "$dir/other-ca.pem" >"$dir/all-cas.pem"
key kdc
extensions $EKU_KDC 2 krbtgt "$realm" | certificate kdc kdc ca -days 7
extensions $EKU_KDC 2 krbtgt "$realm" | certificate false-kdc kdc other-ca -days 7
extensions $EKU_CLIENT 1 "$realm" | certificate plain-kdc kdc ca -days 7
for user; do
	key "$user"
	extensions $EKU_CLIENT 1 "$user" | certificate "$user" "$user" ca -days 7
	extensions $EKU_CLIENT 1 "$user" | certificate "other-$user" "$user" other-ca -days 7
	extensions $EKU_SERVER 1 "$user" | certificate "wrong-use-$user" "$user" ca -days 7
	extensions $EKU_CLIENT 1 "$user" |
		dated "expired-$user" "$user" 20200101000000Z 20210101000000Z
	extensions $EKU_CLIENT 1 "$user" |
		dated "future-$user" "$user" 20980101000000Z 20990101000000Z
	openssl rsa -in "$dir/$user.key" -aes256 -passout pass:$PIN -out "$dir/$user-pin.key"
	openssl pkcs12 -export -in "$dir/$user.pem" -inkey "$dir/$user.key" \
		-passout pass:$PIN -out "$dir/$user.p12"
done
