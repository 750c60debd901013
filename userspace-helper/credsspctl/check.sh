#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# check.sh CREDSSPCTL: the command line without a loaded module and without a password in
# the arguments.

set -u
ctl=$1
failed=0
count=0
conf=$(mktemp)
trap 'rm -f "$conf"' EXIT
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
if [ ! -e /dev/credssp ]; then
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

if [ "$failed" -eq 0 ]; then
	echo "ok - credsspctl's command line: $count checks"
else
	echo "not ok - credsspctl's command line: $failed of $count checks failed"
fi
[ "$failed" -eq 0 ]
