#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# credsspctl accept behind tsproxy: a good client of whose messages one is altered, cut short,
# repeated, replaced by another or left out, inside of TLS and below it (peers/alter.c). Each
# ends in a clear verdict without a logon, and the acceptor goes on.
# guests: 6.1
# timeout: 200

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl tsproxy openssl

PROXY_PID='' PROXY_OUT=$WORK/proxy

# proxy_start PORT: sets PROXY_PORT
proxy_start() {
	tsproxy --pem /etc/credssp/certs/0/default.pem --to "$1" --timeout $((20 * HANG)) \
		>"$PROXY_OUT" 2>&1 &
	PROXY_PID=$!
	until_true 20 has '^listening.*ready' "$PROXY_OUT" || bail "tsproxy does not listen"
	[[ $(<"$PROXY_OUT") =~ port=([0-9]+) ]]
	PROXY_PORT=${BASH_REMATCH[1]}
}

# altered NUMBER NAME: it was done
altered() {
	until_true 20 has "conn $1 alter=$2 .*altered=yes" "$PROXY_OUT" ||
		problem "not done: $(grep "^conn $1 " "$PROXY_OUT")"
}

# A verdict that says what has happened
clear_refusal() {
	want status "${FIELD[status]}" 'SEC_E_*|SEC_I_*'
	[[ ${FIELD[status]} != SEC_E_OK ]] || problem "a logon"
	[[ ${FIELD[status]} != SEC_E_INTERNAL_ERROR ]] || problem "an internal error"
	[[ ${FIELD[reason]} != none ]] || problem "no reason"
	want user "${FIELD[user]}" ''
	want delegated "${FIELD[delegated]}" none
}

patient
accept_set_up || problem "accept_set_up"
stop_helper
# Alterations of what NTLM proves are wrong passwords.
CREDSSPD_ARGS="--lockout-failures 0 --failure-delay 10"
start_helper || problem "the helper does not start"
accept_start --carrier raw
proxy_start "$ACCEPT_PORT"
verdict "an acceptor, and a proxy that has its key"

number=0
while read -r name outcome; do
	number=$((number + 1))
	auth --carrier raw "127.0.0.1:$PROXY_PORT"
	next_event verdict
	altered $number "$name"
	if [ "$outcome" = any ]; then
		[ "${FIELD[status]}" != SEC_E_OK ] || accepted
	else
		clear_refusal
	fi
	[ "$name" != none ] || want "exit status" "$RC" 0
	note "$name: ${FIELD[status]} ${FIELD[reason]} ${FIELD[leg]}"
	verdict "$name"
done < <(tsproxy --list)
wait "$PROXY_PID"
want "the proxy's exit status" $? 0
auth --carrier raw "127.0.0.1:$ACCEPT_PORT"
next_event verdict
accepted
verdict "the acceptor goes on"

accept_stop
stop_helper
unset CREDSSPD_ARGS
helper_up
nothing_left "no context and no credential is left"
finish
