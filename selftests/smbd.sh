# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Samba's smbd for test programs, with Kerberos and NTLM. Sourced, after lib.sh and kdc.sh.
# It needs no module, and nothing of the machine's own Samba: its files are in $SMBD.
#
# alice is its only user, with $PASSWORD, and becomes the Unix user nobody. Messages must be
# signed.

SMBD='' SMBD_PID=''
# shellcheck disable=SC2034 # for those who source this
SMBD_PORT=${SMBD_PORT:-8945} SMBD_TARGET=cifs/peer.credssp.test

smbd_conf() {
	cat >"$SMBD/smb.conf" <<-CONF
	[global]
	server role = standalone server
	workgroup = CREDSSP
	netbios name = PEER
	realm = $REALM
	kerberos method = dedicated keytab
	dedicated keytab file = $KDC/peer.keytab
	username map = $SMBD/map
	passdb backend = smbpasswd:$SMBD/smbpasswd
	private dir = $SMBD
	state directory = $SMBD
	lock directory = $SMBD
	cache directory = $SMBD
	pid directory = $SMBD
	ncalrpc dir = $SMBD/ncalrpc
	log file = $SMBD/log
	interfaces = lo
	bind interfaces only = yes
	smb ports = $SMBD_PORT
	disable netbios = yes
	load printers = no
	server signing = mandatory
	CONF
	printf 'nobody = alice %s\\alice alice@%s\n' CREDSSP "$REALM" >"$SMBD/map"
}

# smbd_start: after kdc_start. A standalone smbd takes no ticket with a PAC (it would have to
# ask a domain controller about it), so the KDC puts none into the service's tickets.
smbd_start() {
	need smbd smbpasswd
	SMBD=$WORK/smbd
	mkdir -p "$SMBD"
	smbd_conf
	kdc_admin "$REALM" <<<"modprinc +no_auth_data_required cifs/$PEER_HOST" || return
	printf '%s\n%s\n' "$PASSWORD" "$PASSWORD" |
		smbpasswd -c "$SMBD/smb.conf" -s -a nobody >"$SMBD/smbpasswd.out" 2>&1 || {
		problem "smbpasswd: $(tail -n 2 "$SMBD/smbpasswd.out")"
		return 1
	}
	KRB5_CONFIG=$KDC/peer.conf smbd -F -s "$SMBD/smb.conf" -d 1 >"$SMBD/out" 2>&1 &
	SMBD_PID=$!
	until_true 30 listens "$SMBD_PORT" && return
	problem "smbd does not listen: $(tail -n 3 "$SMBD/out" "$SMBD/log")"
	return 1
}

# Its children end with it: they are of its process group.
smbd_stop() {
	[ -n "$SMBD_PID" ] || return 0
	kill "$SMBD_PID" 2>/dev/null
	wait "$SMBD_PID" 2>/dev/null
	SMBD_PID=''
}
