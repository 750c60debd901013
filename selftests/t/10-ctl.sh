#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# credsspctl: help, usage errors, status, and the exit codes that need no peer.
# guests: 6.1 backports
# timeout: 120

. "$(dirname "$0")/../lib.sh"

need credsspctl ss

# usage ARGUMENT...: exit status 1, a message on standard error, no action
usage() {
	local rc=0
	timeout 20 credsspctl "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || rc=$?
	want "exit status" "$rc" 1
	[ -s "$WORK/err" ] || problem "nothing on standard error"
	verdict "usage error: credsspctl $*"
}

usage
usage nonsense
usage status nonsense
usage auth
usage auth one two
usage auth --nonsense localhost
usage auth --transport pigeon localhost
usage auth --mech kerberos5 localhost
usage auth --min-version 1 localhost
usage auth --max-version 7 localhost
usage auth --min-version 6 --max-version 5 localhost
usage auth --key nonsense localhost
usage auth --key 1 --user alice localhost
usage auth --timeout 0 localhost
usage auth --target nonsense localhost
usage auth --carrier raw localhost
usage auth --user alice localhost:0
usage auth --user alice localhost:65536

check "help tells the exit statuses" \
	bash -c 'credsspctl auth --help | grep -qi "exit status"'
check "help names the commands" bash -c 'credsspctl --help | grep -q "status"'
check "--version" credsspctl --version

check "status says that module and helper are there" credsspctl status
want "helper_present" "$(status helper_present)" true
want "abi" "$(status abi)" 3
want "contexts" "$(status contexts)" 0
want "credentials" "$(status credentials)" 0
verdict "status --json has the counts"

# The port of a stopped peer refuses connections.
start_peer
stop_peer
for transport in socket token; do
	auth --carrier raw --transport $transport "127.0.0.1:$PEER_PORT"
	want "exit status" "$RC" 5
	want reason "${JSON[reason]}" connect
	verdict "a refused connection is exit status 5, $transport transport"
done

auth --carrier raw host.invalid:3389
want "exit status" "$RC" 5
want reason "${JSON[reason]}" resolve
verdict "an unknown host is exit status 5"

auth --password-file /nonexistent --carrier raw 127.0.0.1:9
want "exit status" "$RC" 1
verdict "a password file that is not there is a usage error"

start_peer
auth --carrier raw "127.0.0.1:$PEER_PORT"
next_line
want "exit status" "$RC" 0
want "the peer's result" "${PEER[result]}" ok
want result "${JSON[result]}" authenticated
want status "${JSON[status]}" SEC_E_OK
want leg "${JSON[leg]}" established
grep -qF "$PASSWORD" "$WORK/auth.json" "$WORK/auth.err" && problem "the password is printed"
verdict "auth --json against a peer"

timeout 60 credsspctl auth --user alice --password-fd 5 --carrier raw \
	"127.0.0.1:$PEER_PORT" >"$WORK/out" 2>"$WORK/err" 5<"$WORK/password"
want "exit status" $? 0
has Authenticated "$WORK/out" || problem "it does not say Authenticated"
grep -qF "$PASSWORD" "$WORK/out" && problem "the password is printed"
verdict "auth for people, the password from a descriptor"

nothing_left "no context and no credential is left"
finish
