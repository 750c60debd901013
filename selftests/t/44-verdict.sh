#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An acceptor's verdict in the kernel's log and as a tracepoint, hostile names among the
# accounts, and fail2ban on them; delegated passwords as keys, and the second hop with them: a
# saved credential, and a multiuser mount of cifs.ko.
# guests: 6.1
# timeout: 240

# shellcheck disable=SC2119 # "accepted" alone means alice
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../smb.sh
. "$TOP/selftests/smb.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl openssl ss keyctl setpriv fail2ban-regex smbd smbpasswd mount.cifs

MOUNT=$WORK/mnt
TRACING=/sys/kernel/tracing
EVENT=$TRACING/events/credssp/cssp_verdict

unmount() { ! mountpoint -q "$MOUNT" || umount "$MOUNT" || umount -l "$MOUNT"; }
trap 'unmount; accept_stop; smb_remove; cleanup' EXIT

# own WHAT EXIT OPTION...: credsspctl auth, and the acceptor's verdict
own() {
	local what=$1 code=$2
	shift 2
	auth --carrier raw "$@" "127.0.0.1:$ACCEPT_PORT"
	want "exit status of $what" "$RC" "$code"
	next_event verdict
}

# lines_of PORT: what the kernel's log has of this client
lines_of() {
	dmesg >"$WORK/dmesg"
	grep "credssp: accept from 127.0.0.1 port $1 " "$WORK/dmesg"
}

# logged WHAT PATTERN: exactly one line, and exactly one event, of the last verdict
logged() {
	local port=${FIELD[peer.port]}
	lines_of "$port" >"$WORK/lines"
	want "lines of $1" "$(wc -l <"$WORK/lines")" 1
	grep -qF -- "$2" "$WORK/lines" || problem "no $2 in: $(<"$WORK/lines")"
	want "events of $1" "$(grep -c "cssp_verdict:.* peer=127.0.0.1 port=$port " $TRACING/trace)" 1
}

patient
chmod 755 "$WORK"
mountpoint -q $TRACING || mount -t tracefs tracefs $TRACING
echo 1 >$EVENT/enable || problem "no tracepoint"
accept_set_up || problem "accept_set_up"
stop_helper
start_helper || problem "the helper does not start"
for kind in fresh fresh-ntlm-only saved saved-ntlm-only; do
	echo "allow-$kind = TERMSRV/*"
done >"$WORK/policy.conf"
credsspctl policy load "$WORK/policy.conf" || problem "policy load"
verdict "an account, a certificate, a policy, the tracepoint"

# ---- the log -----------------------------------------------------------------

accept_start --carrier raw
own "a logon" 0 --user 'EXAMPLE\alice'
accepted
logged "a logon" 'status SEC_E_OK reason none leg established mech ntlm version 6 ntstatus 0x00000000 delegated password account "EXAMPLE\\alice" user "EXAMPLE\\alice" workstation '
verdict "a logon is one line and one event"
PORTS=("${FIELD[peer.port]}")

# Accounts as they are given, and as the line has them
NAMES=(
	'mallory' '"mallory"'
	'x" user "root" from 10.0.0.1 port 1 status SEC_E_LOGON_DENIED' '"x\x22 user \x22root\x22 from 10.0.0.1 port 1 status SEC_E_LOGON_DENIED"'
	'Müller' '"M\xc3\xbcller"'
	"$(printf 'u%.0s' {1..300})" "\"$(printf 'u%.0s' {1..128})\"..."
)
for ((i = 0; i < ${#NAMES[@]}; i += 2)); do
	own "account $((i / 2))" 2 --user "${NAMES[i]}" --password-file "$WORK/password"
	# What follows a name with quotes in it is not read here.
	want status "${FIELD[status]}" SEC_E_LOGON_DENIED
	want reason "${FIELD[reason]}" logon
	logged "account $((i / 2))" "reason logon leg nego mech ntlm version 6 ntstatus 0xc000006d delegated none account ${NAMES[i + 1]} user \"\" "
	PORTS+=("${FIELD[peer.port]}")
done
verdict "refused logons with hostile names: one line and one event each"

# fail2ban on this log as syslog writes it
: >"$WORK/syslog"
for port in "${PORTS[@]}"; do
	lines_of "$port" | sed "s/^/$(date '+%b %d %H:%M:%S') host kernel: /" >>"$WORK/syslog"
done
fail2ban-regex --raw -o '<ip>' "$WORK/syslog" \
	"$TOP/Documentation/examples/fail2ban/credssp.conf" >"$WORK/banned" 2>"$WORK/err"
want "failures of 127.0.0.1" "$(grep -cx 127.0.0.1 "$WORK/banned")" $((${#NAMES[@]} / 2))
want "failures" "$(wc -l <"$WORK/banned")" $((${#NAMES[@]} / 2))
verdict "fail2ban counts the refused ones, of the right address"

# ---- keys --------------------------------------------------------------------

# deliver OPTION...: alice logs on with a delegated password; KEY is its key
deliver() {
	accept_start --carrier raw "$@"
	own delivery 0 --user 'EXAMPLE\alice'
	accepted
	KEY=${FIELD[key]:-}
}

delivered() { want key_status "${FIELD[key_status]}" SEC_E_OK; }

deliver --deliver user --lifetime 60
delivered
want key "$(keyctl rdescribe "$KEY" 2>&1)" 'logon;0;0;1d050000;credssp:EXAMPLE'
! keyctl print "$KEY" >/dev/null 2>&1 || problem "it can be read"
! keyctl timeout "$KEY" 1000 2>/dev/null || problem "its lifetime can be extended"
! keyctl setperm "$KEY" 0x3f3f3f3f 2>/dev/null || problem "its permissions can be changed"
! setpriv --reuid 4444 --clear-groups keyctl rdescribe "$KEY" >/dev/null 2>&1 ||
	problem "another user sees it"
verdict "a delegated password is a key that nobody can read, prolong or open"

old=$KEY
deliver --deliver user --lifetime 60
delivered
want "another key" "$([ "$KEY" != "$old" ] && echo new)" new
want "what is found" "$(keyctl search @u logon credssp:EXAMPLE)" "$KEY"
verdict "the next one takes its place"

own "a logon with the delivered key" 0 --key "$KEY"
accepted
want account "${FIELD[account]}" '*alice*'
verdict "the second hop: a logon with the key"
# That logon was delivered as well, in the place of the key.
KEY=${FIELD[key]}
keyctl revoke "$KEY" || problem "it cannot be revoked"
auth --carrier raw --key "$KEY" "127.0.0.1:$ACCEPT_PORT"
want "exit status" "$RC" '[1-9]'
verdict "a revoked key is of no use"

deliver --deliver user --lifetime 1
delivered
sleep 3
keyctl rdescribe "$KEY" >"$WORK/out" 2>&1 && problem "it has not expired: $(<"$WORK/out")"
verdict "a key expires"

ring=$(keyctl newring locked @u)
keyctl setperm "$ring" 0x3b3b0000
deliver --deliver "$ring" --lifetime 60
want key_status "${FIELD[key_status]}" SEC_E_NO_CREDENTIALS
want key "$KEY" ''
verdict "a keyring that may not be written gets no key"

# ---- cifs.ko -----------------------------------------------------------------

cifs_load
# shellcheck disable=SC2119 # no lines of its own
smb_make && smb_start
mkdir -p "$MOUNT"
mount.cifs //127.0.0.1/data "$MOUNT" -o \
	"multiuser,sec=ntlmssp,username=carol,password=$PASSWORD,domain=WORKGROUP" \
	>"$WORK/mount" 2>&1 || problem "mount: $(<"$WORK/mount")"
verdict "a multiuser mount of carol's"

# as_alice COMMAND...: uid 4301, in a session that has the keyring of the deliveries
ring=$(keyctl newring hop @u)
keyctl setperm "$ring" 0x3f3f0018
as_alice() {
	setpriv --reuid 4301 --regid 4301 --clear-groups \
		keyctl session - sh -c "keyctl link $ring @s && exec \"\$@\"" sh "$@" 2>&1
}

as_alice ls "$WORK" >"$WORK/out" || problem "alice does not reach the mount: $(<"$WORK/out")"
as_alice ls "$MOUNT/alice" >"$WORK/out" && problem "alice has a session without a key"
has 'Required key|Permission denied|Key has' "$WORK/out" || problem "another error: $(<"$WORK/out")"
verdict "alice has no key, and no session"
deliver --deliver "$ring:cifs:127.0.0.1" --lifetime 60
delivered
want key "$(keyctl rdescribe "$KEY" 2>&1)" 'logon;0;0;1d050000;cifs:a:127.0.0.1'
sleep 2	# cifs.ko remembers a failure for a second
as_alice sh -c "echo hop >'$MOUNT/alice/hop'" >"$WORK/out" || problem "write: $(<"$WORK/out")"
want "owner at the server" "$(stat -c %U "$SMB/data/alice/hop" 2>/dev/null)" alice
verdict "the second hop: the delegated password mounts as alice"

unmount
accept_stop
echo 0 >$EVENT/enable
credsspctl policy reset
nothing_left "no context and no credential is left"
finish
