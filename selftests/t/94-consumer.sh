#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The in-kernel API, with right and wrong arguments, by a consumer with kernel threads:
# credssp_consumer.ko. The debug guest checks locks and sleeping.
# guests: 6.1 6.12 backports debug
# races: yes
# timeout: 200

. "$(dirname "$0")/../lib.sh"

need tspeer keyctl insmod rmmod

CONSUMER=${CREDSSP_MODULES:?}/credssp_consumer.ko
RESULTS=/sys/module/credssp_consumer/parameters/results
[ -e "$CONSUMER" ] || bail "$CONSUMER was not built"

# shellcheck disable=SC2317 # called by until_true
ended() { grep -q '^1\.\.' "$RESULTS" 2>/dev/null; }
# shellcheck disable=SC2317 # called by check
refused() { ! rmmod credssp 2>"$WORK/rmmod" && [ -d /sys/module/credssp ]; }

key=$(printf '\001alice\000\000%s' "$PASSWORD" |
	keyctl padd logon credssp:TERMSRV/localhost @u)
start_peer --echo
insmod "$CONSUMER" "port=$PEER_PORT" "key=$key" 2>"$WORK/insmod" || bail "$(<"$WORK/insmod")"
check "credssp stays while a consumer is loaded" refused
until_true 60 ended || problem "the tests do not end"
embed consumer cat "$RESULTS"
check "the consumer unloads" rmmod credssp_consumer
keyctl unlink "$key" @u
nothing_left "no context and no credential is left"
finish
