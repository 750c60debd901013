#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Accounts of an acceptor: the file, lockout, the processes behind them, and winbind. Judged by
# the acceptor's verdicts.
# guests: 6.1
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl credsspd ss winbindd smbpasswd

ACCOUNTS=$WORK/accounts
DENIED=0xC000006D DISABLED=0xC0000072
FAILURES=3

# helper OPTION...: another credsspd. Without Kerberos the bookkeeper is its only process of
# another user than root, beside itself.
helper() {
	stop_helper || problem "credsspd does not end"
	CREDSSPD_ARGS="--no-kerberos --accounts $ACCOUNTS --failure-delay 200 $*"
	helper_up || problem "credsspd does not start"
}

account() {
	local verb=$1
	shift
	credsspctl account "$verb" --accounts "$ACCOUNTS" "$@" || problem "account $verb $*"
}

# logon USER PASSWORD-FILE: through the acceptor; FIELD has its verdict
logon() {
	auth --carrier raw --mech ntlm --user "$1" --password-file "$WORK/$2" "$HOST:$ACCEPT_PORT"
	next_event verdict
}

acceptor() { accept_start --listen "$HOST:0" --carrier raw --mech ntlm; }

# right USER PASSWORD-FILE NAME, wrong USER PASSWORD-FILE REASON NTSTATUS
right() {
	logon "$1" "$2"
	want "exit status" "$RC" 0
	accepted "$3"
}

wrong() {
	logon "$1" "$2"
	want "exit status" "$RC" '[1-7]'
	denied 'SEC_E_*' "$3"
	want "NTSTATUS" "${FIELD[ntstatus_code]}" "$4"
}

(umask 077 && printf 'another one\n' >"$WORK/other")
patient
check "a certificate and a file of accounts" accept_set_up
HOST=127.0.0.1

helper
acceptor
wrong alice password no-accounts '*'
verdict "without a file of accounts"

account add --password-file "$WORK/password" alice
account add --password-file "$WORK/password" --domain EXAMPLE bob
account add --password-file "$WORK/password" carol
account disable carol
right alice password alice
right ALICE password alice
right 'EXAMPLE\bob' password 'example*bob'
verdict "right passwords"

wrong alice wrong-password logon $DENIED
wrong nobody-at-all password logon $DENIED
wrong 'OTHER\alice' password logon $DENIED
wrong carol wrong-password logon $DENIED
wrong carol password logon $DISABLED
verdict "wrong passwords, accounts that do not exist, and a disabled one"

account add --replace --password-file "$WORK/other" alice
right alice other alice
wrong alice password logon $DENIED
account remove alice
wrong alice other logon $DENIED
account add --password-file "$WORK/password" alice
right alice password alice
verdict "changes of the file"

chmod 644 "$ACCOUNTS"
wrong alice password no-accounts '*'
chmod 600 "$ACCOUNTS"
right alice password alice
verdict "a file that other users can read is not used"

# The process of another user than root that does not have the device
bookkeeper() {
	local pid uid
	for pid in $(pidof credsspd); do
		uid=$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")
		[ "$uid" = 0 ] || holds_helper_device "$pid" || printf '%s\n' "$pid"
	done
}
pid=$(bookkeeper)
want "bookkeepers" "$(wc -w <<<"$pid")" 1
want "its capabilities" "$(awk '/^CapPrm:/ { print $2 }' "/proc/$pid/status")" 0000000000000000
kill -KILL "$pid"
until_true 10 gone "$pid" || problem "the bookkeeper does not end"
right alice password alice
verdict "the bookkeeper is killed, and there is another one"

helper --lockout-failures $FAILURES
for ((i = 0; i < FAILURES; i++)); do
	wrong alice wrong-password logon $DENIED
done
wrong alice password locked-out $DENIED
wrong 'EXAMPLE\alice' password locked-out $DENIED
right 'EXAMPLE\bob' password 'example*bob'
verdict "an account is locked after $FAILURES failures"

HOST='[::1]'
acceptor
right alice password alice
verdict "it is not locked for another address"

# A stand-alone winbindd, whose domain is its own name: no domain controller is needed.
winbind_start() {
	local dir=$WORK/samba user
	chmod 755 "$WORK"
	mkdir -p "$dir/private" "$dir/state" "$dir/cache" "$dir/lock" /run/samba
	install -d -m 750 -g winbindd_priv "$dir/state/winbindd_privileged"
	cat >"$dir/smb.conf" <<-CONF
	[global]
	netbios name = WBTEST
	workgroup = WBGROUP
	server role = standalone server
	interfaces = lo
	bind interfaces only = yes
	private dir = $dir/private
	state directory = $dir/state
	cache directory = $dir/cache
	lock directory = $dir/lock
	pid directory = $dir
	log file = $dir/log
	CONF
	for user in games news; do
		printf '%s\n%s\n' "$PASSWORD" "$PASSWORD" |
			smbpasswd -c "$dir/smb.conf" -s -a $user >"$dir/out" 2>&1 || return
	done
	smbpasswd -c "$dir/smb.conf" -d news >>"$dir/out" 2>&1 || return
	winbindd -F --no-process-group -s "$dir/smb.conf" >>"$dir/out" 2>&1 &
	WINBIND_PID=$!
	until_true 30 test -S /run/samba/winbindd/pipe
}

HOST=127.0.0.1
helper
acceptor
wrong 'WBTEST\games' password logon $DENIED
verdict "without --winbind there are no other domains"

helper --winbind
wrong 'WBTEST\games' password helper-reply '*'
verdict "winbind does not run"

winbind_start || problem "winbindd does not start: $(tail -n 3 "$WORK/samba/out")"
right 'WBTEST\games' password 'wbtest*games'
wrong 'WBTEST\games' wrong-password logon $DENIED
wrong 'WBTEST\nobody-at-all' password logon $DENIED
wrong 'WBTEST\news' password logon $DISABLED
wrong 'WBTEST\news' wrong-password logon $DENIED
right alice password alice
verdict "accounts of winbind, and those of the file beside them"

stop_helper || problem "credsspd does not end"
unset CREDSSPD_ARGS
helper_up || problem "credsspd does not start"
verdict "the helper of other programs"
accept_stop
kill -TERM "$WINBIND_PID"
nothing_left "no context and no credential is left"
finish
