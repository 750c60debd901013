# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The group "accept" of rows.sh: what a logon costs its server: credsspctl accept and
# credsspd, beside FreeRDP's servers. The client is credsspctl auth with a credsspd of its own,
# in another network namespace: its work is not counted. Sourced, after lib.sh.
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

ACCEPTS=20
# Logons that fill the caches: of tickets, of certificates, and of the library
ACCEPTS_BEFORE=3
# Time for what a server does after the last logon
ACCEPTS_SETTLE=2
CGROUPS=/sys/fs/cgroup
SERVER_ADDRESS=10.9.0.1 CLIENT_ADDRESS=10.9.0.2

in_client() { nsenter --net=/run/netns/client "$@"; }

# A client has its own network namespace, credsspd and KDC, of which nothing is counted.
client_start() {
	{
		ip netns add client && ip link add server0 type veth peer name client0 netns client &&
			ip addr add $SERVER_ADDRESS/24 dev server0 && ip link set server0 up &&
			in_client ip addr add $CLIENT_ADDRESS/24 dev client0 &&
			in_client ip link set client0 up && in_client ip link set lo up
	} || bail "no network namespace"
	printf '%s %s\n' $SERVER_ADDRESS $PEER_HOST >>/etc/hosts
	in_client env "${KDC_ENV[@]}" krb5kdc -n -r $REALM >"$KDC/client-kdc.out" 2>&1 &
	in_client credsspd "--krb5-conf=$KDC/krb5.conf" >>"$GUEST_RUN/credsspd.log" 2>&1 &
	CLIENT_PID=$!
	until_true 30 client_is_up || bail "the client's credsspd does not start"
	# the initial namespace's policy holds in the client's as well
	printf 'allow-%s = TERMSRV/*\n' fresh fresh-ntlm-only default >"$WORK/policy.conf"
	credsspctl policy load "$WORK/policy.conf" || bail "policy load"
}

# shellcheck disable=SC2317 # called by until_true
client_is_up() { in_client credsspctl status --json 2>/dev/null | grep -q '"helper_present": true'; }

# cgroup NAME PID...: these processes, and those that they start, are counted together
cgroup() {
	local name=$1 pid
	shift
	mkdir -p "$CGROUPS/$name"
	for pid; do
		echo "$pid" >"$CGROUPS/$name/cgroup.procs" || bail "no cgroup for $name"
	done
}

# counted NAME: COUNTED gets the instructions of a cgroup. One takes two nanoseconds.
counted() {
	local word value
	COUNTED=0
	while read -r word value; do
		[ "$word" != usage_usec ] || COUNTED=$((value * 500))
	done <"$CGROUPS/$1/cpu.stat"
}

# accept_idle SECONDS PART...: IDLE has what each part does in that time without a client
declare -A IDLE=() FIRST=()
accept_idle() {
	local seconds=$1 part
	shift
	for part; do
		counted "$part"
		IDLE[$part]=$((-COUNTED))
	done
	sleep "$seconds"
	for part; do
		counted "$part"
		IDLE[$part]=$(((IDLE[$part] + COUNTED) / seconds))
	done
}

# accept_logons COUNT PORT OPTION...: one after the other
accept_logons() {
	local count=$1 port=$2 i
	shift 2
	for ((i = 0; i < count; i++)); do
		run_auth in_client credsspctl auth --json --timeout 120 "$@" "$SERVER_ADDRESS:$port"
		[ "$RC" = 0 ] || { sed 's/^/# /' "$WORK/auth.json" "$WORK/auth.err"; bail "a logon by $*"; }
	done
}

# accept_row ROW PARTS PORT OPTION...: what one logon costs each part, without what the part
# does by itself meanwhile: FreeRDP's server looks at its screen.
accept_row() {
	local row=$1 parts=$2 port=$3 part start now
	shift 3
	accept_logons $ACCEPTS_BEFORE "$port" "$@"
	# shellcheck disable=SC2086 # words
	accept_idle 10 $parts
	read -r start _ </proc/uptime
	for part in $parts; do
		counted "$part"
		FIRST[$part]=$COUNTED
	done
	accept_logons $ACCEPTS "$port" "$@"
	sleep $ACCEPTS_SETTLE
	read -r now _ </proc/uptime
	for part in $parts; do
		counted "$part"
		echo "$row $part $(((COUNTED - FIRST[$part] -
			IDLE[$part] * (${now/./} - ${start/./}) / 100) / ACCEPTS))" |
			tee -a "$COUNTS"
	done
}

# accept_ours ROW OPTION...
accept_ours() {
	cgroup acceptor "$ACCEPT_PID"
	accept_row "$1" 'acceptor credsspd' "$ACCEPT_PORT" "${@:2}"
}

# accept_freerdp ROW OPTION...
accept_freerdp() {
	cgroup freerdp "$FREERDP_PID"
	accept_row "$1" freerdp "$FREERDP_PORT" "${@:2}"
}

freerdp_listens_at() {
	# shellcheck disable=SC2034 # of lib.sh
	FREERDP_ADDRESS=$SERVER_ADDRESS FREERDP_OPTIONS=("$@")
	freerdp_cert ec || bail "no certificate"
	KRB5_CONFIG=$KDC/peer.conf freerdp_start
}

measure_accept() {
	local round krb ntlm=(--mech ntlm --user alice --password-file "$WORK/password")
	need credsspctl freerdp-shadow-cli freerdp-shadow-cli3 winpr-hash winpr-hash3 Xvfb \
		openssl ip nsenter
	{ kdc_make && kdc_start 0 && accept_set_up && kdc_helper; } || bail "${PROBLEMS[*]}"
	# shellcheck disable=SC2046 # words
	cgroup credsspd $(pidof credsspd)
	client_start
	kdc_ticket alice "FILE:$KDC/bench.cc" || bail "${PROBLEMS[*]}"
	krb=(--target "$PEER_TARGET" "--ccache=FILE:$KDC/bench.cc")
	for ((round = 0; round < ROUNDS; round++)); do
		accept_start --listen "$SERVER_ADDRESS:0" --keytab "$KDC/peer.keytab" \
			--restricted-admin
		accept_ours accept-ntlm "${ntlm[@]}"
		accept_ours accept-krb5 "${krb[@]}"
		accept_ours accept-u2u "${krb[@]}" --u2u
		accept_stop
		# shellcheck disable=SC2034 # of lib.sh
		FREERDP=''
		freerdp_listens_at
		accept_freerdp freerdp2-accept-ntlm "${ntlm[@]}"
		# shellcheck disable=SC2034
		FREERDP=3
		freerdp_listens_at "/keytab:$KDC/peer.keytab"
		accept_freerdp freerdp3-accept-ntlm "${ntlm[@]}"
		accept_freerdp freerdp3-accept-krb5 "${krb[@]}"
		freerdp_stop
	done
	kill -TERM "$CLIENT_PID"
	wait "$CLIENT_PID" 2>/dev/null
	ip netns del client
}
