#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The in-kernel API: the sample credssp_connect.ko authenticates from a kernel
# thread with a logon key and talks over the stream.
# guests: 6.1 6.12 backports debug
# timeout: 120

. "$(dirname "$0")/../lib.sh"

need tspeer keyctl insmod rmmod ss

SAMPLE=${CREDSSP_MODULES:?}/samples/credssp_connect.ko
RESULT=/sys/module/credssp_connect/parameters/result
[ -e "$SAMPLE" ] || bail "$SAMPLE was not built"

# add PASSWORD: the key's serial
add() {
	printf '\001alice\000\000%s' "$1" |
		keyctl padd logon credssp:TERMSRV/localhost @u
}

# shellcheck disable=SC2317 # called by until_true
ended() { [ -e "$RESULT" ] && [ "$(cat "$RESULT")" != running ]; }

# shellcheck disable=SC2317 # called by until_true
begun() { counter contexts; [ "$COUNT" = 1 ]; }

# sample PARAMETER...: loads it and waits for its result
sample() {
	insmod "$SAMPLE" target=TERMSRV/localhost "port=$PEER_PORT" "$@" 2>"$WORK/insmod" || return
	until_true 20 ended
}

key=$(add "$PASSWORD")
start_peer --x224 hybrid --echo
sample "key=$key" say=hello-from-the-kernel || problem "$(<"$WORK/insmod")"
next_line
want result "$(cat $RESULT)" "authenticated, answer 21 bytes"
want "the peer's result" "${PEER[result]}" ok
want "delegated to the peer" "${PEER[delegated]}" password
verdict "a kernel thread authenticates with a key and talks over the stream"
check "the sample unloads" rmmod credssp_connect

start_peer --x224 hybrid --wrong bind-other-key
sample "key=$key" || problem "$(<"$WORK/insmod")"
next_line
want result "$(cat $RESULT)" "refused 0x8009030f"
want "delegated to the peer" "${PEER[delegated]}" none
verdict "a kernel thread refuses a server that holds another key"
check "the sample unloads after a refusal" rmmod credssp_connect

# The server is silent and the sample is unloaded: credssp_cancel() ends the exchange.
start_peer --x224 hybrid --wrong silence-nego
insmod "$SAMPLE" target=TERMSRV/localhost "port=$PEER_PORT" "key=$key" 2>"$WORK/insmod" ||
	problem "$(<"$WORK/insmod")"
until_true 20 begun || problem "no exchange begins"
start=$SECONDS
rmmod credssp_connect || problem "it does not unload"
[ $((SECONDS - start)) -le $((5 * HANG)) ] || problem "rmmod took $((SECONDS - start)) s"
verdict "credssp_cancel() ends a kernel thread's exchange with a silent server"

key=$(add wrong)
start_peer --x224 hybrid
sample "key=$key" || problem "$(<"$WORK/insmod")"
want result "$(cat $RESULT)" "refused 0x8009030c"
verdict "a kernel thread with the wrong password is told SEC_E_LOGON_DENIED"
check "the sample unloads at last" rmmod credssp_connect
keyctl unlink "$key" @u
nothing_left "no context and no credential is left"
finish
