#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Helpers that are slow, silent, or die, or send wrong or malformed replies: each call
# ends in bounded time with the right reason, no credentials are sent, and no
# conversation is left for the next helper.
# races: yes
# timeout: 600

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl badhelper tspeer ss
TIMEOUT_FILE=$(echo /sys/module/credssp*/parameters/helper_timeout_ms)
LIMIT_BEFORE=$(cat "$TIMEOUT_FILE")
BAD_PID=''

# MODE AFTER EXIT REASON WRITE: the result with a helper that gives AFTER good replies and
# then has the fault MODE; "end": MODE affects only the last reply of the handshake. WRITE:
# the module must refuse the wrong reply, or take and drop it, before the time limit.
table() {
	cat <<-'TABLE'
	good                0  0    none
	twice               0  0    none
	never-read          0  5    timeout
	never-read          1  5    timeout
	silent              0  5    timeout
	silent              1  5    timeout
	die                 0  6    helper-died
	die                 1  6    helper-died
	error               0  6    helper-reply
	error               1  6    helper-reply
	noise               0  5    timeout            refused
	short-write         0  5    timeout            refused
	tiny-write          0  5    timeout            refused
	wrong-opcode        0  5    timeout            refused
	wrong-conversation  1  5    timeout            refused
	wrong-id            0  5    timeout            taken
	noise-payload       0  6    helper-reply
	noise-payload       1  6    helper-reply
	truncated           0  6    helper-reply
	empty               1  6    helper-reply
	trailing            0  6    helper-reply
	huge                0  6    helper-reply
	lie-state           1  6    helper-reply
	lie-wire-length     0  6    helper-reply
	lie-consumed        1  6    helper-reply
	lie-done            0  6    helper-reply
	lie-key-length      end 6    helper-reply
	lie-cipher          end 6    helper-reply
	lie-certificate     end 4|6  certificate|helper-reply
	lie-keys            end 4|5  tls-record|tls-alert|connection
	lie-resumed         end 6    helper-reply
	lie-session         end 0    none
	lie-ticket-length   end 0    none
	TABLE
}

limit_ms() { echo "$1" >"$TIMEOUT_FILE"; }

# The longest limit that the parameter takes
LONG=120000

# limit_for AFTER REASON WRITE: only a row that ends by the limit gets a short one, and the
# shortest only if the helper writes nothing before.
limit_for() {
	case $1,$2,$3 in
	0,timeout,) limit_ms $((500 * SLOW)) ;;
	*,timeout,*) limit_ms $((500 * HANG)) ;;
	*) limit_ms $LONG ;;
	esac
}

# start_bad OPTION... MODE
start_bad() {
	: >"$WORK/bad"	# remove the "ready" of the last one
	badhelper "$@" >"$WORK/bad" 2>&1 &
	BAD_PID=$!
	until_true 20 has ready "$WORK/bad" && return 0
	problem "badhelper $*: $(cat "$WORK/bad")"
	return 1
}

stop_bad() {
	[ -n "$BAD_PID" ] || return 0
	kill -KILL "$BAD_PID" 2>/dev/null
	wait "$BAD_PID" 2>/dev/null
	BAD_PID=''
}

# Each by both transports, which the oldest and the newest kernel share; in the debug guest,
# where each takes many seconds, every tenth by one of them in turn.
transports() {
	case $KERNEL,$(($1 % 20)) in
	6.1,*[02468] | backports,*[13579] | debug,0) echo socket ;;
	6.1,* | backports,* | debug,10) echo token ;;
	esac
}

# one MODE AFTER EXIT REASON WRITE TRANSPORT
one() {
	local start=$SECONDS when="after $2 good replies"
	[ "$2" != end ] || when="at the end"
	limit_for "$2" "$4" "$5"
	start_bad --after "${2/end/0}" "$1"
	auth --carrier raw --mech ntlm --transport "$6" "127.0.0.1:$PEER_PORT"
	next_line || problem "the peer has no line for it"
	if [ "$6,$2" = token,0 ] && [ "$3" != 0 ]; then
		# A failed first call makes no context, so that there is no reason to read.
		want "exit status" "$RC" '6|7'
		want reason "${JSON[reason]}" none
	else
		want "exit status" "$RC" "$3"
		want reason "${JSON[reason]}" "$4"
	fi
	if [ "$3" = 0 ]; then
		want "delegated to the peer" "${PEER[delegated]}" password
	else
		want "delegated to the peer" "${PEER[delegated]}" none
		want "the peer's result" "${PEER[result]}" fail
	fi
	[ $((SECONDS - start)) -le $((10 * HANG)) ] || problem "took $((SECONDS - start)) s"
	case $5 in
	refused)
		until_true 5 has 'refused: Invalid argument' "$WORK/bad" ||
			problem "the write was not refused"
		;;
	taken) until_true 5 has 'taken' "$WORK/bad" || problem "nothing was written" ;;
	esac
	[ "$5" = refused ] || ! has 'refused' "$WORK/bad" ||
		problem "a write was refused: $(grep refused "$WORK/bad")"
	stop_bad
	want "helper" "$(status helper_present)" false
	until_true 5 idle || problem "something is left"
	verdict "$1 $when, $6 transport"
}

# each MODE AFTER EXIT REASON WRITE: by this guest's transports
row=0
each() {
	local transport
	row=$((row + 1))
	for transport in $(transports $row); do one "$@" "$transport"; done
}

stop_helper || problem "the helper does not stop"
start_peer --timeout $((30 * HANG))
while read -r mode after code reason write; do
	each "$mode" "$after" "$code" "$reason" "$write"
done < <(table)

# In TLS 1.3 the second reply may really be the last one; in TLS 1.2 it never is.
start_peer --timeout $((30 * HANG)) --tls 1.2
each lie-done 1 6 helper-reply ''
start_peer --timeout $((30 * HANG))

# A slow helper within the time limit is no fault.
limit_ms $LONG
start_bad --ms 300 slow
auth --carrier raw --mech ntlm "127.0.0.1:$PEER_PORT"
next_line
want "exit status" "$RC" 0
verdict "a slow helper within the limit"
stop_bad
limit_ms 300
start_bad --ms 1000 slow
auth --carrier raw --mech ntlm "127.0.0.1:$PEER_PORT"
next_line
want "exit status" "$RC" 5
want reason "${JSON[reason]}" timeout
until_true 10 has 'taken' "$WORK/bad" || problem "the late reply was not written"
limit_ms $LONG
auth --carrier raw --mech ntlm "127.0.0.1:$PEER_PORT"
next_line
want "exit status" "$RC" 0
has 'refused' "$WORK/bad" && problem "the late reply was refused"
verdict "a reply that comes too late is dropped, and the helper goes on"
stop_bad

# ---- many at once --------------------------------------------------------

# in_flight COUNT: starts COUNT calls that wait for the helper
in_flight() {
	local n
	FLIGHT=()
	rm -f "$WORK"/flight.*
	for ((n = 0; n < $1; n++)); do
		credsspctl auth --user alice --password-file "$WORK/password" --carrier raw \
			--timeout $((100 * SLOW > 600 ? 600 : 100 * SLOW)) \
			--transport "$([ $((n % 2)) -eq 0 ] && echo socket || echo token)" \
			"127.0.0.1:$PEER_PORT" >"$WORK/flight.$n" 2>&1 </dev/null &
		FLIGHT+=($!)
	done
	until_true 30 all_wait "$1" || problem "only $COUNT calls are under way"
	sleep $SLOW
}

# shellcheck disable=SC2317 # until_true calls it
all_wait() { counter contexts; [ "$COUNT" -ge "$1" ]; }

# landed EXIT SECONDS: all calls have ended with EXIT within SECONDS
landed() {
	local start=$SECONDS pid rc wrong=0
	for pid in "${FLIGHT[@]}"; do
		rc=0
		{ wait "$pid"; } 2>/dev/null || rc=$?
		[ $rc -eq "$1" ] || wrong=$((wrong + 1))
	done
	want "other exit statuses" $wrong 0
	[ $((SECONDS - start)) -le $(($2 * HANG)) ] || problem "took $((SECONDS - start)) s"
}

count=20
[ "$KERNEL" != debug ] || count=8
limit_ms $LONG
# one good reply is the start of a handshake, two may be all of it
for after in 0 1; do
	start_bad --after $after silent
	in_flight $count
	stop_bad
	landed 6 10
	until_true 10 idle || problem "something is left"
	verdict "$count calls end when the helper dies, after $after good replies"
done

start_bad never-read
in_flight $count
kill -KILL "${FLIGHT[@]}"
landed 137 10
until_true 10 idle || problem "something is left"
want "helper" "$(status helper_present)" true
verdict "$count callers can be killed while the helper reads nothing"
stop_bad

start_bad silent
in_flight $count
kill -KILL "${FLIGHT[@]}"
landed 137 10
until_true 10 idle || problem "something is left"
verdict "... or has read and does not answer"
stop_bad

limit_ms "$LIMIT_BEFORE"
start_helper || problem "the real helper does not start"
disown "${helper_pid:?}"
start_peer
auth --carrier raw "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 0
verdict "the real helper works after all of them"
stop_peer
nothing_left "no context and no credential is left"
finish
