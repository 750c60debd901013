#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The in-kernel API, with right and wrong arguments, by a consumer with kernel threads:
# credssp_consumer.ko. The debug guest checks locks and sleeping.
# guests: 6.1 6.12 backports debug
# races: yes
# timeout: 300

. "$(dirname "$0")/../lib.sh"

need tspeer keyctl insmod rmmod

CONSUMER=${CREDSSP_MODULES:?}/credssp_consumer.ko
RESULTS=/sys/module/credssp_consumer/parameters/results
[ -e "$CONSUMER" ] || bail "$CONSUMER was not built"

# shellcheck disable=SC2317 # called by until_true
ended() { grep -q '^1\.\.' "$RESULTS" 2>/dev/null; }
# shellcheck disable=SC2317 # called by check
refused() { ! rmmod credssp 2>"$WORK/rmmod" && [ -d /sys/module/credssp ]; }

# shellcheck disable=SC2317 # called by check
not_for() {
	! insmod "$CONSUMER" "port=$PEER_PORT" "key=$key" "keyring=$1" "empty=$empty" \
		2>"$WORK/insmod"
}

key=$(printf '\001alice\000\000%s' "$PASSWORD" |
	keyctl padd logon credssp:TERMSRV/localhost @u)
keyring=$(keyctl newring credssp-test @u)
empty=$(keyctl newring credssp-empty @u)
printf '\001alice\000\000%s' "$PASSWORD" |
	keyctl padd logon credssp:TERMSRV/localhost "$keyring" >/dev/null
# shellcheck disable=SC2016 # for the other shell
# Another user's keyring, which everybody may search, but only that user possesses
# shellcheck disable=SC2016 # for the other shell
foreign=$(setpriv --reuid 1000 --clear-groups keyctl session - sh -c '
	keyctl link @u @s
	ring=$(keyctl newring credssp-foreign @u)
	keyctl setperm "$ring" 0x3f3f3f3f
	echo "$ring"' 2>/dev/null | tail -n 1)
start_peer --echo
check "a keyring of another user is refused, searchable or not" not_for "$foreign"
check "... with the right errno" has 'Permission denied' "$WORK/insmod"
check "... and so is a number without a key" not_for 2147483647
insmod "$CONSUMER" "port=$PEER_PORT" "key=$key" "keyring=$keyring" "empty=$empty" \
	2>"$WORK/insmod" || bail "$(<"$WORK/insmod")"
check "credssp stays while a consumer is loaded" refused
until_true 150 ended || problem "the tests do not end"
embed consumer cat "$RESULTS"
check "the consumer unloads" rmmod credssp_consumer
keyctl unlink "$key" @u
keyctl unlink "$keyring" @u
keyctl unlink "$empty" @u
nothing_left "no context and no credential is left"
finish
