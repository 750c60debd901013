#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Saved credentials: a logon key described credssp:<SPN> or credssp:<DOMAIN>;
# every other key, and every broken one, is refused.
# guests: 6.1 6.12 backports debug
# timeout: 120

. "$(dirname "$0")/../lib.sh"

need credsspctl tspeer keyctl setpriv ss

start_peer
TARGET=TERMSRV/server.example

# add TYPE DESCRIPTION PAYLOAD (printf's): the key's serial
add() {
	# shellcheck disable=SC2059 # the payload is a format
	printf "$3" | keyctl padd "$1" "$2" @u
}

good_payload='\001alice\000\000Passw0rd!'

# accepted WHAT KEY [OPTION...]
accepted() {
	local what=$1 key=$2
	shift 2
	auth --key "$key" --carrier raw --target $TARGET "$@" "127.0.0.1:$PEER_PORT"
	next_line
	want "exit status" "$RC" 0
	want "the peer's result" "${PEER[result]}" ok
	want "delegated to the peer" "${PEER[delegated]}" password
	verdict "$what"
}

# refused WHAT KEY [OPTION...]: before the user's name or password is sent
refused() {
	local what=$1 key=$2
	shift 2
	auth --key "$key" --carrier raw --target $TARGET "$@" "127.0.0.1:$PEER_PORT"
	want "exit status" "$RC" '3|7'
	want reason "${JSON[reason]}" key
	want status "${JSON[status]}" SEC_E_NO_CREDENTIALS
	want "delegations seen by the peer" \
		"$(grep -c 'delegated=\(password\|other\)' "$PEER_OUT")" $accepted
	verdict "$what"
}

accepted=0
for transport in socket token; do
	key=$(add logon credssp:$TARGET "$good_payload")
	accepted "a key for this SPN, $transport transport" "$key" --transport $transport
	accepted=$((accepted + 1))
done
# From here on connections may end early: use a new peer.
start_peer
accepted=0

key=$(add logon "credssp:TERMSRV/other.example" "$good_payload")
refused "a key for another SPN" "$key"
key=$(add logon "credssp:$TARGET.evil" "$good_payload")
refused "a key for a longer SPN" "$key"
key=$(add logon "cifs:a:127.0.0.1" 'alice:Passw0rd!')
refused "cifs' key" "$key"
key=$(add logon "dm-crypt:$TARGET" "$good_payload")
refused "another subsystem's logon key" "$key"
key=$(add user "credssp:$TARGET" "$good_payload")
refused "a key that can be read (type user)" "$key"
refused "a serial number that is no key" 2147483646

n=0
for payload in '\002alice\000\000Passw0rd!' 'alice\000\000Passw0rd!' '\001' \
	'\001alice' '\001\000\000Passw0rd!' '\001alice\000\000Passw0rd!\000more' \
	'\001al\303(ce\000\000Passw0rd!'; do
	n=$((n + 1))
	key=$(add logon "credssp:TERMSRV/broken$n" "$payload")
	TARGET=TERMSRV/broken$n
	# a payload without a password may also be refused by the server
	auth --key "$key" --carrier raw --target $TARGET "127.0.0.1:$PEER_PORT"
	want "exit status" "$RC" '2|3|7'
	[ "$n" -ne 4 ] && want reason "${JSON[reason]}" key
	grep -q 'delegated=\(password\|other\)' "$PEER_OUT" && problem "credentials were sent"
	verdict "a broken payload: $payload"
done
TARGET=TERMSRV/server.example

key=$(add logon credssp:$TARGET "$good_payload")
keyctl timeout "$key" 1
sleep 2
refused "an expired key" "$key"
key=$(add logon credssp:$TARGET "$good_payload")
keyctl revoke "$key"
refused "a revoked key" "$key"

key=$(add logon credssp:$TARGET "$good_payload")
run_auth setpriv --reuid=65534 --regid=65534 --clear-groups credsspctl auth --json \
	--key "$key" --carrier raw --target $TARGET "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" '3|7'
want status "${JSON[status]}" SEC_E_NO_CREDENTIALS
verdict "another user's key"

# Without a serial number: the key of the target's name, in any case of letters
start_peer
for target in $TARGET termsrv/Server.Example; do
	key=$(add logon credssp:$TARGET "$good_payload")
	auth --saved --carrier raw --target "$target" "127.0.0.1:$PEER_PORT"
	next_line
	want "exit status" "$RC" 0
	want "delegated to the peer" "${PEER[delegated]}" password
done
verdict "a key that is found by the target's name"

start_peer --user bob --domain EXAMPLE
accepted=1
key=$(add logon credssp:EXAMPLE '\001bob\000EXAMPLE\000Passw0rd!')
auth --key "$key" --carrier raw --target $TARGET "127.0.0.1:$PEER_PORT"
next_line
want "exit status" "$RC" 0
want "user at the peer" "${PEER[user]}" bob
want "domain at the peer" "${PEER[deleg_domain]}" EXAMPLE
verdict "a key for a domain serves its hosts"
key=$(add logon credssp:OTHER '\001bob\000EXAMPLE\000Passw0rd!')
refused "a key for one domain with a user of another" "$key"

keyctl clear @u
nothing_left "no context and no credential is left"
finish
