# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The sample credssp_rdp.ko, for test programs. Sourced, after lib.sh.

RDP_MODULE=${CREDSSP_MODULES:?}/credssp_rdp.ko
RDP=/sys/kernel/config/credssp_rdp
RDP_SPN=TERMSRV/localhost
RDP_KEY=''

# rdp_load: loads the sample
rdp_load() {
	need keyctl insmod rmmod modprobe mount
	[ -e "$RDP_MODULE" ] || bail "$RDP_MODULE was not built"
	[ -d /sys/kernel/config ] || modprobe configfs || bail "there is no configfs"
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config ||
		bail "configfs cannot be mounted"
	insmod "$RDP_MODULE" 2>"$WORK/insmod" || bail "$(<"$WORK/insmod")"
	[ -d "$RDP" ] || bail "$RDP is missing"
}

# rdp_key PASSWORD [DESCRIPTION [DOMAIN]]: RDP_KEY is a key with alice's credentials
rdp_key() {
	RDP_KEY=$(printf '\001alice\000%s\000%s' "${3:-}" "$1" |
		keyctl padd logon "credssp:${2:-$RDP_SPN}" @u) || problem "keyctl padd"
}

# rdp_make NAME SETTING=VALUE...: a connection to the peer, which has not been started
rdp_make() {
	local dir=$RDP/$1 setting
	shift
	mkdir "$dir" || { problem "mkdir $dir"; return 1; }
	for setting in address=127.0.0.1 "port=$PEER_PORT" server=localhost mechs=ntlm \
		timeout_ms=600000 "key=$RDP_KEY" "$@"; do
		{ printf '%s\n' "${setting#*=}" >"$dir/${setting%%=*}"; } 2>"$WORK/setting" ||
			problem "$setting: $(<"$WORK/setting")"
	done
}

# What it is: RDP_STATE and RDP_OUTCOME
RDP_STATE='' RDP_OUTCOME=''
rdp_read() {
	RDP_STATE=$(<"$RDP/$1/state")
	# shellcheck disable=SC2034 # for those who source this
	RDP_OUTCOME=$(<"$RDP/$1/outcome")
}

rdp_connect() {
	{ echo 1 >"$RDP/$1/connect"; } 2>"$WORK/connect" || problem "connect: $(<"$WORK/connect")"
}

# shellcheck disable=SC2317 # called by until_true
rdp_ended() { [ "$(<"$RDP/$1/connect")" = 0 ]; }

# shellcheck disable=SC2317 # likewise
rdp_is_at() { [ "$(<"$RDP/$1/state")" = "$2" ]; }

# rdp_run NAME SETTING=VALUE...: a connection from its start to its end; it stays
rdp_run() {
	rdp_make "$@" && rdp_connect "$1"
	until_true 40 rdp_ended "$1" || problem "it does not end"
	rdp_read "$1"
}

# rdp_once SETTING=VALUE...: the same, and it is removed
rdp_once() {
	rdp_run once "$@"
	rmdir "$RDP/once" || problem "rmdir"
}

# True if the peer has written its line about RDP for connection NUMBER.
RDP_LINE=''
rdp_peer_wrote() {
	local line
	while IFS= read -r line; do
		[[ $line != "rdp $1 "* ]] || { RDP_LINE=$line; return 0; }
	done <"$PEER_OUT"
	return 1
}

# rdp_next_line: as next_line, and PEER has RDP's fields as rdp_*
rdp_next_line() {
	local word words=()
	next_line || { problem "the peer has no line for it"; return 1; }
	[ "${PEER[result]}" = ok ] || return 0
	until_true 20 rdp_peer_wrote "$PEER_CONN" || { problem "the peer has no line about RDP"; return 1; }
	read -r -a words <<<"$RDP_LINE"
	for word in "${words[@]}"; do
		# shellcheck disable=SC2154 # a part of the name
		[[ $word != *=* ]] || PEER["rdp_${word%%=*}"]=${word#*=}
	done
}

# rdp_good: the last connection came to the licensing result, and the peer says so too
rdp_good() {
	want state "$RDP_STATE" "done"
	want outcome "$RDP_OUTCOME" "licensing: valid client, no licence is needed; *"
	rdp_next_line
	want "the peer's result" "${PEER[result]}" ok
	want "delegated to the peer" "${PEER[delegated]}" password
	want "the peer's result of RDP" "${PEER[rdp_result]}" ok
	want "the peer's reason" "${PEER[rdp_why]}" close-notify
	want "the client has left" "${PEER[rdp_left]}" yes
}
