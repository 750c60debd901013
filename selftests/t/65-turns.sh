#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The helper serves users in turn: hundreds of handshakes of one user at once delay
# another user's handshake by one.
# guests: 6.1 backports debug
# races: yes
# timeout: 200

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need hold badhelper credsspctl credsspd tspeer setpriv

ALICE=1001 BOB=1002
PARAMETER=/sys/module/credssp/parameters/helper_timeout_ms
MANY=200
[ "$KERNEL" != debug ] || MANY=40

# storm NAME UID COUNT: COUNT calls wait for the helper, each in a thread
declare -A storms
storm() {
	setpriv --reuid="$2" --regid="$2" --clear-groups hold storm "$3" \
		</dev/null >"$WORK/$1" 2>&1 &
	storms[$1]=$!
	until_true 30 all_wait "${storms[$1]}" "$3" || problem "$1: $(head -n 3 "$WORK/$1")"
}

# shellcheck disable=SC2317 # until_true calls it
all_wait() {
	local waiting
	waiting=$(cat "/proc/$1"/task/*/stack 2>/dev/null | grep -c cssp_conv_call)
	[ "$waiting" -ge "$2" ]
}

# ended NAME COUNT: all calls of the storm have their reply
ended() {
	until_true 60 has 'status=' "$WORK/$1" || problem "$1 waits"
	has "got=$2 status=0x00000000" "$WORK/$1" || problem "$1: $(tail -n 1 "$WORK/$1")"
	kill "${storms[$1]}"
	wait "${storms[$1]}" 2>/dev/null
}

timeout_before=$(<$PARAMETER)
echo $((60000 * SLOW > 120000 ? 120000 : 60000 * SLOW)) >$PARAMETER

stop_helper || problem "the helper does not stop"
badhelper --tell good >"$WORK/bad" 2>&1 &
BAD_PID=$!
until_true 20 has ready "$WORK/bad" || bail "badhelper: $(head -n 3 "$WORK/bad")"
kill -STOP $BAD_PID
storm alice $ALICE $MANY
storm bob $BOB 3
kill -CONT $BAD_PID
ended bob 3
ended alice $MANY
mapfile -t order < <(sed -n 's/^request of //p' "$WORK/bad")
want "requests" ${#order[@]} $((MANY + 3))
# the two users alternate while both have requests, in either order
for n in 0 2 4; do
	want "users $n and $((n + 1))" "${order[n]} ${order[n + 1]}" \
		"$ALICE $BOB|$BOB $ALICE"
done
kill -KILL $BAD_PID
wait $BAD_PID 2>/dev/null
verdict "one user's $MANY requests delay each of another's by one"

log=$GUEST_RUN/credsspd.log
lines=$(wc -l <"$log")
export CREDSSPD_ARGS="${CREDSSPD_ARGS:-} --verbose"
helper_up || bail "credsspd does not start"
start_peer
chmod a+x "$WORK"
cp "$WORK/password" "$WORK/readable"
chmod a+r "$WORK/readable"
# shellcheck disable=SC2046 # pids are words
kill -STOP $(pidof credsspd)
storm alice $ALICE $MANY
setpriv --reuid=$BOB --regid=$BOB --clear-groups env HOME=/tmp credsspctl auth --user alice \
	--password-file "$WORK/readable" --timeout $((60 * SLOW)) --carrier raw \
	"127.0.0.1:$PEER_PORT" >"$WORK/bob" 2>&1 </dev/null &
BOB_PID=$!
# all requests of alice are queued before bob's first one
until_true 30 all_wait $BOB_PID 1 || problem "bob: $(head -n 3 "$WORK/bob")"
# shellcheck disable=SC2046 # pids are words
kill -CONT $(pidof credsspd)
wait $BOB_PID || problem "bob's logon ended with $?: $(head -n 3 "$WORK/bob")"
ended alice $MANY
mapfile -t order < <(tail -n +$((lines + 1)) "$log" |
	sed -n 's/.*conversation [0-9]* of uid \([0-9]*\),.*/\1/p')
want "handshakes" ${#order[@]} $((MANY + 1))
# without turns all of alice's would come first
want "the first two" "${order[0]} ${order[1]}" "$ALICE $BOB|$BOB $ALICE"
verdict "a logon goes through while another user begins $MANY handshakes"

echo "$timeout_before" >$PARAMETER
nothing_left "no context and no credential is left"
finish
