#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The kernel's own SMB client, without a patch, and an unmodified smbd: multiuser mounts
# with bridged credentials (credsspctl cred bridge), and with Kerberos by credssp-spnego.
# guests: 6.1
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../smb.sh
. "$TOP/selftests/smb.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credssp-spnego smbd smbpasswd mount.cifs keyctl setpriv kinit unshare request-key

MOUNT=$WORK/mnt
RULES=/etc/request-key.d

# Files of mounts are closed before the server goes.
unmount() { ! mountpoint -q "$MOUNT" || umount "$MOUNT" || umount -l "$MOUNT"; }
trap 'unmount; smb_remove; cleanup' EXIT

uid_of() {
	local row
	for row in "${SMB_USERS[@]}"; do
		[ "${row% *}" != "$1" ] || printf '%s' "${row#* }"
	done
}

# as USER COMMAND...: with a session keyring that links the user's own, as a login has
as() {
	local uid
	uid=$(uid_of "$1")
	shift
	setpriv --reuid "$uid" --regid "$uid" --clear-groups \
		keyctl session - sh -c 'keyctl link @u @s && exec "$@"' sh "$@" 2>&1 |
		grep -v '^Joined session keyring'
	return "${PIPESTATUS[0]}"
}

# mount_share OPTION[,OPTION...]
mount_share() {
	mkdir -p "$MOUNT"
	mount.cifs "//$PEER_HOST/data" "$MOUNT" -o "$1" >"$WORK/mount" 2>&1
}

# whose FILE: the owner of a file on the server's own disk
whose() { stat -c %U "$SMB/data/$1" 2>/dev/null; }

# writes WHAT USER FILE: the user can write below its own directory, and the server's file is
# its own: the session was the user's
writes() {
	as "$2" sh -c "echo of $2 >'$MOUNT/$2/$3'" >"$WORK/write" ||
		problem "$2 cannot write: $(<"$WORK/write")"
	want "owner at the server" "$(whose "$2/$3")" "$2"
	verdict "$1"
}

# refused WHAT USER ERROR...: the user gets no session. cifs.ko tries again only when a second
# has passed (TLINK_ERROR_EXPIRE).
refused() {
	! as "$2" ls "$MOUNT/$2" >"$WORK/ls" || problem "$2 can list: $(<"$WORK/ls")"
	has "$3" "$WORK/ls" || problem "another error: $(<"$WORK/ls")"
	sleep 1.2
	verdict "$1"
}

bridge() {
	local user=$1
	shift
	as "$user" credsspctl cred bridge --user "$user" --password-file "$PASSWORDS/$user" "$@"
}

PASSWORDS=$WORK/passwords
mkdir "$PASSWORDS"
chmod 755 "$WORK" "$PASSWORDS"
for user in alice bob carol; do
	cp "$WORK/password" "$PASSWORDS/$user"
	chmod 600 "$PASSWORDS/$user"
	chown "$(uid_of $user 2>/dev/null)" "$PASSWORDS/$user"
done
printf '127.0.0.1 %s\n' $PEER_HOST >>/etc/hosts
cifs_load

patient
KDC_NO_PAC=true
kdc_make && kdc_start 0 && kdc_helper
verdict "a KDC, and a helper that knows it"
SMB_KEYTAB=$KDC/peer.keytab
KRB5_CONFIG=$KDC/peer.conf
# shellcheck disable=SC2119 # no lines of its own
smb_make && smb_start
verdict "smbd"

# ---- multiuser mounts with bridged credentials -------------------------------

# The mount itself is carol's.
mount_share "multiuser,sec=ntlmssp,username=carol,password=$PASSWORD,domain=WORKGROUP" ||
	problem "mount: $(<"$WORK/mount")"
verdict "a multiuser mount by NTLM"
as alice sh -c "ls '$MOUNT/alice'; credsspctl cred list" >"$WORK/out"
! has 'cifs:a:|cifs:d:' "$WORK/out" || problem "a bridge is listed: $(<"$WORK/out")"
refused "alice has no credentials, and no bridge is listed" alice \
	'Required key|Permission denied|Key has'
bridge alice "$PEER_HOST" >"$WORK/out" || problem "bridge: $(<"$WORK/out")"
as alice credsspctl cred list >"$WORK/out"
has 'cifs:a:127.0.0.1' "$WORK/out" || problem "the list has no bridge: $(<"$WORK/out")"
verdict "alice's credentials are bridged, and listed"
writes "alice has her own session" alice one
refused "bob has none, while alice's is there" bob 'Required key|Permission denied|Key has'
bridge bob --domain WORKGROUP >"$WORK/out" || problem "bridge: $(<"$WORK/out")"
writes "bob has his own, by a domain's key" bob one
writes "... and alice still hers" alice two
! as bob cat "$MOUNT/alice/one" >"$WORK/out" || problem "bob can read alice's file"
verdict "bob cannot read alice's file: no session is shared"
unmount

# A new mount: the sessions are gone.
as alice credsspctl cred remove cifs:a:127.0.0.1 >"$WORK/out" || problem "remove: $(<"$WORK/out")"
as bob credsspctl cred remove cifs:d:WORKGROUP >"$WORK/out" || problem "remove: $(<"$WORK/out")"
mount_share "multiuser,sec=ntlmssp,username=carol,password=$PASSWORD,domain=WORKGROUP" ||
	problem "mount: $(<"$WORK/mount")"
refused "a bridge that was removed gives no session" alice 'Required key|Permission denied|revoked'
bridge alice --timeout 1 "$PEER_HOST" >"$WORK/out" || problem "bridge: $(<"$WORK/out")"
sleep 2
refused "... nor one that has expired" alice 'Required key|Permission denied|expired'
printf 'wrong\n' >"$PASSWORDS/bob"
bridge bob 127.0.0.1 >"$WORK/out" || problem "bridge: $(<"$WORK/out")"
refused "... nor one with a wrong password" bob 'Permission denied|Required key'
cp "$WORK/password" "$PASSWORDS/bob"
bridge bob --also CIFS/$PEER_HOST 127.0.0.1 >"$WORK/out" || problem "bridge: $(<"$WORK/out")"
as bob credsspctl cred list >"$WORK/out"
has "CIFS/$PEER_HOST" "$WORK/out" || problem "not saved for the module: $(<"$WORK/out")"
writes "a new password takes the place of the wrong one; typed once for both" bob two
unmount

mount_share "ip=::1,multiuser,sec=ntlmsspi,username=carol,password=$PASSWORD,domain=WORKGROUP" ||
	problem "mount: $(<"$WORK/mount")"
bridge alice ::1 >"$WORK/out" || problem "bridge: $(<"$WORK/out")"
as alice credsspctl cred list >"$WORK/out"
has 'cifs:a:::1' "$WORK/out" || problem "the list has no bridge: $(<"$WORK/out")"
writes "IPv6" alice six
unmount

# ---- Kerberos by credssp-spnego ----------------------------------------------

mkdir -p $RULES
rm -f $RULES/cifs.spnego.conf
sed "s|@sbindir@|$TOP/build/user|" "$TOP/userspace-helper/units/cifs.spnego.conf.in" \
	>$RULES/cifs.spnego.conf
# A log for the program, which has no other place for what it says
socat -u UNIX-RECV:/dev/log,mode=666 "OPEN:$WORK/syslog,creat,append" 2>/dev/null &
KERBEROS="multiuser,sec=krb5"

# ticket USER [OPTION...]: in the user's default cache
ticket() {
	local uid
	uid=$(uid_of "$1")
	kdc_ticket "$1" "FILE:/tmp/krb5cc_$uid" "${@:2}" && chown "$uid" "/tmp/krb5cc_$uid"
}

! mount_share "$KERBEROS,cruid=alice" || problem "a mount without a ticket"
has 'Required key|error\(126\)' "$WORK/mount" || problem "another error: $(<"$WORK/mount")"
verdict "without a ticket there is no mount, and the error says so"
ticket alice
mount_share "$KERBEROS,cruid=alice" || problem "mount: $(<"$WORK/mount") $(tail -n 3 "$WORK/syslog")"
verdict "root mounts with alice's ticket"
writes "alice has her session, signed" alice three
refused "bob, without a ticket, has none" bob 'Permission denied|Required key'
ticket bob
writes "bob has his own" bob three
! as bob cat "$MOUNT/alice/three" >"$WORK/out" || problem "bob can read alice's file"
verdict "two users on one mount share no session"
unmount

# A user's own request for such a key, about another user. Newer kernels refuse it themselves.
hex() { printf '0x%x' "$(uid_of "$1")"; }
asked="ver=0x2;host=$PEER_HOST;sec=krb5;uid=$(hex alice);creduid=$(hex alice);pid=0x1"
! as bob keyctl request2 cifs.spnego "$asked" '' @u >"$WORK/out" ||
	problem "bob has a key with alice's ticket: $(<"$WORK/out")"
verdict "bob cannot ask for a session of alice"

# A session of the task's own cache
ticket alice
mount_share "$KERBEROS,cruid=alice" || problem "mount: $(<"$WORK/mount")"
mv "/tmp/krb5cc_$(uid_of bob)" "$WORK/bob.cc"
refused "bob's default cache is empty" bob 'Permission denied|Required key'
sleep 3
as bob env KRB5CCNAME="FILE:$WORK/bob.cc" sh -c "echo of bob >'$MOUNT/bob/four'" >"$WORK/write" ||
	problem "$(<"$WORK/write") $(tail -n 3 "$WORK/syslog")"
verdict "KRB5CCNAME of bob's own program counts"
unmount

# Other namespaces: a user in a container must not get the host's tickets (CVE-2025-2312).
ticket bob
mount_share "$KERBEROS,cruid=alice" || problem "mount: $(<"$WORK/mount")"
bob=(setpriv "--reuid=$(uid_of bob)" "--regid=$(uid_of bob)" --clear-groups)
for ns in mount net user; do
	case $ns in
	mount) command=(unshare --mount --propagation unchanged "${bob[@]}") ;;
	net) command=(unshare --net "${bob[@]}") ;;
	user) command=("${bob[@]}" unshare --user --map-current-user) ;;
	esac
	! "${command[@]}" ls "$MOUNT/bob" >"$WORK/ls" 2>&1 ||
		problem "bob can list: $(<"$WORK/ls")"
	has 'Permission denied|Required key' "$WORK/ls" ||
		problem "another error: $(<"$WORK/ls")"
	has 'other namespaces' "$WORK/syslog" || problem "$(tail -n 3 "$WORK/syslog")"
	: >"$WORK/syslog"
	verdict "a program in another $ns namespace is refused"
	sleep 3
done
writes "... and outside of it served" bob five

# The server restarts. cifs.ko's own threads try first, or beside bob.
# shellcheck disable=SC2317 # called by until_true
bob_writes() { as bob sh -c "echo of bob >'$MOUNT/bob/seven'" >"$WORK/write"; }
smb_start
until_true 30 bob_writes || problem "bob cannot write: $(<"$WORK/write")"
want "owner at the server" "$(whose bob/seven)" bob
until_true 10 has 'uid [0-9]*: it is a task of the kernel' "$WORK/syslog" ||
	problem "no thread was refused: $(<"$WORK/syslog")"
verdict "after a restart of the server: cifs.ko's thread is refused, the user gets a session"
unmount

# A machine's mount: no cache, a keytab, and the name of a user
rm -f /tmp/krb5cc_0
cp "$KDC/alice.keytab" /etc/krb5.keytab
mount_share sec=krb5i,username=alice ||
	problem "mount: $(<"$WORK/mount") $(tail -n 3 "$WORK/syslog")"
echo "of root" >"$MOUNT/alice/eight" || problem "root cannot write"
want "owner at the server" "$(whose alice/eight)" alice
verdict "root mounts with the machine's keytab"
rm -f /etc/krb5.keytab
unmount

ticket alice
mount_share "$KERBEROS,cruid=alice" || problem "mount: $(<"$WORK/mount")"
ticket alice -l 10s
ticket bob -l 10s
sleep 11
refused "an expired ticket gives no session" bob 'Key has expired|Permission denied'
unmount
! mount_share "$KERBEROS,cruid=alice" || problem "a mount with an expired ticket"
has 'error\(127\)' "$WORK/mount" || problem "another error: $(<"$WORK/mount")"
verdict "... and no mount"

stop_helper
ticket alice
! mount_share "$KERBEROS,cruid=alice" || problem "a mount without credsspd"
has 'error\(121\)' "$WORK/mount" || problem "another error: $(<"$WORK/mount")"
verdict "without credsspd there is an error of its own"
helper_up

rm -f $RULES/cifs.spnego.conf
smb_remove
nothing_left "no context and no credential is left"
finish
