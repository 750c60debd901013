#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Credential caches of several users at once, of each kind: FILE, DIR, KEYRING (session,
# legacy, persistent, user) and KCM, with Heimdal's server. Nobody gets at the tickets of
# another user, session or namespace, and killed workers leave nothing.
# guests: backports
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd tspeer ss kinit klist keyctl setpriv unshare pgrep kcm

# Users without an entry in the user database; user N of the KDC is FIRST + N here.
FIRST=5000 USERS=3
as_user() { AS=(setpriv "--reuid=$((FIRST + $1))" "--regid=$((FIRST + $1))" --clear-groups); }

kerberos_peer() {
	KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/peer.keytab" "$@"
}

# What users do, in one process: user.sh OUTPUT VERB...
#   kinit USER CACHE	gets a TGT
#   auth CACHE		logs on: OUTPUT.json; with an empty CACHE: the default one
#   show CACHE		what is in it: OUTPUT.klist
#   wait FILE		until there is the file; it tells that by OUTPUT.waits
#   revoke		revokes its session keyring
cat >"$WORK/user.sh" <<'SCRIPT'
exec 2>>"$1.err" </dev/null
out=$1
shift
while [ $# -gt 0 ]; do
	case $1 in
	kinit) kinit -c "$3" "$2" <"$WORK/password" >/dev/null || exit; shift 3 ;;
	auth)
		credsspctl auth --json --carrier raw --mech kerberos --target "$PEER_TARGET" \
			--timeout "$LIMIT" "--ccache${2:+=$2}" "127.0.0.1:$PEER_PORT" >"$out.json"
		echo $? >"$out.rc"
		shift 2
		;;
	show) klist -c "$2" >"$out.klist"; shift 2 ;;
	wait) : >"$out.waits"; until [ -e "$2" ]; do sleep 0.1; done; shift 2 ;;
	revoke) keyctl revoke @s; shift ;;
	esac
done
SCRIPT
export WORK PEER_TARGET PEER_PORT
export LIMIT=$((30 * HANG))

# user N OUTPUT VERB...: in the session that the caller has
user() {
	as_user "$1"
	shift
	"${AS[@]}" "${SPACE[@]}" bash "$WORK/user.sh" "$WORK/users/$1" "${@:2}"
}
# session N OUTPUT VERB...: in a new session
session() {
	as_user "$1"
	shift
	"${AS[@]}" keyctl session - "${SPACE[@]}" bash "$WORK/user.sh" "$WORK/users/$1" "${@:2}" \
		>/dev/null 2>&1
}
SPACE=()

# result OUTPUT: RC and JSON of its last logon
result() {
	local output=$WORK/users/$1
	run_auth cat "$output.json"
	RC=none
	! [ -s "$output.rc" ] || read -r RC <"$output.rc"
	rm -f "$output.json" "$output.rc"
}

# logged_on OUTPUT USER
logged_on() {
	result "$1"
	want "$1: exit status" "$RC" 0
	want "$1: reason" "${JSON[reason]}" none
	want "$1: client" "${JSON[client]}" "$2@$REALM"
}

# has_none OUTPUT [REASONS]: a logon that found no tickets
has_none() {
	result "$1"
	want "$1: exit status" "$RC" '1|3'
	want "$1: status" "${JSON[status]}" SEC_E_NO_CREDENTIALS
	want "$1: reason" "${JSON[reason]}" "${2:-no-tickets}"
	want "$1: client" "${JSON[client]:-}" ''
}

# Keys that are root's, among them the keyrings that the module lends to credsspd
# shellcheck disable=SC2317 # called by until_true
keys_of_root() {
	local id usage keys rest
	ROOT_KEYS=0
	while read -r id usage keys rest; do
		[ "$id" != 0: ] || ROOT_KEYS=${keys%/*}
	done </proc/key-users
}
# shellcheck disable=SC2317 # called by until_true
few_keys() { keys_of_root; [ "$ROOT_KEYS" -le "$1" ]; }
# The kernel frees keys late.
# shellcheck disable=SC2317 # called by until_true
keys_are_settled() {
	local before
	keys_of_root
	before=$ROOT_KEYS
	sleep $((2 * SLOW))
	few_keys "$before" && [ "$ROOT_KEYS" = "$before" ]
}

patient
kdc_make && kdc_start 0 && kdc_helper
verdict "a KDC, and a helper that knows it"
chmod 755 "$WORK"
chmod 644 "$WORK/password"
mkdir "$WORK/users"
chmod 1777 "$WORK/users"
printf 'allow-default = TERMSRV/*\n' >"$WORK/policy.conf"
credsspctl policy load "$WORK/policy.conf" || problem "policy load"
KRB5_CONFIG=$KDC/krb5.conf kcm >"$WORK/kcm.out" 2>&1 &
KCM_PID=$!
until_true 20 test -S /var/run/.heim_org.h5l.kcm-socket || problem "kcm: $(head -n 3 "$WORK/kcm.out")"
kerberos_peer

# ---- several users at once, with each kind ------------------------------------------

# cache KIND USER: CACHE is its name
cache() {
	case $1 in
	FILE) CACHE=FILE:$WORK/users/cc.$2 ;;
	DIR) CACHE=DIR:$WORK/users/dir.$2 ;;
	session) CACHE=KEYRING:session:work ;;
	legacy) CACHE=KEYRING:work ;;
	# Of the user-session keyring, in which processes are that have joined no session
	default) CACHE=KEYRING:session:default ;;
	persistent) CACHE=KEYRING:persistent:$((FIRST + $2)) ;;
	user) CACHE=KEYRING:user:own ;;
	KCM) CACHE=KCM: ;;
	esac
}

# starter KIND: how its users start
starter() {
	case $1 in
	default) START=user ;;
	*) START=session ;;
	esac
}

KINDS='FILE DIR session legacy default persistent user KCM'
for kind in $KINDS; do
	my_turn 3 || continue
	pids=()
	starter "$kind"
	for ((n = 1; n <= USERS; n++)); do
		cache "$kind" $n
		$START $n "$kind.$n" kinit user$n "$CACHE" auth "$CACHE" show "$CACHE" &
		pids+=($!)
	done
	wait "${pids[@]}"
	for ((n = 1; n <= USERS; n++)); do
		logged_on "$kind.$n" user$n
		has "user$n@$REALM" "$WORK/users/$kind.$n.klist" || problem "$kind.$n: another user's"
		# The worker may write to the cache.
		has "$PEER_TARGET@" "$WORK/users/$kind.$n.klist" ||
			problem "$kind.$n: the service's ticket is not kept"
	done
	verdict "$USERS users at once, $kind"
done
for kind in session KCM; do
	cache $kind 0
	keyctl session - bash "$WORK/user.sh" "$WORK/users/root" kinit user1 "$CACHE" auth "$CACHE" \
		>/dev/null 2>&1
	logged_on root user1
	verdict "root's own tickets, $kind"
done
# As the default of krb5.conf
for name in KEYRING:session:usual 'KEYRING:persistent:%{uid}' KCM:; do
	my_turn 3 || continue
	kdc_client_conf "$KDC/krb5.conf" "$KDC_PORT"
	sed -i "s|default_ccache_name = .*|default_ccache_name = $name|" "$KDC/krb5.conf"
	session 1 usual kinit user1 "${name/\%\{uid\}/$((FIRST + 1))}" auth ''
	logged_on usual user1
	verdict "$name as the default cache of krb5.conf"
done
kdc_client_conf "$KDC/krb5.conf" "$KDC_PORT"

until_true 20 keys_are_settled
KEYS_AT_START=$ROOT_KEYS

# ---- the tickets of others ------------------------------------------------------------

# User 1 has a session with tickets; others are beside it.
session 1 keeper kinit user1 "FILE:$WORK/users/cc.1" kinit user1 KCM: \
	kinit user1 "KEYRING:persistent:$((FIRST + 1))" \
	kinit user1 KEYRING:session:work auth KEYRING:session:work \
	wait "$WORK/users/end" auth KEYRING:session:work &
KEEPER=$!
until_true 20 test -e "$WORK/users/keeper.waits"
logged_on keeper user1
verdict "a session with tickets"
for name in KEYRING:session:work KEYRING:work; do
	session 1 beside auth "$name"
	has_none beside
	user 1 beside auth "$name"
	has_none beside
	verdict "another session of the same user, $name"
done
session 2 other auth KEYRING:session:work
has_none other
cache persistent 1
session 2 other auth "$CACHE"
has_none other
cache FILE 1
session 2 other auth "$CACHE"
has_none other
session 2 other auth "KCM:$((FIRST + 1))"
has_none other
verdict "another user"
session 3 own kinit user3 KEYRING:session:work auth KEYRING:process:work
has_none own
session 3 own kinit user3 KEYRING:session:work auth KEYRING:thread:work
has_none own
verdict "keyrings of a process or thread"
session 3 revoked kinit user3 KEYRING:session:work auth KEYRING:session:work
logged_on revoked user3
session 3 revoked kinit user3 KEYRING:session:work revoke auth KEYRING:session:work
has_none revoked
verdict "a session keyring that was revoked"

for kind in session legacy persistent KCM FILE; do
	for space in 'unshare -Ur' 'unshare -Urm' 'unshare -Urn'; do
		my_turn 5 || continue
		cache "$kind" 1
		read -r -a SPACE <<<"$space"
		session 1 space auth "$CACHE"
		# Without the network there is no helper and no peer.
		reasons=foreign
		[ "$space" != 'unshare -Urn' ] || reasons='foreign|no-helper|connection|address'
		result space
		want "exit status" "$RC" '[1-9]'
		want reason "${JSON[reason]}" "$reasons"
		verdict "$space, $kind"
	done
done
SPACE=()
: >"$WORK/users/end"
wait "$KEEPER"
logged_on keeper user1
verdict "the session with tickets still has them"

# ---- killed workers ------------------------------------------------------------------

# workers N: WORKERS are the processes that work for user N. It takes one process: a KDC that
# is silent makes libkrb5 give up after half a minute.
workers() {
	mapfile -t WORKERS < <(pgrep -x credsspd -u $((FIRST + $1)))
	[ ${#WORKERS[@]} -gt 0 ]
}

# The filter of a worker, and that which it gets when its cache is open
# shellcheck disable=SC2317 # called by until_true
sockets_are_forbidden() {
	local key value
	while read -r key value; do
		[ "$key" != Seccomp_filters: ] || [ "$value" != 2 ] || return 0
	done <"/proc/${WORKERS[0]}/status"
	return 1
}

for kind in session persistent KCM FILE; do
	cache $kind 2
	rm -f "$WORK/users/again" "$WORK/users/killed.waits" "$WORK/users/begin"
	session 2 killed kinit user2 "$CACHE" wait "$WORK/users/begin" auth "$CACHE" \
		wait "$WORK/users/again" auth "$CACHE" &
	pid=$!
	until_true 20 test -e "$WORK/users/killed.waits" || problem "no TGT"
	kdc_pause
	rm -f "$WORK/users/killed.waits"
	: >"$WORK/users/begin"
	if until_true 20 workers 2; then
		until_true 20 sockets_are_forbidden || problem "the worker can make sockets"
		kill -KILL "${WORKERS[@]}"
	else
		problem "there is no worker"
	fi
	until_true 20 test -e "$WORK/users/killed.waits" || problem "the logon does not end"
	result killed
	want "exit status" "$RC" '6|7'
	want reason "${JSON[reason]}" 'helper-reply|helper-died'
	verdict "a worker killed while it waits for the KDC, $kind"
	kdc_resume
	: >"$WORK/users/again"
	wait $pid
	logged_on killed user2
	verdict "... and the next logon of the session succeeds"
done

# Between the AP-REQ and the AP-REP: the peer waits before it answers.
kerberos_peer --wrong wait-nego
hits=0
for ((round = 0; round < 4 && hits < 1; round++)); do
	rm -f "$WORK/users/begin" "$WORK/users/late.waits"
	session 2 late kinit user2 KEYRING:session:late wait "$WORK/users/begin" \
		auth KEYRING:session:late &
	pid=$!
	until_true 20 test -e "$WORK/users/late.waits"
	issued=$(($(kdc_requests) + 1))
	: >"$WORK/users/begin"
	# shellcheck disable=SC2317 # called by until_true
	requests_are() { [ "$(kdc_requests)" -ge "$issued" ]; }
	until_true 20 requests_are || problem "no ticket was issued"
	kill -STOP "$PEER_PID"
	! workers 2 || kill -KILL "${WORKERS[@]}" 2>/dev/null
	kill -CONT "$PEER_PID"
	wait $pid
	result late
	want "exit status" "$RC" '0|6|7'
	[ "$RC" = 0 ] || want reason "${JSON[reason]}" 'helper-reply|helper-died'
	[ "$RC" = 0 ] || hits=$((hits + 1))
done
[ $hits -gt 0 ] || problem "the worker was never killed in time"
verdict "a worker killed between AP-REQ and AP-REP, session"
kerberos_peer

# The caller is killed.
rm -f "$WORK/users/begin" "$WORK/users/gone.waits"
session 3 gone kinit user3 KEYRING:session:gone wait "$WORK/users/begin" auth KEYRING:session:gone &
pid=$!
until_true 20 test -e "$WORK/users/gone.waits"
kdc_pause
: >"$WORK/users/begin"
until_true 20 workers 3 || problem "there is no worker"
pkill -KILL -U $((FIRST + 3)) -x credsspctl
# shellcheck disable=SC2317 # called by until_true
no_workers() { ! workers 3; }
until_true 20 no_workers || problem "the worker goes on"
wait $pid
verdict "a caller killed while a worker has its session keyring"
kdc_resume
until_true 20 few_keys "$KEYS_AT_START" ||
	problem "root has $ROOT_KEYS keys, and had $KEYS_AT_START"
verdict "no keyring that was lent is left"

# ---- KCM -------------------------------------------------------------------------------

session 1 server kinit user1 KCM: wait "$WORK/users/never" &
SERVER=$!
until_true 20 test -e "$WORK/users/server.waits"
session 1 server2 auth KCM:
logged_on server2 user1
verdict "tickets of a KCM server, from another session of the user"
kill -KILL "$KCM_PID"
wait "$KCM_PID" 2>/dev/null
session 1 server2 auth KCM:
has_none server2
verdict "the KCM server has ended"
kill "$SERVER" 2>/dev/null
pkill -KILL -U $((FIRST + 1)) -x bash
wait "$SERVER" 2>/dev/null
rm -f /var/run/.heim_org.h5l.kcm-socket

credsspctl policy reset
stop_peer
nothing_left "no context and no credential is left"
finish
