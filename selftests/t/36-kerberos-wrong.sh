#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kerberos logons that must fail, with the right exit status and reason, in bounded time and
# before any credentials are sent: users, passwords, tickets, clocks, KDCs and peers with
# faults; other users' caches and other namespaces; workers and helpers that are killed.
# Meanwhile the logons of others go on.
# guests: 6.1
# timeout: 500

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd tspeer fakekdc ss kinit keyctl setpriv unshare ip

# An unprivileged user, whose workers are found by the number
STRANGER=4242
AS_STRANGER=(setpriv "--reuid=$STRANGER" "--regid=$STRANGER" --clear-groups)

DELEGATE='allow-default = TERMSRV/*'
policy() {
	printf '%s\n' "$@" >"$WORK/policy.conf"
	credsspctl policy load "$WORK/policy.conf" || problem "policy load: $*"
}

kerberos_peer() {
	KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/peer.keytab" "$@"
}

met_peer() {
	PEER=()
	[ -z "${JSON[address]}" ] || next_line || problem "the peer has no line for it"
}

# attempt OPTION...: in bounded time, and without anything that the peer could use
attempt() {
	local start=$SECONDS
	auth --carrier raw --target "$PEER_TARGET" "$@" "127.0.0.1:$PEER_PORT"
	met_peer
	[ $((SECONDS - start)) -le $((20 * HANG)) ] || problem "took $((SECONDS - start)) s"
}

# failed EXIT STATUSES REASONS: the result of the last attempt
failed() {
	want "exit status" "$RC" "$1"
	want status "${JSON[status]}" "$2"
	want reason "${JSON[reason]}" "$3"
	want result "${JSON[result]}" failed
	want delegated "${JSON[delegated]}" false
	want "delegated to the peer" "${PEER[delegated]:-none}" none
}

# refused WHAT EXIT STATUSES REASONS OPTION...
refused() {
	local what=$1 code=$2 statuses=$3 reasons=$4
	shift 4
	attempt "$@"
	failed "$code" "$statuses" "$reasons"
	verdict "$what"
}

# no_second_try WHAT EXIT STATUSES REASONS OPTION...: by Kerberos alone and by Negotiate,
# which must not try the same password by NTLM.
no_second_try() {
	local what=$1 mech
	for mech in kerberos negotiate; do
		my_turn 2 || continue
		attempt --mech $mech "${@:5}"
		failed "$2" "$3" "$4"
		want "user at the peer" "${PEER[user]:-}" ''
		verdict "$what, $mech"
	done
}

# has_trace PATTERN...: the last attempt's lines about KDCs and tickets
has_trace() {
	local pattern
	for pattern; do
		has "$pattern" "$WORK/auth.json" || problem "no line with '$pattern'"
	done
}

# logon WHAT OPTION...: one that must succeed
logon() {
	local what=$1
	shift
	attempt "$@"
	succeeded
	verdict "$what"
}

succeeded() {
	want "exit status" "$RC" 0
	want reason "${JSON[reason]}" none
	want "the peer's result" "${PEER[result]}" ok
	want "the peer's package" "${PEER[package]}" kerberos
}

denied=SEC_E_LOGON_DENIED no_creds=SEC_E_NO_CREDENTIALS
no_authority=SEC_E_NO_AUTHENTICATING_AUTHORITY

patient
kdc_make && kdc_start 0 && kdc_helper
verdict "a KDC with two realms, and a helper that knows them"
chmod 755 "$WORK"
chmod 644 "$WORK/password"
CCACHE=FILE:$KDC/alice.cc
policy "$DELEGATE"
kerberos_peer

# ---- users and passwords ------------------------------------------------------

no_second_try "a wrong password" 2 $denied wrong-password --password-file "$WORK/wrong-password"
no_second_try "a wrong password without pre-authentication" 2 $denied wrong-password \
	--user plain --password-file "$WORK/wrong-password"
no_second_try "a locked user" 2 $denied account --user locked
no_second_try "a user whose account has expired" 2 $denied account --user gone
no_second_try "a password that has expired" 2 $denied password-expired --user stale
no_second_try "a password that must be changed" 2 $denied password-expired --user changed
refused "an unknown user" 2 $denied client-unknown --mech kerberos --user nobody
refused "a service without a principal" 1 SEC_E_TARGET_UNKNOWN target-unknown \
	--mech kerberos --target TERMSRV/nosuch.credssp.test
refused "an address as target" '1|7' SEC_E_TARGET_UNKNOWN no-realm --mech kerberos \
	--target TERMSRV/127.0.0.1
refused "a realm without a KDC" '5|7' $no_authority 'no-kdc|no-realm' --mech kerberos \
	--realm NOWHERE.TEST
refused "alice in the wrong realm" 2 $denied client-unknown --mech kerberos --realm $OTHER_REALM
# The peer's library does not know user-to-user: it has no TGT-REP.
refused "a service that takes user-to-user tickets only, and a server that does not" '3|7' \
	SEC_E_WRONG_PRINCIPAL krb-error --mech kerberos --target TERMSRV/user.credssp.test

# ---- tickets --------------------------------------------------------------------

no_tickets() {
	local what=$1
	shift
	refused "$what" 1 $no_creds no-tickets --mech kerberos "$@"
}

: >"$KDC/empty.cc"
printf '\005\004 and no more' >"$KDC/broken.cc"
mkdir "$KDC/dir"
no_tickets "no default cache" --ccache
no_tickets "no such cache" "--ccache=FILE:$KDC/none.cc"
no_tickets "an empty file as cache" "--ccache=FILE:$KDC/empty.cc"
no_tickets "a broken cache" "--ccache=FILE:$KDC/broken.cc"
no_tickets "a directory without caches" "--ccache=DIR:$KDC/dir"
no_tickets "a type of cache that there is not" --ccache=NOSUCH:x
no_tickets "no such keyring" --ccache=KEYRING:user:credssp-none
kdc_ticket alice KEYRING:session:credssp-own
logon "a cache in the session keyring" --mech kerberos --ccache=KEYRING:session:credssp-own
no_tickets "no such keytab" "--keytab=$KDC/none.keytab" --user alice
no_tickets "a broken keytab" "--keytab=$KDC/broken.cc" --user alice
no_tickets "a keytab without the user" "--keytab=$KDC/alice.keytab" --user bob
kdc_ticket alice FILE:"$KDC/short.cc" -l 1s
sleep 2
refused "tickets that have expired" 1 $no_creds tickets-expired --mech kerberos \
	"--ccache=FILE:$KDC/short.cc"
kdc_ticket alice "$CCACHE"
refused "a cache, for a service without a principal" 1 SEC_E_TARGET_UNKNOWN target-unknown \
	--mech kerberos "--ccache=$CCACHE" --target TERMSRV/nosuch.credssp.test
refused "a cache, and an address, which only NTLM could serve" '1|7' SEC_E_TARGET_UNKNOWN \
	no-realm "--ccache=$CCACHE" --target TERMSRV/127.0.0.1
kdc_admin $REALM <<-LINES
	addprinc -randkey +requires_preauth robot
	ktadd -k $KDC/robot.keytab robot
LINES
kerberos_peer --user robot
logon "a keytab" --mech kerberos "--keytab=$KDC/robot.keytab" --user robot
kdc_rekey robot
refused "a keytab with an old key" 2 $denied wrong-password --mech kerberos \
	"--keytab=$KDC/robot.keytab" --user robot
kerberos_peer

# ---- the server's keys ------------------------------------------------------------

# A key of the peer's that is not the KDC's: the peer answers KRB-ERRORs of its own.
kdc_rekey "$PEER_TARGET"
for mech in kerberos negotiate; do
	attempt --mech $mech
	failed '2|3|7' "SEC_E_WRONG_PRINCIPAL|$denied" krb-error
	want krb_error_code "${JSON[krb_error_code]}" '41|44'
	verdict "the peer's keytab is old, $mech"
done
kdc_enctype aes256-cts-hmac-sha1-96
KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/other.keytab"
attempt --mech kerberos
failed '2|3|7' "SEC_E_WRONG_PRINCIPAL|$denied" krb-error
verdict "the peer is another one than the target"
kerberos_peer
logon "the peer has the new key" --mech kerberos

# ---- clocks -------------------------------------------------------------------------

# skewed FROM TO: the report says by how much
skewed() {
	local skew=${JSON[skew]:-0}
	if [ "$skew" -lt "$1" ] || [ "$skew" -gt "$2" ]; then
		problem "skew is '$skew', not from $1 to $2"
	fi
}
kdc_client_conf "$KDC/krb5.conf" "$KDC_PORT" 'kdc_timesync = 0'
for ahead in 3600 -3600; do
	kdc_start $ahead
	attempt --mech kerberos
	failed 7 SEC_E_TIME_SKEW skew
	skewed $((ahead - 600)) $((ahead + 600))
	verdict "the KDC's clock differs by $ahead seconds"
	refused "... and NTLM is not tried" 7 SEC_E_TIME_SKEW skew --mech negotiate
done
kdc_client_conf "$KDC/krb5.conf" "$KDC_PORT"
kdc_start 0
logon "the clocks are right again" --mech kerberos

# ---- KDCs with faults -------------------------------------------------------------------

# NUMBER is of the fault; what follows is the expected exit status and reason
while read -r fault number code reasons; do
	my_turn 4 || continue
	fakekdc_start "$fault" "$number"
	kdc_reload
	attempt --mech kerberos --timeout $((10 * HANG))
	failed "$code" '*' "$reasons"
	has 'request (udp|tcp)' "$FAKEKDC_OUT" || problem "the KDC got no request"
	verdict "a KDC with the fault $fault $number"
done <<-'TABLE'
	garbage   0  4    kdc-answer
	empty     0  4|5  kdc-answer|no-kdc
	half      0  4|5  kdc-answer|no-kdc
	huge      0  4|5  kdc-answer|no-kdc
	echo      0  4    kdc-answer
	cut-error 6  4    kdc-answer
	altered   0  2|4  kdc-answer|wrong-password
	error     1  2    account
	error     6  2    client-unknown
	error     14 3    enctype
	error     18 2    account
	error     23 2    password-expired
	error     24 2    wrong-password
	error     37 7    skew
	error     41 4    kdc-answer
	error     60 2    krb-error
TABLE
for fault in 'slow 700' too-big tcp right; do
	my_turn 4 || continue
	# shellcheck disable=SC2086 # words
	fakekdc_start $fault
	kdc_reload
	logon "a KDC that is odd: $fault" --mech kerberos
done
fakekdc_stop
kdc_reload
logon "the right KDC again" --mech kerberos
has_trace "message to a KDC of $REALM" 'request to dgram 127.0.0.1:8800' 'KRB-ERROR 25:' \
	"ticket krbtgt/$REALM@$REALM, .*, until 2" "ticket $PEER_TARGET@$REALM, .*, until 2"
verdict "... and what was asked, answered and used is told"

# ---- silence: the deadline is kept, and others go on -------------------------------------

# in_time SECONDS: the last attempt, from $start on, ended after about so many seconds
in_time() {
	local took=$((SECONDS - start))
	[ $took -le $(($1 + 12 * HANG)) ] || problem "took $took s"
}
LIMIT=$((SLOW > 1 ? 20 : 4))
for fault in silent "slow $((600 * 1000))"; do
	# shellcheck disable=SC2086 # words
	fakekdc_start $fault
	kdc_reload
	start=$SECONDS
	attempt --mech kerberos --timeout $LIMIT
	failed 5 "$no_authority" 'timeout|no-kdc'
	in_time $LIMIT
	verdict "a KDC that is $fault: the call ends in time"
	# A worker that is killed at the deadline has told nothing.
	[ "${JSON[reason]}" != no-kdc ] || has_trace 'request to dgram 127.0.0.1:[0-9]+' 'no answer'
	verdict "... and which KDC it was is told"
done
kdc_reload
saved=$(<"$PARAMETERS/helper_timeout_ms")
echo $((LIMIT * 1000)) >"$PARAMETERS/helper_timeout_ms"
start=$SECONDS
attempt --mech kerberos --timeout $((30 * HANG))
failed '5|6' "$no_authority" 'timeout|no-kdc'
in_time $LIMIT
verdict "a silent KDC: the module's time limit for the helper ends the call"
echo "$saved" >"$PARAMETERS/helper_timeout_ms"
kdc_reload

# Some who wait for the silent KDC of one realm; others have tickets, NTLM, another realm.
waiting=()
for ((i = 0; i < 6; i++)); do
	"${AS_STRANGER[@]}" timeout $((90 * HANG)) credsspctl auth --user alice --mech kerberos --carrier raw \
		--timeout $((20 * HANG)) --password-file "$WORK/password" --target "$PEER_TARGET" \
		"127.0.0.1:$PEER_PORT" >/dev/null 2>&1 </dev/null &
	waiting+=($!)
done
until_true 20 has request "$FAKEKDC_OUT" || problem "nobody waits for the KDC"
start=$SECONDS
crowd_pid=$PEER_PID
PEER_PID=''	# start_peer must leave it alone
KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/other.keytab" --user carol
attempt --user carol --realm $OTHER_REALM --mech kerberos --target "$OTHER_TARGET"
succeeded
verdict "while others wait for a silent KDC, a user of another realm logs on"
auth --carrier raw --mech ntlm --user carol "127.0.0.1:$PEER_PORT"
next_line
want "exit status" "$RC" 0
in_time 5
verdict "... and a user by NTLM"
alive=0
for pid in "${waiting[@]}"; do ! kill -0 "$pid" 2>/dev/null || alive=$((alive + 1)); done
[ $alive -gt 0 ] || problem "none of the waiting ones waits"
for pid in "${waiting[@]}"; do
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
done
verdict "... and the others wait until they are killed"
kill "$crowd_pid" 2>/dev/null
wait "$crowd_pid" 2>/dev/null
fakekdc_stop
kdc_reload
kerberos_peer
until_true 20 idle || problem "something is left of those who were killed"
verdict "nothing is left of the killed ones"

# ---- other users' tickets, other namespaces -------------------------------------------------

# stranger OPTION...: as an attempt, of another user
stranger() {
	run_auth "${AS_STRANGER[@]}" credsspctl auth --json --carrier raw --target "$PEER_TARGET" \
		--mech kerberos "$@" "127.0.0.1:$PEER_PORT"
	met_peer
}

kdc_ticket alice "$CCACHE"
kdc_ticket alice FILE:/tmp/krb5cc_0
chmod 600 "${CCACHE#FILE:}" /tmp/krb5cc_0
cp "$KDC/alice.keytab" "$KDC/root.keytab"
chmod 600 "$KDC/root.keytab"
names=("--ccache=$CCACHE" --ccache=FILE:/tmp/krb5cc_0 --ccache "--keytab=$KDC/root.keytab --user alice")
kdc_ticket alice KEYRING:persistent:0
kdc_ticket alice KEYRING:user:credssp
names+=(--ccache=KEYRING:persistent:0 --ccache=KEYRING:user:credssp)
for name in "${names[@]}"; do
	# shellcheck disable=SC2086 # words
	stranger $name
	failed 1 $no_creds no-tickets
	want "user at the peer" "${PEER[user]:-}" ''
	verdict "another user names root's tickets: $name"
done
rm -f /tmp/krb5cc_0

# A file that a supplementary group of the caller may read, and nobody else of it. No database
# of users has the group: it is the caller's by its credentials alone.
GROUP=4343
cp "$KDC/alice.keytab" "$KDC/group.keytab"
chown "0:$GROUP" "$KDC/group.keytab"
chmod 640 "$KDC/group.keytab"
by_group() {
	run_auth setpriv --reuid=$STRANGER --regid=$STRANGER "$1" credsspctl auth --json \
		--carrier raw --target "$PEER_TARGET" --mech kerberos \
		"--keytab=$KDC/group.keytab" --user alice "127.0.0.1:$PEER_PORT"
	met_peer
}
by_group --groups=$GROUP
succeeded
verdict "a keytab that a supplementary group may read"
by_group --clear-groups
failed 1 $no_creds no-tickets
verdict "... and nobody without the group"

credsspctl status --json | tr -d '\n' >"$WORK/status" || problem "credsspctl status"
check "status shows the KDC that has answered" \
	grep -Eq "\"realm\": ?\"$REALM\"[^}]*\"result\": ?\"answered\"" "$WORK/status"

# foreign WHAT COMMAND...: the command of a user with tickets, in other namespaces
foreign() {
	local what=$1
	shift
	run_auth "$@" credsspctl auth --json --carrier raw --target "$PEER_TARGET" \
		--mech kerberos "$TICKETS" "127.0.0.1:$PEER_PORT"
	met_peer
	failed 3 $no_creds foreign
	verdict "$what"
}

cp "${CCACHE#FILE:}" "$KDC/stranger.cc" && chown $STRANGER:$STRANGER "$KDC/stranger.cc"
cp -p "$KDC/stranger.cc" /tmp/krb5cc_$STRANGER
cp "$KDC/alice.keytab" "$KDC/stranger.keytab"
for TICKETS in --ccache "--ccache=FILE:$KDC/stranger.cc"; do
	stranger "$TICKETS"
	succeeded
	verdict "the user's own tickets, $TICKETS"
	foreign "a new user namespace, $TICKETS" "${AS_STRANGER[@]}" unshare -Ur
	foreign "a new user and mount namespace, $TICKETS" "${AS_STRANGER[@]}" unshare -Urm
	foreign "a new mount namespace of root's, $TICKETS" unshare -m
	foreign "a new mount namespace of the user's, $TICKETS" unshare -m "${AS_STRANGER[@]}"
done
TICKETS="--keytab=$KDC/stranger.keytab"
foreign "a new user namespace, a keytab" "${AS_STRANGER[@]}" unshare -Ur
rm -f /tmp/krb5cc_$STRANGER
# A password is given in the call: it is not read from anywhere.
for space in '-Ur' '-Urm'; do
	run_auth "${AS_STRANGER[@]}" unshare $space credsspctl auth --json --carrier raw --mech kerberos \
		--user alice --password-file "$WORK/password" --target "$PEER_TARGET" \
		"127.0.0.1:$PEER_PORT"
	met_peer
	succeeded
	verdict "a password becomes tickets in new namespaces too, unshare $space"
done
run_auth unshare -n bash -c 'ip link set lo up; exec "$@"' - credsspctl auth --json --carrier raw \
	--mech kerberos "--ccache=$CCACHE" --target "$PEER_TARGET" "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" '3|6'
want reason "${JSON[reason]}" 'no-helper|foreign'
verdict "a new network namespace, which has no helper"
# The helper's own configuration counts, and nothing of the caller's environment.
kdc_client_conf "$WORK/evil.conf" "$DEAD_PORT"
chmod 644 "$WORK/evil.conf"
KRB5_CONFIG=$WORK/evil.conf KRB5_TRACE=$WORK/trace KRB5_KTNAME=/nonexistent \
	logon "the caller's environment changes nothing" --mech kerberos
[ ! -e "$WORK/trace" ] || problem "a worker wrote the trace"
verdict "... and no file is written for it"

# ---- killed workers and helpers -----------------------------------------------------------------

# workers: WORKERS are the processes that work for the stranger
workers() {
	local pid key uid
	WORKERS=()
	for pid in $(pidof credsspd); do
		while read -r key uid _; do
			[ "$key" != Uid: ] || [ "$uid" != $STRANGER ] || WORKERS+=("$pid")
		done <"/proc/$pid/status"
	done 2>/dev/null
	[ ${#WORKERS[@]} -gt 0 ]
}
# shellcheck disable=SC2317 # called by until_true
no_workers() { ! workers; }
kill_workers() { kill -KILL "${WORKERS[@]}" 2>/dev/null; }

# in_background FILE OPTION...: the stranger's logon; writes "EXIT REASON DELEGATED"
in_background() {
	local file=$1
	shift
	(
		run_auth "${AS_STRANGER[@]}" credsspctl auth --json --user alice --carrier raw --mech kerberos \
			--password-file "$WORK/password" --target "$PEER_TARGET" \
			--timeout $((30 * HANG)) "$@" "127.0.0.1:$PEER_PORT"
		printf '%s %s %s\n' "$RC" "${JSON[reason]}" "${JSON[delegated]}" >"$file"
	) &
	BACKGROUND=$!
}

for transport in socket token; do
	kdc_pause
	start=$SECONDS
	in_background "$WORK/killed" --transport $transport
	until_true 20 workers || problem "there is no worker"
	tick
	kill_workers
	wait "$BACKGROUND"
	read -r RC reason delegated <"$WORK/killed"
	want "exit status" "$RC" '6|7'
	want reason "$reason" 'helper-reply|helper-died'
	want delegated "$delegated" false
	in_time 5
	verdict "a worker killed while it waits for the KDC, $transport transport"
	kdc_resume
	kerberos_peer
	logon "... and the next logon succeeds" --mech kerberos
done

# Between the AP-REQ and the AP-REP: the peer waits before it answers. The KDC's log tells
# when the ticket was issued.
kerberos_peer --wrong wait-nego
# shellcheck disable=SC2317 # called by until_true
requests_are() { [ "$(kdc_requests)" -ge "$1" ]; }
hits=0
for ((round = 0; round < 4 && hits < 2; round++)); do
	issued=$(($(kdc_requests) + 3))
	in_background "$WORK/killed"
	until_true 20 requests_are $issued || problem "no ticket was issued"
	# It has received the AP-REQ or will do so, and does not answer meanwhile.
	kill -STOP "$PEER_PID"
	workers && kill_workers
	kill -CONT "$PEER_PID"
	wait "$BACKGROUND"
	read -r RC reason delegated <"$WORK/killed"
	[ "$RC" = 0 ] || hits=$((hits + 1))
	want "exit status" "$RC" '0|6|7'
	[ "$RC" = 0 ] || want reason "$reason" 'helper-reply|helper-died'
	[ "$RC" = 0 ] || want delegated "$delegated" false
	next_line
done
[ $hits -gt 0 ] || problem "the worker was never killed in time"
verdict "a worker killed between AP-REQ and AP-REP"
kerberos_peer
logon "... and the next logon succeeds" --mech kerberos

kdc_pause
start=$SECONDS
in_background "$WORK/killed"
until_true 20 workers || problem "there is no worker"
# shellcheck disable=SC2046 # pids are words
kill -KILL $(pidof credsspd)
wait "$BACKGROUND"
read -r RC reason delegated <"$WORK/killed"
want "exit status" "$RC" 6
# The last words of the helper may be that its worker was killed.
want reason "$reason" 'helper-died|no-helper|helper-reply'
in_time 5
verdict "the helper killed while a worker waits for the KDC"
kdc_resume
until_true 10 no_workers || problem "a worker outlives its helper"
helper_up || bail "credsspd does not start again"
kerberos_peer
logon "a new helper serves Kerberos" --mech kerberos

# Each of the helper's processes: it goes on without it, or ends and is started again.
mapfile -t processes < <(pidof credsspd | tr ' ' '\n')
for pid in "${processes[@]}"; do
	kill -KILL "$pid" 2>/dev/null
	tick
	attempt --mech kerberos --timeout $((10 * HANG))
	want "exit status" "$RC" '0|5|6|7'
	[ "$RC" = 0 ] || want "delegated to the peer" "${PEER[delegated]:-none}" none
	if [ "$RC" != 0 ]; then
		stop_helper
		helper_up || bail "credsspd does not start again"
	fi
done
kerberos_peer
logon "after each of the helper's ${#processes[@]} processes was killed" --mech kerberos
until_true 10 idle || problem "something is left"
verdict "nothing is left of the killed ones"

# ---- several users at once ------------------------------------------------------------------------

crowd=8 rounds=3
[ "$KERNEL" != debug ] || crowd=4 rounds=1

cat >"$WORK/member" <<'MEMBER'
rounds=$1 user=$2 tickets=$3 target=$4 port=$5 password=$6
options=(--user "$user" --password-file "$password")
if [ -n "$tickets" ]; then
	keyctl link @u @s
	kinit -c "$tickets" "$user" <"$password" >/dev/null || exit 90
	options=("--ccache=$tickets")
fi
for ((i = 0; i < rounds; i++)); do
	credsspctl auth --carrier raw --mech kerberos "${options[@]}" --target "$target" \
		"127.0.0.1:$port" </dev/null >/dev/null || exit
done
MEMBER

# member N: user N, whose tickets are in a cache of a kind of its own
member() {
	local n=$1 uid=$((5000 + $1)) tickets home=$KDC/user.$1
	install -d -o $uid -g $uid -m 700 "$home"
	case $((n % 4)) in
	0) tickets=FILE:$home/cc ;;
	1) tickets=DIR:$home ;;
	2) tickets=KEYRING:persistent:$uid ;;
	3) tickets='' ;;	# a password each time
	esac
	setpriv --reuid=$uid --regid=$uid --clear-groups keyctl session - bash "$WORK/member" \
		$rounds "user$n" "$tickets" "$PEER_TARGET" "$PEER_PORT" "$WORK/password" \
		>"$WORK/member.$n" 2>&1
}

kerberos_peer
pids=()
for ((n = 1; n <= crowd; n++)); do
	member $n &
	pids+=($!)
done
for ((n = 1; n <= crowd; n++)); do
	rc=0
	wait "${pids[$((n - 1))]}" || rc=$?
	[ $rc -eq 0 ] || problem "user$n: exit status $rc: $(head -n 3 "$WORK/member.$n" | tr "\n" ";")"
	want "logons of user$n" "$(grep -c "result=ok .* user=user$n domain" "$PEER_OUT")" $rounds
done
verdict "$crowd users at once, each with its own kind of tickets"

# ---- faults of the peer -----------------------------------------------------------------------------

# NAME EXIT REASONS, as in 40-peer-wrong.sh
expectations() {
	cat <<-'TABLE'
	krb-bad-mic       4    mech-mic
	krb-ntlm-oid      3|4  spnego|not-chosen|mech-token
	krb-refused       2|4  spnego
	krb-no-ap-rep     4    spnego|mech-token|unexpected-field
	krb-altered       3|4  server-not-proven|mech-mic
	krb-cut           3|4  mech-token|server-not-proven|spnego
	krb-other-token   4    mech-token
	krb-again         3|4  server-not-proven|mech-mic
	krb-skew          7    skew
	krb-modified      3|7  krb-error
	krb-user-to-user  3    user-to-user
	krb-generic       2    krb-error
	krb-unknown       2    krb-error
	krb-incomplete    2|4  krb-error|spnego
	krb-error-cut     4    mech-token|spnego|der
	cfx-*             4    binding|mech-mic|mech-token
	bind-missing      4    unexpected-field|binding
	bind-*            4    binding|mech-mic|mech-token
	close-nego        2|5  connection|closed-after-auth
	close-auth        2|5  connection|closed-after-auth
	reset-nego        2|5  connection|closed-after-auth
	alert-auth        2|4  tls-alert|closed-after-auth
	silence-nego      5    timeout
	silence-auth      5    timeout
	error-nego        2    error-code
	error-auth        2    error-code
	TABLE
}
TABLE=$(expectations)
# expected NAME: sets CODE and REASONS
expected() {
	local pattern
	while read -r pattern CODE REASONS; do
		# shellcheck disable=SC2254 # a pattern
		case $1 in $pattern) return 0 ;; esac
	done <<<"$TABLE"
	return 1
}

declare -A ERROR_CODES=([krb-skew]=37 [krb-modified]=41 [krb-user-to-user]=69
	[krb-generic]=60 [krb-unknown]=4000)

one() {
	local name=$1 text=$2 transport options=("--ccache=$CCACHE")
	[[ $name != *silence* ]] || options+=(--timeout $((SLOW > 1 ? 20 : 2)))
	for transport in socket token; do
		my_turn 12 || continue
		# its first answer is right, and kept
		[ "$name" != krb-again ] || attempt "${options[@]}"
		attempt "${options[@]}" --transport $transport
		failed "$CODE" '*' "$REASONS"
		want "the peer's wrong" "${PEER[wrong]}" "$name"
		[ -z "${ERROR_CODES[$name]:-}" ] ||
			want krb_error_code "${JSON[krb_error_code]}" "${ERROR_CODES[$name]}"
		[ "$name" != krb-skew ] || skewed 3000 4200
		verdict "$name: $text, $transport transport"
	done
}

kdc_ticket alice "$CCACHE"
policy "$DELEGATE"
kerberos_peer --every-wrong --timeout $((20 * HANG))
while read -r name is needs text; do
	[ "$is" = bad ] || continue
	case $needs,$name in
	kerberos,*) ;;
	-,bind-* | hash,bind-* | -,close-nego | -,close-auth | -,reset-nego) ;;
	-,alert-auth | -,silence-nego | -,silence-auth | -,error-nego | -,error-auth) ;;
	*) continue ;;
	esac
	if ! expected "$name"; then
		not_ok "$name: there is no expectation for it"
		continue
	fi
	peer_port "$name"
	one "$name" "$text"
done < <(tspeer --list-wrong)

credsspctl policy reset
stop_peer
nothing_left "no context and no credential is left"
finish
