#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Client certificates that the helper has for a user, in files and on a token, for servers
# that ask for one; the question to the caller, and its answers.
# guests: 6.1 backports trixie debug
# timeout: 300

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

# token NAME ISSUER: puts key and certificate on a token; 0/NAME.pem has its URI
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

# The helper stays a job of this shell, which needs its exit status.
stop_helper || bail "the helper does not stop"
CREDSSPD_ARGS="--cert-dir $CERTS" start_helper || bail "the helper does not start"

# given WHAT CERT OPTION...: the peer gets the certificate CERT, or none
given() {
	local what=$1 cert=$2
	shift 2
	auth --carrier raw "$@" "127.0.0.1:$PEER_PORT"
	next_line || problem "the peer has no line for it"
	want "exit status" "$RC" 0
	want "the peer's result" "${PEER[result]}" ok
	want "certificate at the peer" "${PEER[client_cert]}" "$cert"
	want client_cert "${JSON[client_cert]}" "$([ "$cert" = none ] && echo false || echo true)"
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

# Without a request no certificate is sent
start_peer
given "a server that does not ask" none --cert alice

start_peer --ask-cert
given "a server that names no issuers is given any" untrusted --cert stranger

start_peer --ask-cert --ca "$WORK/known.crt"

# as_user UID OPTION...: the command that logs on to the peer as that user; descriptor 3
# has the password.
as_user() {
	setpriv --reuid="$1" --regid="$1" --clear-groups credsspctl auth --json --user alice \
		--password-fd 3 --carrier raw "${@:2}" "127.0.0.1:$PEER_PORT" 3<"$WORK/readable"
}
cp "$WORK/password" "$WORK/readable"

# given_user WHAT CERT UID OPTION...: the peer gets the certificate CERT from that user
given_user() {
	run_auth as_user "${@:3}"
	next_line
	want "exit status" "$RC" 0
	want "certificate at the peer" "${PEER[client_cert]}" "$2"
	verdict "$1"
}

given_user "each user has a certificate" nobody 65534 --cert nobody

# close_up: the last results, and the end
close_up() {
	stop_helper || problem "the helper does not stop"
	helper_up || problem "the helper does not start again"
	given "a helper without a directory of certificates" none --cert alice

	stop_peer
	nothing_left "no context and no credential is left"
	finish
}

# What follows is between the daemon's processes: another kernel has no part in it, but
# another system's libraries have.
case ${CREDSSP_ROOT:-$KERNEL} in
debug | backports) close_up ;;
esac

# ---- the processes -----------------------------------------------------------

main='' keeper='' worker=''
for pid in $(pidof credsspd); do
	! holds_helper_device "$pid" || main=$pid
done
# The other child is the ticket office, which is root with capabilities of its own.
for pid in $(pgrep -P "${main:-0}"); do
	[ "$(sed -n 's/^CapEff:[[:space:]]*//p' "/proc/$pid/status")" != 0000000000000000 ] || keeper=$pid
done
# The last user to be served
worker=$(pgrep -n -P "${keeper:-0}")
want "processes with keys" "$(pgrep -c -P "${keeper:-0}")" 2
for pid in "$keeper" "$worker"; do
	want "network namespaces" "$(readlink "/proc/$pid/ns/net")" 'net:*'
	[ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ] ||
		problem "$pid is in our network namespace"
	want "its capabilities" "$(sed -n 's/^CapEff:[[:space:]]*//p' "/proc/$pid/status")" 0000000000000000
	! holds_helper_device "$pid" || problem "the device is open in $pid"
done
for fd in "/proc/$worker"/fd/*; do
	[ "${fd##*/}" -gt 2 ] || continue
	want "what the process with keys has open" "$(readlink "$fd")" 'socket:*'
	opened=$((${opened:-0} + 1))
done
want "number of that" "$opened" 1
want "users of the daemon" "$(sed -n 's/^Uid:[[:space:]]*//p' "/proc/$main/status" | tr '\t' '\n' | grep -c '^0$')" 0
verdict "each user's keys are in a process of their own, without network, device, capabilities"

# ---- a token that hangs, and processes that are lost ---------------------------

# The module's time limit must not end first.
TIMEOUT_FILE=$(echo /sys/module/credssp*/parameters/helper_timeout_ms)
timeout_ms=$(cat "$TIMEOUT_FILE")
echo 60000 >"$TIMEOUT_FILE"

state() { sed -n 's/^State:[[:space:]]*\([A-Z]\).*/\1/p' "/proc/$1/status" 2>/dev/null; }
# shellcheck disable=SC2317 # called by until_true
begun() { counter contexts && [ "$COUNT" != 0 ]; }

# The logon that hangs has a peer of its own.
others_pid=$PEER_PID others_port=$PEER_PORT others_out=$PEER_OUT others_conn=$PEER_CONN
PEER_PID=''
start_peer --ask-cert --ca "$WORK/known.crt"
slow_pid=$PEER_PID slow_port=$PEER_PORT slow_out=$PEER_OUT slow_conn=$PEER_CONN
use_slow() {
	PEER_PID=$slow_pid PEER_PORT=$slow_port PEER_OUT=$slow_out PEER_CONN=$slow_conn
}
use_others() {
	PEER_PID=$others_pid PEER_PORT=$others_port PEER_OUT=$others_out PEER_CONN=$others_conn
}

kill -STOP "$worker"
as_user 65534 --cert nobody >"$WORK/slow.json" 2>&1 </dev/null &
slow=$!
until_true 20 begun || problem "it does not begin"
use_others
given "one user's key hangs: another user's certificate" alice --cert alice
given_user "... and a third user without a certificate" none 65533
others_conn=$PEER_CONN
# On a slow machine the worker may have been killed already, and may be a zombie.
want "the one that hangs" "$(state "$worker")" 'T|Z|'
wait $slow
want "exit status" $? 7
has '"reason": "client-cert"' "$WORK/slow.json" || problem "another reason"
use_slow
next_line
want "the peer's result" "${PEER[result]}" fail
want "certificate at the peer" "${PEER[client_cert]}" none
until_true 10 gone "$worker" || problem "what hangs is not killed"
has 'uid 65534: their process does not answer' "$GUEST_RUN/credsspd.log" ||
	problem "the log does not say so"
verdict "... whose logon fails in the end, and not without a certificate"
given_user "... and succeeds the next time" nobody 65534 --cert nobody

worker=$(pgrep -n -P "$keeper")
kill -KILL "$worker"
until_true 10 gone "$worker" || problem "it does not die"
# shellcheck disable=SC2317 # called by until_true
again() {
	run_auth as_user 65534 --cert nobody
	next_line
	[ "${PEER[client_cert]}" = nobody ]
}
# This was the second loss in a minute: there is a pause before the next start.
until_true 20 again || problem "no certificate any more"
verdict "a process with keys that is killed is started again"
slow_conn=$PEER_CONN
stop_peer
use_others
given "... at no other user's cost" alice --cert alice
echo "$timeout_ms" >"$TIMEOUT_FILE"

# ---- the directory --------------------------------------------------------------

given "a certificate that is not there yet" none --cert later
client 0 later known
kill -HUP "$main"
given "... is, after SIGHUP" later --cert later
rm "$CERTS/0/alice.pem"
chmod 644 "$CERTS/0/later.pem"
kill -HUP "$main"
given "one that was removed is not" none --cert alice
auth --carrier raw --cert later "127.0.0.1:$PEER_PORT"
next_line
want "exit status" "$RC" 7
want reason "${JSON[reason]}" client-cert
want "certificate at the peer" "${PEER[client_cert]}" none
verdict "with one that others may read the logon fails"

# ---- the key keeper itself --------------------------------------------------------

worker=$(pgrep -n -P "$keeper")
kill -KILL "$keeper"
wait "$helper_pid"
want "exit status" $? 1
until_true 10 gone "$worker" || problem "the keys outlive their keeper"
has 'the key keeper has failed' "$GUEST_RUN/credsspd.log" || problem "the log does not say so"
verdict "without the key keeper the daemon ends, for its service to start it again"
CREDSSPD_ARGS="--cert-dir $CERTS" helper_up || problem "the helper does not start again"
given "... and there are certificates again" carded --cert carded

close_up
