#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The limits of one user. A user cannot use up what other users may have: not by many files
# or processes, not in user namespaces, not beyond the memory cgroup.
# guests: 6.1 backports
# timeout: 200

. "$(dirname "$0")/../lib.sh"

need hold credsspctl tspeer setpriv unshare nsenter

PARAMETERS=/sys/module/credssp/parameters
ALICE=1001 BOB=1002
NO_MEMORY=0x80090300	# SEC_E_INSUFFICIENT_MEMORY

# parameter NAME VALUE: the previous value is restored at the end
declare -A before
parameter() {
	[ -n "${before[$1]:-}" ] || before[$1]=$(cat "$PARAMETERS/$1")
	echo "$2" >"$PARAMETERS/$1"
}

restore() {
	local name
	for name in "${!before[@]}"; do echo "${before[$name]}" >"$PARAMETERS/$name"; done
}

# With "exec" the functions below become the program itself, which can be killed.
HOLDING=

as() {
	local uid=$1
	shift
	$HOLDING setpriv --reuid="$uid" --regid="$uid" --clear-groups "$@"
}

# inside NAMESPACE-PID UID COMMAND...
# shellcheck disable=SC2317 # called by holder
inside() {
	local pid=$1 uid=$2
	shift 2
	$HOLDING nsenter --user --target "$pid" --setuid "$uid" --setgid "$uid" "$@"
}

# holder NAME COMMAND...: runs in the background until release NAME; GOT and ANSWER are
# its number of objects and its last status.
HOLDER_NUMBER=0
declare -A holders
holder() {
	local name=$1 out line
	shift
	HOLDER_NUMBER=$((HOLDER_NUMBER + 1))
	out=$WORK/hold.$HOLDER_NUMBER
	HOLDING="exec" "$@" </dev/null >"$out" 2>&1 &
	holders[$name]=$!
	until_true 30 has 'status=' "$out" || problem "$name: $(head -n 3 "$out")"
	line=$(<"$out")
	GOT=${line##*got=} GOT=${GOT%% *} ANSWER=${line##*status=}
}

release() {
	local name
	for name; do
		kill "${holders[$name]}"
		wait "${holders[$name]}" 2>/dev/null
		unset "holders[$name]"
	done
}

# got_between LOW HIGH
got_between() {
	if [ "${GOT:-0}" -le "$1" ] || [ "$GOT" -ge "$2" ]; then problem "got $GOT"; fi
}

# expect GOT STATUS of the last holder
expect() {
	want got "$GOT" "$1"
	want status "$ANSWER" "$2"
}

# namespace NAME UID: a user namespace of UID, in which 0 is UID and 1 to 100 are its
# subordinate uids; NAMESPACE is a process in it
namespace() {
	HOLDING="exec" as "$2" unshare --user sleep 1000 >/dev/null 2>&1 &
	NAMESPACE=$!
	# shellcheck disable=SC2016
	until_true 10 bash -c '[ "$(readlink /proc/$0/ns/user)" != "$(readlink /proc/self/ns/user)" ]' \
		$NAMESPACE || bail "no user namespace"
	# the kernel accepts one write to each file
	printf '0 %d 1\n1 %d 100\n' "$2" "$(($1 * 1000))" | tee "$WORK/map" | cat >/proc/$NAMESPACE/uid_map
	cat "$WORK/map" >/proc/$NAMESPACE/gid_map
}

end_namespace() {
	kill "$NAMESPACE"
	wait "$NAMESPACE" 2>/dev/null
}

logon_of() {
	run_auth as "$1" env HOME=/tmp credsspctl auth --json --user alice \
		--password-file "$WORK/readable" --carrier raw "127.0.0.1:$PEER_PORT"
	want "exit status of a logon of $1" "$RC" 0
}

start_peer
chmod a+x "$WORK"
cp "$WORK/password" "$WORK/readable"
chmod a+r "$WORK/readable"
parameter max_contexts_per_user 20
parameter max_credentials_per_user 30
for what in contexts credentials; do
	many=20
	[ $what = contexts ] || many=30
	holder alice as $ALICE hold $what 100
	expect $many $NO_MEMORY
	holder more as $ALICE hold $what 100
	expect 0 $NO_MEMORY
	release more
	holder bob as $BOB hold $what $many
	expect $many 0x00000000
	release bob
	logon_of $BOB
	holder root hold $what 100
	expect 100 0x00000000
	release root alice
	holder again as $ALICE hold $what $many
	expect $many 0x00000000
	release again
	verdict "$what: one user's limit ends at that user, and root has none"
done

parameter max_buffer_bytes_per_user $((40 * 4096))
holder alice as $ALICE hold large 30
got_between 10 30
want status "$ANSWER" $NO_MEMORY
holder bob as $BOB hold large 10
expect 10 0x00000000
logon_of $BOB
info=$(hold info)
want "what root is told of all" "$info" '*all=0,*,[1-9]*'
release alice bob
verdict "bytes of buffers: one user's limit ends at that user"
parameter max_buffer_bytes_per_user "${before[max_buffer_bytes_per_user]}"

namespace 200 $ALICE
for uid in 0 5; do
	holder inside$uid inside $NAMESPACE $uid hold contexts 100
	expect 10 $NO_MEMORY
done
holder third inside $NAMESPACE 7 hold contexts 1
expect 0 $NO_MEMORY
holder outside as $ALICE hold contexts 1
expect 0 $NO_MEMORY
holder bob as $BOB hold contexts 20
expect 20 0x00000000
verdict "a user's namespace, with all users in it, has what the user has"
# a namespace in it, and a second one beside it
holder deeper inside $NAMESPACE 9 unshare --user hold contexts 1
expect 0 $NO_MEMORY
holder beside as $ALICE unshare --user hold contexts 1
expect 0 $NO_MEMORY
release bob
logon_of $BOB
verdict "namespaces within or beside it have nothing more"
release deeper beside third outside inside0 inside5
holder after as $ALICE hold contexts 20
expect 20 0x00000000
release after
end_namespace
verdict "what a namespace gives back its owner has again"

namespace 300 0
holder one inside $NAMESPACE 5 hold contexts 100
expect 10 $NO_MEMORY
holder two inside $NAMESPACE 6 hold contexts 100
expect 10 $NO_MEMORY
holder three inside $NAMESPACE 0 hold contexts 1
expect 0 $NO_MEMORY
first=$NAMESPACE
namespace 400 0
holder four inside $NAMESPACE 5 hold contexts 10
expect 10 0x00000000
holder root hold contexts 30
expect 30 0x00000000
release one two three four root
end_namespace
NAMESPACE=$first
end_namespace
verdict "two containers that root has made share nothing, nor with root"
restore

# Hundreds of handshakes
parameter max_contexts_per_user 1000
holder alice as $ALICE hold handshakes 300
expect 256 $NO_MEMORY
namespace 200 $ALICE
holder inside inside $NAMESPACE 3 hold handshakes 1
expect 0 $NO_MEMORY
logon_of $BOB
release alice inside
end_namespace
verdict "handshakes: no user has all of the helper's places"
restore

# Those that wait for a client certificate hold most of the helper's memory.
start_peer --ask-cert
export PEER_PORT
holder alice as $ALICE hold waiting 100
expect 16 $NO_MEMORY
holder bob as $BOB hold waiting 3
expect 3 0x00000000
logon_of $ALICE
logon_of $BOB
release alice
holder again as $ALICE hold waiting 16
expect 16 0x00000000
release again bob
export -n PEER_PORT
verdict "waiting for a client certificate: one user has at most 16 places, and other users still get one"

holder alice as $ALICE hold contexts 3
info=$(as $BOB hold info)
want "what bob is told" "$info" 'flags=0 own=0,0,0 all=0,0,0 since=0,0,0 max=4096,4096,*'
info=$(as $ALICE hold info)
want "what alice is told" "$info" 'flags=0 own=3,1,* all=0,0,0 since=0,0,0 max=*'
info=$(hold info)
want "what root is told" "$info" 'flags=1 own=0,0,0 all=3,1,* since=*,*,[1-9]* max=-1,-1,-1'
want contexts "$(cat $COUNTERS/contexts)" 3
want credentials "$(cat $COUNTERS/credentials)" 1
for name in contexts credentials buffer_bytes established failed refused; do
	want "$name" "$(cat $COUNTERS/$name)" '[0-9]*'
	as $ALICE cat $COUNTERS/$name >/dev/null 2>&1 && problem "alice reads $name"
done
release alice
verdict "each user gets the numbers of that user, root those of all"

CGROUP=/sys/fs/cgroup/credssp-test
if ! { echo +memory >/sys/fs/cgroup/cgroup.subtree_control && mkdir $CGROUP; } 2>"$WORK/err"; then
	bail "no memory cgroup: $(cat "$WORK/err")"
fi
# shellcheck disable=SC2016,SC2317 # called by holder; the inner shell's own number
in_cgroup() {
	$HOLDING bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$CGROUP" "$@"
}
# memory.stat is up to two seconds late.
kernel_memory() { sed -n 's/^vmalloc //p' $CGROUP/memory.stat; }
# two pages for a password, from vmalloc(); its name is shorter than a page
# shellcheck disable=SC2317 # called by until_true
large() { [ "$(kernel_memory)" -ge $((500 * 2 * 4096)) ]; }
# shellcheck disable=SC2317 # called by until_true
small() { [ "$(kernel_memory)" -lt $((100 * 2 * 4096)) ]; }
holder charged in_cgroup hold large 500
expect 500 0x00000000
until_true 10 large || problem "$(kernel_memory) bytes are accounted"
release charged
until_true 10 small || problem "$(kernel_memory) bytes are left accounted"
verdict "buffers are accounted to the caller's memory cgroup"

echo 12M >$CGROUP/memory.max
echo 0 >$CGROUP/memory.swap.max 2>/dev/null
holder full in_cgroup hold large 4000
got_between 100 2000
want status "$ANSWER" $NO_MEMORY
want "killed for it" "$(sed -n 's/^oom_kill //p' $CGROUP/memory.events)" 0
holder beside hold large 1000
expect 1000 0x00000000
logon_of $BOB
release full beside
until_true 10 rmdir $CGROUP 2>/dev/null || problem "the cgroup stays"
verdict "a full memory cgroup gives a status, kills no process, and does not affect others"

nothing_left "no context and no credential is left"
finish
