# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The sample credssp_smb.ko and Samba's smbd, for test programs. Sourced, after lib.sh.

SMB_MODULE=${CREDSSP_MODULES:?}/credssp_smb.ko
SMB=/sys/kernel/config/credssp_smb
SMB_SPN=cifs/localhost
SMB_KEY='' SMB_PORT=4450
SMBD='' SMBD_PID=''

# smb_load: loads the sample
smb_load() {
	need keyctl insmod rmmod modprobe mount mountpoint
	[ -e "$SMB_MODULE" ] || bail "$SMB_MODULE was not built"
	[ -d /sys/kernel/config ] || modprobe configfs || bail "there is no configfs"
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config ||
		bail "configfs cannot be mounted"
	insmod "$SMB_MODULE" 2>"$WORK/insmod" || bail "$(<"$WORK/insmod")"
	[ -d "$SMB" ] || bail "$SMB is missing"
}

# smb_key USER PASSWORD [DESCRIPTION [DOMAIN]]: SMB_KEY is a key with these credentials
smb_key() {
	SMB_KEY=$(printf '\001%s\000%s\000%s' "$1" "${4:-}" "$2" |
		keyctl padd logon "credssp:${3:-$SMB_SPN}" @u) || problem "keyctl padd"
}

# smb_make NAME SETTING=VALUE...: a connection, which has not been started
smb_make() {
	local dir=$SMB/$1 setting
	shift
	mkdir "$dir" || { problem "mkdir $dir"; return 1; }
	for setting in address=127.0.0.1 "port=$SMB_PORT" server=localhost share=test \
		timeout_ms=600000 "key=${SMB_KEY:-0}" "$@"; do
		{ printf '%s\n' "${setting#*=}" >"$dir/${setting%%=*}"; } 2>"$WORK/setting" ||
			problem "$setting: $(<"$WORK/setting")"
	done
}

# What it is: SMB_STATE and SMB_OUTCOME
SMB_STATE='' SMB_OUTCOME=''
smb_read() {
	SMB_STATE=$(<"$SMB/$1/state")
	# shellcheck disable=SC2034 # for those who source this
	SMB_OUTCOME=$(<"$SMB/$1/outcome")
}

# smb_write NAME FILE VALUE
smb_write() {
	{ printf '%s\n' "$3" >"$SMB/$1/$2"; } 2>"$WORK/write" || problem "$2: $(<"$WORK/write")"
}

# shellcheck disable=SC2317 # called by until_true
smb_ended() {
	case $(<"$SMB/$1/state") in
	connected | failed | cancelled | 'logged off') ;;
	*) return 1 ;;
	esac
}

# shellcheck disable=SC2317 # likewise
smb_is_at() { [ "$(<"$SMB/$1/state")" = "$2" ]; }

# smb_await NAME: the end of the steps under way
smb_await() {
	until_true 40 smb_ended "$1" || problem "it does not end"
	smb_read "$1"
}

# smb_run NAME SETTING=VALUE...: a connection until it stands or has failed
smb_run() {
	smb_make "$@" && smb_write "$1" connect 1
	smb_await "$1"
}

# smb_once SETTING=VALUE...: the same; it is logged off and removed
smb_once() {
	smb_run once "$@"
	smb_write once connect 0
	[ "$SMB_STATE" != connected ] || smb_is_at once 'logged off' ||
		problem "LOGOFF: $(<"$SMB/once/outcome")"
	rmdir "$SMB/once" || problem "rmdir"
}

# smb_good OUTCOME: the last connection stands
smb_good() {
	want state "$SMB_STATE" connected
	want outcome "$SMB_OUTCOME" "$1, renewed 0 times"
}

# smb_bad OUTCOME
smb_bad() {
	want state "$SMB_STATE" failed
	want outcome "$SMB_OUTCOME" "$1"
}

# ---- Samba's server ------------------------------------------------------------

smbd_users() {
	grep -q '^alice:' /etc/passwd || {
		printf 'alice:x:2001:2001::/nonexistent:/bin/false\n' >>/etc/passwd
		printf 'alice:x:2001:\n' >>/etc/group
	}
	printf '%s\n%s\n' "$PASSWORD" "$PASSWORD" |
		pdbedit -s "$SMBD/smb.conf" -a -t alice >"$SMBD/pdbedit.out" 2>&1 ||
		problem "pdbedit: $(tail -n 2 "$SMBD/pdbedit.out")"
}

# smbd_conf LINE...: more lines of [global]
smbd_conf() {
	{
		cat <<-CONF
		[global]
		workgroup = TESTS
		server role = standalone server
		netbios name = SERVER
		interfaces = lo
		bind interfaces only = no
		smb ports = $SMB_PORT
		disable netbios = yes
		load printers = no
		printcap name = /dev/null
		disable spoolss = yes
		passdb backend = tdbsam:$SMBD/passdb.tdb
		private dir = $SMBD
		state directory = $SMBD
		cache directory = $SMBD
		lock directory = $SMBD
		pid directory = $SMBD
		ncalrpc dir = $SMBD/ncalrpc
		log file = $SMBD/log
		log level = 3
		CONF
		printf '%s\n' "$@"
		printf '[test]\npath = %s/share\nguest ok = yes\n' "$SMBD"
		printf '[sealed]\npath = %s/share\nsmb encrypt = required\n' "$SMBD"
		printf '[private]\npath = %s/share\nvalid users = nobody\n' "$SMBD"
	} >"$SMBD/smb.conf"
}

# smbd_start LINE...: Samba's server with these lines of [global]
# shellcheck disable=SC2120 # there may be none
smbd_start() {
	smbd_stop
	if [ -z "$SMBD" ]; then
		need smbd pdbedit
		SMBD=$(mktemp -d /tmp/credssp-smbd.XXXXXX)
		chmod 755 "$SMBD"
		mkdir "$SMBD/share"
		smbd_conf
		smbd_users
	fi
	smbd_conf "$@"
	smbd -s "$SMBD/smb.conf" -F >"$SMBD/out" 2>&1 &
	SMBD_PID=$!
	until_true 40 smbd_is_decided && listens "$SMB_PORT" && return
	problem "smbd does not listen: $(tail -n 3 "$SMBD/out" "$SMBD/log")"
	return 1
}

# shellcheck disable=SC2317 # called by until_true
smbd_is_decided() { listens "$SMB_PORT" || gone "$SMBD_PID"; }

smbd_stop() {
	[ -n "$SMBD_PID" ] || return 0
	kill -TERM "$SMBD_PID" 2>/dev/null
	wait "$SMBD_PID" 2>/dev/null
	SMBD_PID=''
}
