#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Accounts of an Active Directory domain for an acceptor, by the winbindd of a member: credsspd
# --winbind asks it, and it asks Samba's domain controller. Judged by the acceptor's verdicts.
# guests: 6.1
# timeout: 200

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../domain.sh
. "$TOP/selftests/domain.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl credsspd ss openssl samba winbindd wbinfo

DENIED=0xC000006D
HOST=$(</proc/sys/kernel/hostname)
trap 'hostname_is "$HOST"; accept_stop; member_stop; dc_stop; cleanup' EXIT

hostname_is() { printf '%s\n' "$1" >/proc/sys/kernel/hostname; }

# logon USER PASSWORD-FILE: through the acceptor; FIELD has its verdict
logon() {
	auth --carrier raw --mech ntlm --user "$1" --password-file "$WORK/$2" "127.0.0.1:$ACCEPT_PORT"
	next_event verdict
}

# right USER PASSWORD-FILE NAME, wrong USER PASSWORD-FILE NTSTATUS
right() {
	logon "$1" "$2"
	want "exit status of $1" "$RC" 0
	accepted "$3"
	want mech "${FIELD[mech]}" ntlm
	want delegated "${FIELD[delegated]}" password
}

wrong() {
	logon "$1" "$2"
	want "exit status of $1" "$RC" '[1-7]'
	denied SEC_E_LOGON_DENIED logon
	want "NTSTATUS of $1" "${FIELD[ntstatus_code]}" "$3"
}

patient
accept_set_up || problem "accept_set_up"
printf '127.0.0.1 %s\n' $DC_HOST >>/etc/hosts
domain_copy && domain_krb5_conf && dc_start "$DC_ALL" && member_start
verdict "a domain controller, and the winbindd of a member"

stop_helper || problem "credsspd does not end"
CREDSSPD_ARGS='--winbind --failure-delay 200'
helper_up || problem "credsspd does not start"

# A domain controller takes no proof that was made for another server than the one that asks, and
# Samba's none for another domain.
accept_start --carrier raw --mech ntlm --domain AD
wrong 'AD\alice' password $DENIED
until_true 10 has 'winbind: the domain refuses' "$GUEST_RUN/credsspd.log" || problem "no warning"
verdict "an acceptor with another name than the member's is refused, and the log says why"
hostname_is member
accept_start --carrier raw --mech ntlm
wrong 'AD\alice' password $DENIED
verdict "an acceptor with another domain than the member's is refused"
accept_start --carrier raw --mech ntlm --domain AD

right 'AD\alice' password 'ad*alice'
right alice@ad.test password 'ad*alice'
right 'EXAMPLE\alice' password 'example*alice'
verdict "users of the domain, and of the file beside them"

wrong 'AD\alice' wrong-password $DENIED
wrong 'AD\nobody-at-all' password $DENIED
wrong 'NOSUCH\alice' password $DENIED
verdict "a wrong password, and users and domains that do not exist"

wrong 'AD\locked' password 0xC0000072
wrong 'AD\gone' password 0xC0000193
wrong 'AD\stale' password 0xC0000224
verdict "a disabled account, an expired one, and a password that must be changed: the client is told"
for user in locked gone stale; do
	wrong "AD\\$user" wrong-password $DENIED
done
verdict "the same accounts with a wrong password: the client is not told"

dc_stop
logon 'AD\alice' password
want "exit status" "$RC" '[1-7]'
want status "${FIELD[status]}" 'SEC_E_*'
want reason "${FIELD[reason]}" 'helper-reply'
want user "${FIELD[user]}" ''
verdict "without the domain controller nobody of the domain is accepted"
right 'EXAMPLE\alice' password 'example*alice'
verdict "the file's accounts are"

stop_helper || problem "credsspd does not end"
unset CREDSSPD_ARGS
helper_up || problem "credsspd does not start"
verdict "the helper of other programs"
accept_stop
member_stop
hostname_is "$HOST"
nothing_left "no context and no credential is left"
finish
