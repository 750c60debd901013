# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# credsspctl accept as a server for test programs: its accounts, certificates and verdicts.
# Sourced, after lib.sh and guest/helper.sh.

ACCEPT_PID='' ACCEPT_PORT='' ACCEPT_OUT='' ACCEPT_NUMBER=0 ACCEPT_LINES=0

# accept_set_up: the accounts alice and EXAMPLE\alice, and the certificates default (EC) and rsa.
# A helper that began when there was no directory of certificates has no keeper of keys.
accept_set_up() {
	local keeper=
	[ ! -d /etc/credssp/certs ] || keeper=yes
	mkdir -p /etc/credssp/certs/0
	chmod 755 /etc/credssp /etc/credssp/certs
	chmod 700 /etc/credssp/certs/0
	rm -f /etc/credssp/accounts /etc/credssp/certs/0/*
	credsspctl account add --password-file "$WORK/password" alice || return
	credsspctl account add --password-file "$WORK/password" --domain EXAMPLE alice || return
	credsspctl cert new --host localhost --host "$PEER_NAME" default 2>"$WORK/cert" || return
	openssl req -x509 -nodes -key "$TOP/build/prepared/rsa.key" -subj /CN=localhost -days 30 \
		-config <(printf '[req]\ndistinguished_name=name\n[name]\n') \
		-out "$WORK/rsa.crt" 2>/dev/null || return
	(umask 077 && cat "$WORK/rsa.crt" "$TOP/build/prepared/rsa.key" \
		>/etc/credssp/certs/0/rsa.pem) || return
	# Where systemd runs it, there is no such function.
	[ -n "$keeper" ] || ! declare -F stop_helper >/dev/null || { stop_helper && helper_up; }
}
PEER_NAME=peer.credssp.test

# accept_token NAME: the certificate NAME, whose key is on a token. A helper that starts after
# this knows the token.
accept_token() {
	export SOFTHSM2_CONF=$WORK/softhsm2.conf
	mkdir -p "$WORK/tokens"
	printf 'directories.tokendir = %s\n' "$WORK/tokens" >"$SOFTHSM2_CONF"
	softhsm2-util --init-token --free --label server --pin 1234 --so-pin 5678 >/dev/null &&
		openssl pkcs8 -topk8 -nocrypt -in "$TOP/build/prepared/rsa.key" \
			-out "$WORK/rsa.p8" &&
		softhsm2-util --import "$WORK/rsa.p8" --token server --label "$1" --id 01 \
			--pin 1234 >/dev/null || return
	p11tool --batch --login --set-pin 1234 --write --load-certificate "$WORK/rsa.crt" \
		--label "$1" --id 01 pkcs11:token=server >/dev/null 2>&1 || return
	(umask 077 && printf 'pkcs11:token=server;object=%s?pin-value=1234\n' "$1" \
		>"/etc/credssp/certs/0/$1.pem")
}

# accept_start OPTION...: sets ACCEPT_PORT. The timeout is a busy machine's.
accept_start() {
	accept_stop
	ACCEPT_NUMBER=$((ACCEPT_NUMBER + 1)) ACCEPT_LINES=1
	ACCEPT_OUT=$WORK/accept.$ACCEPT_NUMBER
	case " $* " in
	*" --listen "*) ;;
	*) set -- --listen 127.0.0.1:0 "$@" ;;
	esac
	credsspctl accept --json --timeout $((30 * HANG > 600 ? 600 : 30 * HANG)) "$@" \
		>"$ACCEPT_OUT" 2>"$ACCEPT_OUT.err" &
	ACCEPT_PID=$!
	if ! until_true 20 has '"event": "listening"' "$ACCEPT_OUT"; then
		ACCEPT_PORT=1
		problem "credsspctl accept $* does not listen: $(head -n 3 "$ACCEPT_OUT.err")"
		return 1
	fi
	[[ $(<"$ACCEPT_OUT") =~ \"port\":\ ([0-9]+) ]]
	# shellcheck disable=SC2034 # for those who source this
	ACCEPT_PORT=${BASH_REMATCH[1]}
}

# accept_stop: ACCEPT_RC is its exit status
accept_stop() {
	[ -n "$ACCEPT_PID" ] || return 0
	kill -TERM "$ACCEPT_PID" 2>/dev/null
	# shellcheck disable=SC2034 # for those who source this
	ACCEPT_RC=0
	# shellcheck disable=SC2034
	wait "$ACCEPT_PID" || ACCEPT_RC=$?
	ACCEPT_PID=''
}

# fields LINE: FIELD has the members of an object that are not null; those of an object in
# it have its name and a dot before them.
declare -A FIELD=()
fields() {
	local rest=$1 prefix='' key value
	local member='^[^"]*"([a-z0-9_]+)": (\{|"([^"]*)"|[a-z0-9-]+)(\}?)'
	FIELD=()
	while [[ $rest =~ $member ]]; do
		rest=${rest:${#BASH_REMATCH[0]}}
		key=${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}
		if [ "$value" = '{' ]; then
			prefix=$key.
			continue
		fi
		[[ $value != \"* ]] || value=${BASH_REMATCH[3]}
		[ "$value" = null ] || FIELD[$prefix$key]=$value
		[ -z "${BASH_REMATCH[4]}" ] || prefix=''
	done
}

accept_wrote() {
	local lines
	mapfile -t lines <"$ACCEPT_OUT"
	[ ${#lines[@]} -gt $ACCEPT_LINES ] || return 1
	fields "${lines[ACCEPT_LINES]}"
}

# next_event EVENT: waits for the acceptor's next line, which must be this event
next_event() {
	FIELD=()
	until_true 60 accept_wrote || { problem "the acceptor tells nothing"; return 1; }
	ACCEPT_LINES=$((ACCEPT_LINES + 1))
	want event "${FIELD[event]}" "$1"
}

# shellcheck disable=SC2317 # called by until_true
no_connection() {
	local port
	printf -v port %04X "$ACCEPT_PORT"
	# established, or closed by the client alone
	! has ":$port [0-9A-F]{8}:[0-9A-F]{4} 0[18] " /proc/net/tcp
}

# freerdp CLIENT USER PASSWORD [OPTION...]: one try. Its exit status tells nothing. When the
# acceptor closes, FreeRDP 3 may connect again until it is killed: those verdicts are left out.
freerdp() {
	local client=$1 user=$2 password=$3 pid lines
	shift 3
	OPENSSL_CONF=$SSL_CONF "$client" "/v:${FREERDP_HOST:-127.0.0.1}:$ACCEPT_PORT" "/u:$user" \
		"/p:$password" /cert:ignore +auth-only "$@" >"$WORK/client" 2>&1 </dev/null &
	pid=$!
	next_event verdict || note "$(tail -n 3 "$WORK/client")"
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	until_true 20 no_connection || problem "the acceptor does not close the connection"
	mapfile -t lines <"$ACCEPT_OUT"
	ACCEPT_LINES=${#lines[@]}
}

# accepted [USER]: the last verdict is that alice has logged on
# shellcheck disable=SC2120 # there may be none
accepted() {
	want status "${FIELD[status]}" SEC_E_OK || return
	want reason "${FIELD[reason]}" none
	want leg "${FIELD[leg]}" established
	want user "${FIELD[user],,}" "${1:-*alice*}"
	want address "${FIELD[peer.address]}" '127.0.0.1|::1'
}

# denied STATUSES REASONS [DELEGATED]
denied() {
	want status "${FIELD[status]}" "$1"
	want reason "${FIELD[reason]}" "$2"
	want user "${FIELD[user]}" ''
	want delegated "${FIELD[delegated]}" "${3:-none}"
	[ ${#PROBLEMS[@]} -eq 0 ] || note "the client says: $(tail -n 3 "$WORK/client" 2>/dev/null)"
}
