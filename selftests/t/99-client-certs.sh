#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Client certificates: named ones that the helper has for a user, in files and on
# a token, for servers that ask for them; the question, and its answers.
# guests: 6.1 backports trixie debug
# timeout: 150

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd cert_test tspeer openssl softhsm2-util p11tool setpriv ss

CERTS=$WORK/certs
mkdir -p "$CERTS/0" "$CERTS/65534"

# issuer NAME: a certificate authority
issuer() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
		-subj "/CN=$1" -keyout "$WORK/$1.key" -out "$WORK/$1.crt" 2>/dev/null ||
		bail "no certificate authority"
}

# client UID NAME ISSUER: UID/NAME.pem for the common name NAME
client() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" \
		-keyout "$WORK/client.key" -out "$WORK/client.csr" 2>/dev/null
	openssl x509 -req -in "$WORK/client.csr" -CA "$WORK/$3.crt" -CAkey "$WORK/$3.key" \
		-set_serial "$RANDOM" -days 30 -out "$WORK/client.crt" 2>/dev/null
	(umask 077 && cat "$WORK/client.crt" "$WORK/client.key" >"$CERTS/$1/$2.pem") ||
		bail "no certificate"
}

# token NAME ISSUER: its key and certificate on a token; 0/NAME.pem says where
token() {
	export SOFTHSM2_CONF=$WORK/softhsm2.conf
	mkdir -p "$WORK/tokens"
	printf 'directories.tokendir = %s\n' "$WORK/tokens" >"$SOFTHSM2_CONF"
	softhsm2-util --init-token --free --label test --pin 1234 --so-pin 5678 >/dev/null ||
		bail "no token"
	client 0 "$1" "$2"
	openssl pkcs8 -topk8 -nocrypt -in "$WORK/client.key" -out "$WORK/client.p8"
	softhsm2-util --import "$WORK/client.p8" --token test --label "$1" --id 01 \
		--pin 1234 >/dev/null || bail "no key on the token"
	p11tool --batch --login --set-pin 1234 --write --load-certificate "$WORK/client.crt" \
		--label "$1" --id 01 pkcs11:token=test >/dev/null 2>&1 ||
		bail "no certificate on the token"
	(umask 077 && printf 'pkcs11:token=test;object=%s?pin-value=1234\n' "$1" \
		>"$CERTS/0/$1.pem")
}

issuer known
issuer strange
client 0 alice known
client 0 stranger strange
client 65534 nobody known
token carded known
chmod -R go-w "$CERTS"

stop_helper || bail "the helper does not stop"
CREDSSPD_ARGS="--cert-dir $CERTS" helper_up || bail "the helper does not start"

# given WHAT WHO OPTION...: the peer sees WHO's certificate, or none
given() {
	local what=$1 who=$2
	shift 2
	auth --carrier raw "$@" "127.0.0.1:$PEER_PORT"
	next_line || problem "the peer has no line for it"
	want "exit status" "$RC" 0
	want "the peer's result" "${PEER[result]}" ok
	want "certificate at the peer" "${PEER[client_cert]}" "$who"
	want client_cert "${JSON[client_cert]}" "$([ "$who" = none ] && echo false || echo true)"
	verdict "$what"
}

for tls in 1.2 1.3; do
	start_peer --tls $tls --ask-cert --ca "$WORK/known.crt"
	for transport in socket token; do
		t="TLS $tls, $transport transport"
		given "a client certificate in a file, $t" alice --transport $transport --cert alice
		[ "$KERNEL" != debug ] || continue
		given "... on a token, $t" carded --transport $transport --cert carded
		given "a server that asks, and no certificate, $t" none --transport $transport
		given "... and one of an issuer it does not know, $t" none \
			--transport $transport --cert stranger
	done
	given "another user's certificate is none, TLS $tls" none --cert nobody
	export PEER_PORT CERT=alice ISSUER=known STRANGER=stranger
	embed "TLS $tls" cert_test

	start_peer --tls $tls --require-cert --ca "$WORK/known.crt"
	given "a server that must have one, TLS $tls" alice --cert alice
	auth --carrier raw "127.0.0.1:$PEER_PORT"
	next_line
	want "exit status" "$RC" 5
	want reason "${JSON[reason]}" 'tls-alert|connection'
	want delegated "${JSON[delegated]}" false
	verdict "... and gets none, TLS $tls"
done

# What is not asked for is not sent
start_peer
given "a server that does not ask" none --cert alice

start_peer --ask-cert
given "a server that names no issuers is given any" untrusted --cert stranger

start_peer --ask-cert --ca "$WORK/known.crt"
cp "$WORK/password" "$WORK/readable"
run_auth setpriv --reuid=65534 --regid=65534 --clear-groups credsspctl auth --json \
	--user alice --password-fd 3 --cert nobody --carrier raw "127.0.0.1:$PEER_PORT" \
	3<"$WORK/readable"
next_line
want "exit status" "$RC" 0
want "certificate at the peer" "${PEER[client_cert]}" nobody
verdict "each user has his own"

# ---- the directory and the processes ---------------------------------------

keeper=$(pgrep -f "credsspd --cert-dir" -n)
want "network namespaces" "$(readlink "/proc/$keeper/ns/net")" 'net:*'
[ "$(readlink "/proc/$keeper/ns/net")" != "$(readlink /proc/self/ns/net)" ] ||
	problem "the key keeper is in our network namespace"
want "its capabilities" "$(sed -n 's/^CapEff:[[:space:]]*//p' "/proc/$keeper/status")" 0000000000000000
for pid in $(pidof credsspd); do
	! holds_helper_device "$pid" || main=$pid
done
[ "${main:-$keeper}" != "$keeper" ] || problem "the key keeper has the helper device"
for fd in "/proc/$keeper"/fd/*; do
	[ "$(readlink "$fd")" != /dev/credssp-helper ] || problem "the device is open in it"
done
want "users of the daemon" "$(sed -n 's/^Uid:[[:space:]]*//p' "/proc/$main/status" | tr '\t' '\n' | grep -c '^0$')" 0
verdict "the keys are in a process of their own, without network, device, capabilities"

given "a certificate that is not there yet" none --cert later
client 0 later known
kill -HUP "$main"
given "... is, after SIGHUP" later --cert later
rm "$CERTS/0/alice.pem"
chmod 644 "$CERTS/0/later.pem"
kill -HUP "$main"
given "one that was removed is not" none --cert alice
given "nor one that others may read" none --cert later

kill -KILL "$keeper"
until_true 10 gone "$keeper" || problem "it does not die"
given "without the key keeper there are no certificates, but logons" none --cert carded

stop_helper || problem "the helper does not stop"
helper_up || problem "the helper does not start again"
given "a helper without a directory of certificates" none --cert alice

stop_peer
nothing_left "no context and no credential is left"
finish
