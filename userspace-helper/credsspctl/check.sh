#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# check.sh CREDSSPCTL: the command line without a loaded module and without a password in
# the arguments.

set -u
ctl=$1
failed=0
count=0
conf=$(mktemp)
trap 'rm -f "$conf" "$conf".*' EXIT
printf '# a policy\nallow-fresh = */*\n' >"$conf"

# expect STATUS TEXT ARGUMENT...: exit status, and TEXT somewhere in the output
expect() {
	want=$1
	text=$2
	shift 2
	count=$((count + 1))
	out=$("$ctl" "$@" 2>&1 </dev/null)
	status=$?
	if [ "$status" -ne "$want" ] || ! printf '%s\n' "$out" | grep -qF -- "$text"; then
		failed=$((failed + 1))
		echo "not ok - credsspctl $*: $status, wanted $want and \"$text\""
		printf '%s\n' "$out" | sed 's/^/# /'
	fi
}

expect 1 'Usage: credsspctl'
expect 0 'auth' --help
expect 0 'credsspctl ' --version
expect 0 '--password-fd' help auth
expect 0 '--password-fd' auth --help
expect 0 '--json' help status
expect 0 'descriptor 3' connect --help
expect 0 '24 delegation' doctor --help
expect 0 '--run-time' winrm --help
expect 1 'missing' connect
expect 1 'no command follows' connect host --exec
expect 1 'only with --exec' connect --ktls host
expect 1 'see winrm' connect --carrier http host
expect 1 'one host' doctor a b
expect 1 'HOST -- COMMAND' winrm host
expect 1 'control characters' winrm --user a host -- "$(printf 'a\tb')"
expect 1 'no command' nonsense
expect 1 'no command' help nonsense
expect 1 'missing' auth
expect 1 'ambiguous' auth --password secret host
expect 1 'unrecognized option' auth --nonsense host
expect 1 'only --json' status all
expect 1 'more than one' policy load "$conf"
expect 1 ':2: ' policy load "$conf"
expect 0 '' policy load --if-present "$conf.nowhere"
expect 1 'No such file' policy load "$conf.nowhere"
chmod 0666 "$conf"
expect 1 'other users can write' policy load "$conf"
expect 1 'not a regular file' policy load /dev/null
expect 1 'one SPN or host' policy check
expect 1 'but not written as' policy check 127.1
expect 1 'not a host name' policy check a..b
expect 1 'one SPN' policy check --initial
expect 1 'one SPN' policy check TERMSRV/host --json
expect 1 'show, check, load or reset' policy
expect 1 'may follow show' policy show now
expect 1 'which of: new' cert
expect 1 'one name' cert new a b
expect 1 'letters, digits' cert new ../a
expect 1 'no such user' cert new --user 'no such user'
expect 1 'out of range' cert new --days 0
expect 1 'out of range' cert new --days 3651
expect 1 'host name' cert new --host 'a b'
expect 7 'No such file' cert new --host a.test --cert-dir "$conf.none/certs"
expect 7 'Not a directory' cert new --host a.test --cert-dir "$conf/certs"
expect 1 'add, bridge, list, remove' cred
expect 1 'one host or domain' cred bridge
expect 1 'no name of a domain' cred bridge --domain 'A\b'
expect 1 'from the mount' cred bridge --user 'A\alice' 192.0.2.1
expect 1 'from the mount' cred bridge --user 'A\alice' --domain B
expect 1 'with a colon' cred bridge --user a:b --password-file /etc/hostname 192.0.2.1
expect 1 'only cred bridge' cred add --domain A
expect 1 'only cred bridge' cred add --also A B
expect 1 'no password' cred bridge --user alice --password-fd 0 192.0.2.1
expect 1 'one SPN or domain' cred add
expect 1 'CLASS/HOST' cred add /host
expect 1 'neither an SPN' cred add 'EXAMPLE\alice'
expect 1 'ambiguous' cred add --password secret TERMSRV/host
expect 1 'neither user nor session' cred add --keyring process TERMSRV/host
expect 1 'not the key' cred add --user 'A\alice' B
expect 1 'no password' cred add --user alice --password-fd 0 TERMSRV/host
expect 1 'the saved key' auth --saved --user alice host
expect 0 '--ccache[=NAME]' help auth
expect 1 'one of --ccache, --keytab and --pkinit' auth --ccache --keytab host
expect 1 'take the place of the password' auth --keytab=/etc/k --password-fd 0 host
expect 1 'NTLM needs a password' auth --ccache --mech ntlm host
expect 1 'already' auth --ccache --saved host
expect 1 'which is missing' auth --ccache --realm EXAMPLE.COM host
expect 1 'not with --json' auth --explain --json --user alice host
expect 1 'neither negotiate, kerberos nor ntlm' auth --mech spnego host
expect 0 '--exec COMMAND' help accept
expect 1 'needed: ADDRESS:PORT' accept
expect 1 'needs brackets' accept --listen ::1:3389
expect 1 'no command follows' accept --listen :0 --exec
expect 1 'needs --exec' accept --listen :0 cat
expect 1 'neither user, session' accept --listen :0 --deliver process
expect 1 'only with --deliver' accept --listen :0 --lifetime 5
expect 0 '--password-fd' help account
expect 1 'add, remove, list, disable, enable' account
expect 1 'one account' account add
expect 1 'takes no account' account list alice
expect 1 'ambiguous' account add --password secret alice
expect 1 'does not have it' account list --domain A
expect 1 'cannot have' account remove alice@example
expect 1 'already' account add --password-fd 0 --password-file /etc/hostname alice
expect 7 'No such file' account list --accounts /nonexistent/accounts
expect 7 '0600' account list --accounts "$conf"
if [ ! -e /dev/credssp ]; then
	expect 6 'No such file' accept --listen 127.0.0.1:0
	expect 6 'No such file' policy show
	expect 6 'No such file' policy check TERMSRV/host
	expect 6 'No such file' policy check host.example:3389
	expect 6 'not loaded' status
	expect 6 '"module_loaded": false' status --json
	expect 6 'not loaded' auth --user alice --password-fd 0 localhost
	expect 6 '"reason": "no-module"' auth --json --user alice localhost
	expect 6 '"ticket_source": "ccache"' auth --json --ccache localhost
	expect 6 'Load the module' auth --explain --keytab=/etc/k localhost
fi

# Standard descriptors that are closed: none of its files, devices and sockets gets their numbers.
fifo=$conf.fifo
mkfifo "$fifo"
"$ctl" account add --accounts "$conf.new" --password-fd 4 alice 4<>"$fifo" <&- >&- 2>&- &
pid=$!
count=$((count + 1))
for i in $(seq 100); do
	found=$(readlink "/proc/$pid/fd/0" "/proc/$pid/fd/1" "/proc/$pid/fd/2" | tr '\n' ' ')
	[ "$found" = '/dev/null /dev/null /dev/null ' ] && break
	sleep 0.1
done
kill "$pid"
wait "$pid" 2>/dev/null
if [ "$i" = 100 ]; then
	failed=$((failed + 1))
	echo "not ok - credsspctl with closed standard descriptors: they are $found"
fi

if [ "$failed" -eq 0 ]; then
	echo "ok - credsspctl's command line: $count checks"
else
	echo "not ok - credsspctl's command line: $failed of $count checks failed"
fi
[ "$failed" -eq 0 ]
