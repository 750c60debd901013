#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Delegation policy and saved credentials: each list, oracle and ntlm with a real
# peer; policy.conf; credsspctl cred; and a namespace with a lying helper, which gets only
# credentials that are given in the call. (The ioctls: 80-ioctl.sh.)
# guests: 6.1 backports
# timeout: 200

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd badhelper tspeer keyctl setpriv unshare ip ss
CONF=$WORK/policy.conf
TARGET=TERMSRV/server.example

# load LINE...: loads a policy of these lines
load() {
	printf '%s\n' "$@" >"$CONF"
	credsspctl policy load "$CONF" || problem "policy load: $*"
}

# answer EXIT [STATUS REASON] -- OPTION...: a logon and its expected result; false if
# another kernel does this row
answer() {
	local code=$1 status='' reason=''
	my_turn 1 || return 1
	[ "$2" = -- ] || { status=$2 reason=$3; shift 2; }
	shift 2
	auth --carrier raw "$@" "127.0.0.1:$PEER_PORT"
	want "exit status of $*" "$RC" "$code"
	[ -z "$status" ] || want "status of $*" "${JSON[status]}" "$status"
	[ -z "$reason" ] || want "reason of $*" "${JSON[reason]}" "$reason"
	met_peer
	[ "$RC" != 0 ] || want "delegated" "${PEER[delegated]}" password
	return 0
}

# Take the peer's line of the connection; without an address there was no connection.
met_peer() {
	[ -z "${JSON[address]}" ] || next_line || problem "the peer has no line"
}

fresh_peer() { start_peer "$@" || bail "no peer"; }

denied='3 SEC_E_DELEGATION_POLICY policy'
ntlm_only='3 SEC_E_POLICY_NLTM_ONLY policy'

fresh_peer

# ---- policy.conf ---------------------------------------------------------

credsspctl policy reset
credsspctl policy show >"$WORK/builtin"
sed 's/^# builtin$/# set/' "$WORK/builtin" >"$WORK/want"
credsspctl policy load "$TOP/userspace-helper/units/policy.conf.example"
credsspctl policy show >"$WORK/now"
cmp -s "$WORK/want" "$WORK/now" || problem "the example is not the built-in policy"
credsspctl policy load "$WORK/now" || problem "what show printed cannot be loaded"
credsspctl policy show | cmp -s - "$WORK/now" || problem "it is another policy afterwards"
verdict "policy show, load and the example of policy.conf agree"

printf 'oracle = force\nallow-fresh = TERMSRV/a TERMSRV/host:3389\n' >"$CONF"
credsspctl policy load "$CONF" 2>"$WORK/err" && problem "it was loaded"
has "policy.conf:2: " "$WORK/err" || problem "it says $(<"$WORK/err")"
credsspctl policy show | cmp -s - "$WORK/now" || problem "the policy has changed"
verdict "a file with one bad line changes nothing"

chmod 755 "$WORK"
rc=0
setpriv --reuid=65534 --regid=65534 --clear-groups \
	credsspctl policy load "$TOP/userspace-helper/units/policy.conf.example" \
	>/dev/null 2>"$WORK/err" || rc=$?
want "exit status of load" $rc 7
has CAP_SYS_ADMIN "$WORK/err" || problem "it says $(<"$WORK/err")"
setpriv --reuid=65534 --regid=65534 --clear-groups credsspctl policy show |
	cmp -s - "$WORK/now" || problem "an unprivileged user sees another policy"
verdict "every user may see the policy, only root may set it"

load 'allow-fresh = TERMSRV/* HTTP/a' 'deny-fresh = *.evil.example' \
	'deny-saved = *.evil.example'
credsspctl policy check --json TERMSRV/x.evil.example:3389 >"$WORK/check" && problem "allowed"
want denials "$(grep -c SEC_E_DELEGATION_POLICY "$WORK/check")" 6
credsspctl policy check HTTP/a >"$WORK/check" || problem "HTTP/a is not allowed"
has 'proven by more than NTLM' "$WORK/check" || problem "it says $(<"$WORK/check")"
rc=0
credsspctl policy check server.example >"$WORK/check" 2>&1 || rc=$?
want "exit status for a bare host" $rc 3
verdict "policy check tells what would be"

# ---- the lists, one by one, with a server authenticated by NTLM alone ------

credsspctl policy reset
# shellcheck disable=SC2086 # words
{
	answer 0 -- --target $TARGET
	answer $denied -- --target HTTP/server.example
	answer $denied -- --target HTTP/server.example --transport token
}
verdict "built in: TERMSRV/* is given fresh credentials, others are not"

fresh_peer
# shellcheck disable=SC2086
{
	load 'allow-fresh = HTTP/*' 'allow-fresh-ntlm-only = TERMSRV/*'
	answer $ntlm_only -- --target HTTP/server.example
	answer $ntlm_only -- --target HTTP/server.example --transport token
	load 'allow-fresh =' 'allow-fresh-ntlm-only = HTTP/*.example'
}
fresh_peer
# shellcheck disable=SC2086
{
	answer 0 -- --target HTTP/server.example
	answer $denied -- --target $TARGET
	load 'allow-fresh-ntlm-only = *' 'deny-fresh = TERMSRV/server.example'
	answer $denied -- --target termsrv/SERVER.example
	answer $denied -- --target $TARGET:3389
	answer $denied -- --target $TARGET.
}
verdict "allow-fresh, allow-fresh-ntlm-only and deny-fresh decide with a real peer"

# ---- one host in several spellings, and classes with blanks -----------------

fresh_peer
# shellcheck disable=SC2086
{
	load 'allow-fresh-ntlm-only = *' \
		'deny-fresh = TERMSRV/server.example TERMSRV/bücher.example TERMSRV/10.0.0.1 TERMSRV/FE80:0::1'
	# a soft hyphen, a zero-width space, full-width letters, other full stops
	for host in $'serve\u00adr.example' $'serve\u200br.example' $'\uff53\uff25rver.example' \
		$'server\u3002example' $'server\uff0eexample' SERVER.example. \
		xn--bcher-kva.example $'B\u00dcCHER.example' $'bu\u0308cher.example:1' \
		10.0.0.1:3389 ::ffff:10.0.0.1 '[::ffff:a00:1]:3389' \
		fe80::1 '[FE80:0:0:0:0:0:0:1]:3389' fe80::1%lo; do
		answer $denied -- --target "TERMSRV/$host"
	done
	for host in 10.1 167772161 0xa.0.0.1 012.0.0.1 server..example serve%72.example; do
		auth --carrier raw --target "TERMSRV/$host" "127.0.0.1:$PEER_PORT"
		want "exit status of $host" "$RC" 1
	done
	answer 0 -- --target $'TERMSRV/\u00fcber.example'
}
verdict "a denied host is denied in every spelling that names it, and others are no targets"

service='Microsoft Virtual Console Service'
fresh_peer
# shellcheck disable=SC2086
{
	load 'allow-fresh =' 'allow-fresh-ntlm-only = "Microsoft Virtual Console Service/*.example"' \
		'deny-fresh = "Microsoft Virtual Console Service/bad.example"'
	credsspctl policy show >"$WORK/quoted"
	has "\"$service/bad.example\"" "$WORK/quoted" || problem "show: $(<"$WORK/quoted")"
	credsspctl policy load "$WORK/quoted" || problem "what show printed cannot be loaded"
	credsspctl policy show | cmp -s - "$WORK/quoted" || problem "it is another policy afterwards"
	answer 0 -- --target "$service/server.example"
	answer $denied -- --target "$service/bad.example:2179"
	answer $denied -- --target "$service/bad.example" --transport token
	answer $denied -- --target "Service/server.example"
}
fresh_peer
credsspctl cred add --user alice --password-file "$WORK/password" "$service/Server.example" ||
	problem "cred add"
credsspctl cred list --json | grep -qi "\"$service/server.example\"" || problem "not in the list"
load "allow-saved-ntlm-only = \"$service/*\""
answer 0 -- --saved --target "$service/server.example"
credsspctl cred remove "$service/server.example" || problem "cred remove"
for line in 'deny-fresh = Microsoft Virtual Console Service/bad.example' \
	'deny-fresh = "Microsoft Virtual Console Service/bad.example' \
	'deny-fresh = HTTP/a # HTTP/b' 'deny-fresh = HTTP/a,HTTP/b' 'deny-fresh = 10.0.0.1'; do
	printf 'oracle = force\n%s\n' "$line" >"$CONF"
	credsspctl policy load "$CONF" 2>"$WORK/err" && problem "loaded: $line"
	has "policy.conf:2: " "$WORK/err" || problem "$line: $(<"$WORK/err")"
done
verdict "blanks in a class: targets, patterns in quotes, saved credentials"

key=$(printf '\001alice\000\000Passw0rd!' | keyctl padd logon "credssp:$TARGET" @u)
fresh_peer
# shellcheck disable=SC2086
{
	load 'allow-fresh =' 'allow-fresh-ntlm-only ='
	answer 0 -- --target $TARGET --key "$key"
	answer $denied -- --target $TARGET
	load 'allow-saved-ntlm-only ='
	answer $ntlm_only -- --target $TARGET --key "$key"
	load 'deny-saved = TERMSRV/server.*'
	answer $denied -- --target $TARGET --key "$key"
}
verdict "saved credentials have lists of their own"

# ---- a server that is proven ---------------------------------------------

tspeer --make-cert "$WORK/server.pem" --ec --host server.example || bail "no certificate"
sed -n '/BEGIN CERT/,/END CERT/p' "$WORK/server.pem" >"$WORK/trust.pem"
stop_helper || problem "the helper does not stop"
CREDSSPD_ARGS="--trust $WORK/trust.pem" helper_up || bail "credsspd does not start"
fresh_peer --pem "$WORK/server.pem"
# shellcheck disable=SC2086
{
	load 'allow-fresh = TERMSRV/server.example' 'allow-fresh-ntlm-only ='
	answer 0 -- --target $TARGET && want "certificate trusted" "${JSON[trusted]}" true
	answer $denied -- --target TERMSRV/other.example
	load 'allow-fresh = TERMSRV/*' 'allow-fresh-ntlm-only ='
	answer $ntlm_only -- --target TERMSRV/other.example
	load 'allow-fresh ='
	answer $denied -- --target $TARGET
}
verdict "a server proven by its certificate is judged by allow-fresh"
stop_helper || problem "the helper does not stop"
helper_up || bail "credsspd does not start"

# ---- oracle, ntlm --------------------------------------------------------

fresh_peer --version 4
# shellcheck disable=SC2086
{
	load 'oracle = mitigated'
	answer 3 SEC_E_UNSUPPORTED_FUNCTION version-policy -- --target $TARGET
	load 'oracle = force'
	answer 3 SEC_E_UNSUPPORTED_FUNCTION none -- --target $TARGET --min-version 2
	answer 3 SEC_E_UNSUPPORTED_FUNCTION version-policy -- --target $TARGET
}
fresh_peer --version 4
load 'oracle = vulnerable'
answer 0 -- --target $TARGET
answer 3 SEC_E_UNSUPPORTED_FUNCTION version-policy -- --target $TARGET --min-version 5
fresh_peer --version 4
load 'oracle = mitigated'
answer 0 -- --target $TARGET --min-version 2
verdict "oracle: version 4 is refused by force, needs --min-version with mitigated, and is accepted by vulnerable"

fresh_peer
load 'ntlm = no'
# SPNEGO offers Kerberos then: see 35-kerberos.
for options in '--mech ntlm' '--mech ntlm --no-delegate'; do
	# shellcheck disable=SC2086
	answer 3 SEC_E_POLICY_NLTM_ONLY ntlm-off -- --target $TARGET $options &&
		want "user at the peer" "${PEER[user]}" ''
done
answer 3 SEC_E_POLICY_NLTM_ONLY none -- --target $TARGET --mech ntlm --transport token
verdict "ntlm = no: refused with its reason before a byte is sent"
credsspctl policy reset
keyctl clear @u

# ---- credsspctl cred -----------------------------------------------------

# saved OPTION...: a logon without --user
saved() {
	auth --saved --carrier raw "$@" "127.0.0.1:$PEER_PORT"
	met_peer
}

# refused OPTION...: there is no key for it, and no ticket either
refused() {
	saved "$@"
	want "exit status of $*" "$RC" 1
	want "status of $*" "${JSON[status]}" SEC_E_NO_CREDENTIALS
}

fresh_peer
credsspctl cred add --user alice --password-file "$WORK/password" termsrv/Server.EXAMPLE ||
	problem "cred add"
for options in '' '--transport token' '--mech ntlm'; do
	# shellcheck disable=SC2086
	saved --target $TARGET $options
	want "exit status, options '$options'" "$RC" 0
	want "delegated" "${PEER[delegated]}" password
done
saved --target Termsrv/SERVER.Example
want "exit status, other case" "$RC" 0
verdict "cred add saves, auth --saved finds it by the target's name"

credsspctl cred list >"$WORK/list"
want "keys listed" "$(grep -c "$TARGET\$" "$WORK/list")" 1
want "lines" "$(wc -l <"$WORK/list")" 1
credsspctl cred list --json | grep -q "\"target\": \"$TARGET\"" || problem "not in the JSON"
key=$(awk '{ print $1 }' "$WORK/list")
keyctl print "$key" >"$WORK/out" 2>&1 && problem "the key can be read"
verdict "cred list shows the saved credentials, and the password cannot be read"

fresh_peer
refused --target TERMSRV/other.example
refused --target $TARGET:3389
refused --target $TARGET.evil.example
refused --target TERMSRV/other.example --transport token
# what is not a logon key, or not ours, is not found
printf '\001alice\000\000Passw0rd!' | keyctl padd user credssp:TERMSRV/user.example @u >/dev/null
refused --target TERMSRV/user.example
printf 'alice:Passw0rd!' | keyctl padd logon credssp:TERMSRV/broken.example @u >/dev/null
refused --target TERMSRV/broken.example
want "credentials at the peer" "$(grep -c 'delegated=\(password\|other\)' "$PEER_OUT")" 0
verdict "a key for another target, of another type or broken gives nothing"

rc=0
setpriv --reuid=65534 --regid=65534 --clear-groups credsspctl cred list >"$WORK/out" || rc=$?
want "exit status" $rc 0
want "another user's list" "$(<"$WORK/out")" ''
verdict "another user's list does not have them"

credsspctl cred remove "$TARGET" || problem "cred remove"
refused --target $TARGET
want "exit status of auth --key" "$(auth --key "$key" --carrier raw --target $TARGET \
	"127.0.0.1:$PEER_PORT"; echo "$RC")" 7
rc=0
credsspctl cred remove "$TARGET" 2>/dev/null || rc=$?
want "exit status of a second remove" $rc 7
verdict "cred remove ends it, also for handles that refer to the key"

keyctl add logon credssp:TERMSRV/010.0.0.1 x @u >/dev/null || problem "keyctl add"
credsspctl cred remove TERMSRV/010.0.0.1 || problem "cred remove"
credsspctl cred list | grep -q 010 && problem "the key is still there"
verdict "cred remove takes a spelling that cred add does not write"

fresh_peer --user bob --domain EXAMPLE
credsspctl cred add --user 'EXAMPLE\bob' --password-fd 3 EXAMPLE 3<"$WORK/password" ||
	problem "cred add"
key=$(keyctl search @u logon credssp:EXAMPLE)
auth --key "$key" --carrier raw --target $TARGET "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 0
next_line && want "domain at the peer" "${PEER[deleg_domain]}" EXAMPLE
saved --target $TARGET
want "status of --saved, which takes SPNs only" "${JSON[status]}" SEC_E_NO_CREDENTIALS
credsspctl cred add --timeout 1 --user alice --password-file "$WORK/password" TERMSRV/short.example
sleep 2
refused --target TERMSRV/short.example
verdict "a domain's key by its serial number; a key that expires"
keyctl clear @u

# ---- a user's own namespace, with a lying helper --------------------------

# In the namespace its maker is root, and runs a helper that trusts any server, and the
# peer; only the session keyring is from outside. The helper device is accessible there,
# as in a container with its own helper.
chmod 666 /dev/credssp-helper
cat >"$WORK/inside" <<'INSIDE'
. "$CREDSSP_TOP/selftests/lib.sh" >/dev/null
WORK_OUTER=$1 KEY=$2
cleanup() { stop_peer; kill $(jobs -p) 2>/dev/null; rm -rf "$WORK"; }
ip link set lo up
badhelper --trust "$WORK_OUTER/trust.pem" good >"$WORK/helper" 2>&1 &
until_true 20 has ready "$WORK/helper" || { echo "no helper: $(<"$WORK/helper")"; exit 1; }
start_peer --pem "$WORK_OUTER/server.pem" || { echo "no peer"; exit 1; }
tell() { echo "$1 $RC ${JSON[status]} ${JSON[trusted]}"; }
auth --carrier raw --target TERMSRV/server.example "127.0.0.1:$PEER_PORT"; tell fresh
auth --carrier raw --target TERMSRV/server.example --key "$KEY" "127.0.0.1:$PEER_PORT"; tell key
auth --saved --carrier raw --target TERMSRV/server.example "127.0.0.1:$PEER_PORT"
tell saved
printf 'allow-fresh = *\nallow-fresh-ntlm-only = *\noracle = vulnerable\n' >"$WORK/conf"
credsspctl policy load "$WORK/conf"; RC=$?; echo "load $RC"
auth --carrier raw --target HTTP/server.example "127.0.0.1:$PEER_PORT"; tell loosened
printf 'deny-fresh = *\n' >"$WORK/conf"
credsspctl policy load "$WORK/conf"
auth --carrier raw --target TERMSRV/server.example "127.0.0.1:$PEER_PORT"; tell tightened
grep -c 'delegated=password' "$PEER_OUT"
exit 0
INSIDE
# As the user nobody, with the key in the session keyring, which works outside.
cat >"$WORK/outside" <<'OUTSIDE'
key=$(printf '\001alice\000\000Passw0rd!' | keyctl padd logon credssp:TERMSRV/server.example @s)
credsspctl auth --saved --carrier raw --target TERMSRV/server.example "127.0.0.1:$2" \
	>/dev/null 2>&1 </dev/null
echo "outside $?"
unshare -Urn bash "$1/inside" "$1" "$key" 2>"$3/err"
OUTSIDE
fresh_peer
scratch=$(mktemp -d /tmp/credssp-nobody.XXXXXX)
chmod 777 "$scratch"
chmod 644 "$WORK"/*.pem
HOME=$scratch timeout $((60 * HANG)) setpriv --reuid=65534 --regid=65534 --clear-groups \
	keyctl session - bash "$WORK/outside" "$WORK" "$PEER_PORT" "$scratch" \
	>"$WORK/inside.out" 2>/dev/null
mapfile -t lines <"$WORK/inside.out"
want "outside" "$(grep -c '^outside 0$' "$WORK/inside.out")" 1
verdict "the user's saved credentials work in the initial namespace"
has 'fresh 0 SEC_E_OK true' "$WORK/inside.out" || problem "fresh credentials do not work"
has 'key 7 SEC_E_NO_CREDENTIALS' "$WORK/inside.out" || problem "the key"
has 'saved 7 SEC_E_NO_CREDENTIALS' "$WORK/inside.out" || problem "the saved one"
[ ${#PROBLEMS[@]} -eq 0 ] || note "$(<"$WORK/inside.out")" "$(tail -n 5 "$scratch/err")"
verdict "a new user namespace with a lying helper gets what is given, and no saved credentials"
has 'load 0' "$WORK/inside.out" || problem "it may not set its policy"
has 'loosened 3 SEC_E_DELEGATION_POLICY' "$WORK/inside.out" || problem "it has loosened it"
has 'tightened 3 SEC_E_DELEGATION_POLICY' "$WORK/inside.out" || problem "it cannot tighten it"
want "delegations" "${lines[-1]:-}" 1
verdict "... and can tighten the policy, but not loosen it"
rm -rf "$scratch"
chmod 600 /dev/credssp-helper

credsspctl policy show | cmp -s - "$WORK/builtin" || problem "another policy is left"
verdict "the policy outside is as it was"
nothing_left "no context and no credential is left"
finish
