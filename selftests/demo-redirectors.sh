#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# demo-redirectors.sh: boots Debian's Linux 6.1 and shows what kernel redirectors do with
# credssp, against unmodified servers: the samples credssp_rdp.ko (FreeRDP's server) and
# credssp_smb.ko (Samba's), and mounts of the kernel's own cifs.ko.
# Succeeds only if each command has the expected outcome.
# `make demo-redirectors` builds what it needs first.

TOP=$(cd "$(dirname "$0")/.." && pwd -P)
LIMIT=500
CONFIG=/sys/kernel/config

outside() {
	"$TOP/selftests/prepare.sh"
	echo "Booting Linux 6.1 in QEMU (without KVM that takes some seconds) ..."
	exec "$TOP/selftests/guest/run.sh" --timeout $LIMIT 6.1 -- \
		"$TOP/selftests/demo-redirectors.sh --inside"
}

heading() { printf '\n== %s\n\n' "$*"; }

failed() {
	printf '\n%s: the demo has failed\n' "$*"
	exit 1
}

# show EXPECTED COMMAND...: prints and runs a command; ends the demo on another outcome
show() {
	local expected=$1 rc=0
	shift
	printf '$ %s\n' "$*"
	"$@" </dev/null || rc=$?
	[ $rc -eq "$expected" ] || failed "exit status $rc, but $expected was expected"
	[ $rc -eq 0 ] || printf '(exit status %s)\n' $rc
}

# A user of the machine, with a session keyring as a login has one
as() {
	local uid
	uid=$(id -u "$1")
	shift
	setpriv "--reuid=$uid" "--regid=$uid" --clear-groups \
		keyctl session - sh -c 'keyctl link @u @s && exec "$@"' sh "$@" 2>&1 |
		grep -v '^Joined session keyring'
	return "${PIPESTATUS[0]}"
}

# show_as USER EXPECTED COMMAND...
show_as() {
	local user=$1 expected=$2 rc=0
	shift 2
	printf '%s$ %s\n' "$user" "$*"
	as "$user" "$@" </dev/null || rc=$?
	[ $rc -eq "$expected" ] || failed "exit status $rc, but $expected was expected"
	[ $rc -eq 0 ] || printf '(exit status %s)\n' $rc
}

# ---- the samples -------------------------------------------------------------

# load NAME: the sample's module
load() {
	local ko=${CREDSSP_MODULES:?}/credssp_$1.ko
	[ -e "$ko" ] || failed "$ko was not built"
	[ -d $CONFIG ] || modprobe configfs
	mountpoint -q $CONFIG || mount -t configfs configfs $CONFIG
	printf '$ insmod %s\n' "${ko##*/}"
	insmod "$ko" || failed "insmod"
}

# shellcheck disable=SC2317 # called by until_true
settled() {
	case $(<"$1/state") in
	"$2" | failed) return 0 ;;
	esac
	return 1
}

# connect NAME STATE SETTING=VALUE...: a connection of the sample NAME, from directory and
# settings to this state
connect() {
	local dir=$CONFIG/credssp_$1/demo state=$2 setting
	shift 2
	printf '$ mkdir %s; cd %s\n' "$dir" "$dir"
	mkdir "$dir" || failed "mkdir"
	for setting in "$@" connect=1; do
		printf '$ echo %s >%s\n' "${setting#*=}" "${setting%%=*}"
		printf '%s\n' "${setting#*=}" >"$dir/${setting%%=*}" || failed "echo"
	done
	until_true 40 settled "$dir" "$state"
	printf '$ cat state outcome\n%s\n%s\n' "$(<"$dir/state")" "$(<"$dir/outcome")"
	[ "$(<"$dir/state")" = "$state" ] || failed "the state is not $state"
	rmdir "$dir"
}

# key SPN: KEY is a logon key with alice's credentials
key() {
	printf '$ credsspctl cred add --user alice %s\n' "$1"
	credsspctl cred add --user alice --password-file password "$1" || failed "cred add"
	KEY=$(keyctl search @u logon "credssp:$1") || failed "keyctl search"
}

rdp() {
	heading "An RDP redirector in the kernel: to FreeRDP's server, up to the licence"
	freerdp_cert rsa || exit
	freerdp_start
	key TERMSRV/localhost
	load rdp
	connect rdp "done" address=127.0.0.1 "port=$FREERDP_PORT" server=localhost mechs=ntlm \
		"key=$KEY"
	freerdp_stop
}

smb() {
	heading "An SMB redirector in the kernel: to Samba's server, a share, a signed echo"
	key "CIFS/$PEER_HOST"
	load smb
	connect smb connected address=127.0.0.1 "port=$SMB_PORT" "server=$PEER_HOST" \
		share=data "key=$KEY"
}

# ---- cifs.ko -------------------------------------------------------------------

mount_share() { show "$1" mount.cifs "//$PEER_HOST/data" /mnt -o "$2"; }

bridge() {
	heading "The kernel's cifs.ko, as it is: each user's password is bridged to it"
	mount_share 0 "multiuser,sec=ntlmssp,username=carol,password=$PASSWORD,domain=WORKGROUP"
	show_as alice 2 ls /mnt/alice
	show_as alice 0 credsspctl cred bridge --user alice --password-file alices-password \
		"$PEER_HOST"
	show_as alice 0 credsspctl cred list
	show_as alice 0 cp greeting /mnt/alice/one
	show_as bob 1 cat /mnt/alice/one
	show 0 umount /mnt
}

upcall() {
	local uid
	heading "The same by Kerberos: credsspd gets the tickets, with the user's own cache"
	mkdir -p /etc/request-key.d
	sed "s|@sbindir@|$TOP/build/user|" "$TOP/userspace-helper/units/cifs.spnego.conf.in" \
		>/etc/request-key.d/cifs.spnego.conf
	for user in alice bob; do
		uid=$(id -u $user)
		kdc_ticket $user "FILE:/tmp/krb5cc_$uid" || exit
		chown "$uid" "/tmp/krb5cc_$uid"
	done
	mount_share 0 multiuser,sec=krb5,cruid=alice
	show_as alice 0 cp greeting /mnt/alice/two
	show_as bob 0 cp greeting /mnt/bob/two
	show_as bob 2 ls /mnt/alice
	printf '\nAt the server, each file is of the user whose session it was:\n'
	show 0 ls -l "$SMB/data/alice" "$SMB/data/bob"
	[ "$(stat -c %U "$SMB/data/bob/two")" = bob ] || failed "bob's file is not bob's"
	show 0 umount /mnt
	rm -f /etc/request-key.d/cifs.spnego.conf /tmp/krb5cc_*
}

prepare() {
	local user
	need credsspctl credssp-spnego freerdp-shadow-cli Xvfb winpr-hash openssl ss smbd \
		smbpasswd mount.cifs keyctl setpriv
	trap 'mountpoint -q /mnt && umount -l /mnt; smb_remove; cleanup' EXIT
	cd "$WORK" || exit
	chmod 755 "$WORK"
	printf '127.0.0.1 %s\n' "$PEER_HOST" >>/etc/hosts
	modprobe cifs || exit
	KDC_NO_PAC=true
	kdc_make && kdc_start 0 && kdc_helper || exit
	SMB_KEYTAB=$KDC/peer.keytab
	# shellcheck disable=SC2119 # no lines of its own
	smb_make && smb_start || exit
	[ ${#PROBLEMS[@]} -eq 0 ] || failed "${PROBLEMS[*]}"
	echo "from a kernel" >greeting
	for user in alice bob; do
		cp password "${user}s-password"
		chown $user "${user}s-password"
	done
}

inside() {
	# shellcheck source=lib.sh
	. "$TOP/selftests/lib.sh"
	# shellcheck source=kdc.sh
	. "$TOP/selftests/kdc.sh"
	# shellcheck source=smb.sh
	. "$TOP/selftests/smb.sh"
	# shellcheck source=guest/helper.sh
	. "$TOP/selftests/guest/helper.sh"
	heading "Linux $(uname -r), credssp, a KDC and Samba's server"
	prepare
	show 0 credsspctl status
	rdp
	smb
	bridge
	upcall
	heading "All connections had the expected outcome"
	rmmod credssp_rdp credssp_smb
}

case ${1:-} in
--inside) inside ;;
'') outside ;;
*) echo "usage: demo-redirectors.sh" >&2; exit 2 ;;
esac
