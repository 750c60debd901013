# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# An unmodified smbd and cifs.ko for test programs. Sourced, after lib.sh.
#
# The share `data` has a directory for each of the users alice and bob, whose password is
# $PASSWORD. smb_make before smb_start; with $SMB_KEYTAB in the realm $REALM it also takes
# Kerberos.

SMB='' SMB_PID='' SMB_PORT=445
# Users of the guest: cifs.ko's sessions are of uids.
SMB_USERS=("alice 4301" "bob 4302" "carol 4303")

# The debug kernel has it built in.
cifs_load() {
	grep -qw cifs /proc/filesystems || modprobe cifs || bail "no cifs.ko"
}

smb_conf() {
	cat <<-CONF
	[global]
	workgroup = WORKGROUP
	netbios name = PEER
	server role = standalone server
	security = user
	map to guest = never
	disable netbios = yes
	smb ports = $SMB_PORT
	interfaces = lo
	bind interfaces only = yes
	load printers = no
	printcap name = /dev/null
	disable spoolss = yes
	unix extensions = no
	private dir = $SMB/private
	state directory = $SMB/state
	cache directory = $SMB/cache
	lock directory = $SMB/lock
	pid directory = $SMB
	ncalrpc dir = $SMB/ncalrpc
	log file = $SMB/log
	max log size = 0
	log level = 1 auth:3
	server signing = mandatory
	CONF
	[ -z "${SMB_KEYTAB:-}" ] || cat <<-CONF
	realm = $REALM
	kerberos method = dedicated keytab
	dedicated keytab file = FILE:$SMB_KEYTAB
	CONF
	printf '%s\n' "$@" "[data]" "path = $SMB/data" "read only = no" \
		"create mask = 0600" "directory mask = 0700"
}

# smb_make [LINE...]: users, directories and a configuration; the lines go into [global]
smb_make() {
	local row user uid
	SMB=$(mktemp -d /tmp/credssp-smb.XXXXXX)
	chmod 755 "$SMB"
	mkdir -p "$SMB"/{private,state,cache,lock,ncalrpc,data}
	chmod 777 "$SMB/data"
	smb_conf "$@" >"$SMB/smb.conf"
	for row in "${SMB_USERS[@]}"; do
		read -r user uid <<<"$row"
		# A program that has made users already makes them anew.
		sed -i "/^$user:/d; /^[^:]*:[^:]*:$uid:/d" /etc/passwd /etc/group
		printf '%s:x:%d:%d::/tmp:/bin/sh\n' "$user" "$uid" "$uid" >>/etc/passwd
		printf '%s:x:%d:\n' "$user" "$uid" >>/etc/group
		printf '%s\n%s\n' "$PASSWORD" "$PASSWORD" |
			smbpasswd -c "$SMB/smb.conf" -a -s "$user" >"$SMB/passwd.out" 2>&1 ||
			problem "smbpasswd: $(tail -n 2 "$SMB/passwd.out")"
		mkdir -m 700 "$SMB/data/$user"
		chown "$uid:$uid" "$SMB/data/$user"
	done
}

smb_listens() { listens "$SMB_PORT"; }

smb_start() {
	smb_stop
	smbd -F -s "$SMB/smb.conf" >"$SMB/out" 2>&1 &
	SMB_PID=$!
	until_true 20 smb_listens && return 0
	problem "smbd does not listen: $(tail -n 3 "$SMB/out" "$SMB/log" 2>/dev/null)"
	return 1
}

smb_stop() {
	local pid
	[ -n "$SMB_PID" ] || return 0
	kill -TERM "$SMB_PID" 2>/dev/null
	for pid in $(pidof smbd); do kill -KILL "$pid" 2>/dev/null; done
	wait "$SMB_PID" 2>/dev/null
	SMB_PID=''
}

# For cleanup()
smb_remove() {
	smb_stop
	rm -rf "$SMB"
	SMB=''
}
