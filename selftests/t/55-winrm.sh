#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Commands by WinRM: credsspctl winrm, Debian's python3-winrm and Ansible, unpatched, over
# requests_credssp, against credsspctl accept; with the password in a key it is nowhere in
# Python's memory. And credsspctl connect, the stream in a program's hands.
# guests: 6.1 trixie
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl openssl ss python3 keyctl

export PYTHONPATH=$TOP/userspace-helper/python PYTHONDONTWRITEBYTECODE=1
CLIENT=$TOP/selftests/peers/winrm_client.py
SCAN=$TOP/selftests/peers/scan_memory.py

# remote OPTION... -- COMMAND...: credsspctl winrm; sets RC, OUT and ERR
remote() {
	local options=()
	while [ "$1" != -- ]; do options+=("$1"); shift; done
	case " ${options[*]} " in
	*" --key "* | *" --saved "*) ;;
	*" --password-file "*) options+=(--user alice) ;;
	*) options+=(--user alice --password-file "$WORK/password") ;;
	esac
	RC=0
	credsspctl winrm --timeout $AUTH_TIMEOUT "${options[@]}" "127.0.0.1:$ACCEPT_PORT" "$@" \
		>"$WORK/out" 2>"$WORK/err" || RC=$?
	OUT=$(tr -d '\0' <"$WORK/out") ERR=$(<"$WORK/err")
}

# python TEST PASSWORD...: LINES has a line for each password
python() {
	mapfile -t LINES < <(timeout $((120 * HANG)) /usr/bin/python3 "$CLIENT" \
		"http://127.0.0.1:$ACCEPT_PORT/wsman" alice "$@" 2>&1 </dev/null)
	want "lines of python3-winrm" ${#LINES[@]} $(($# - 1)) || note "${LINES[*]}"
}

# tls VERSION: the helper of both ends speaks this version alone
tls() {
	stop_helper
	CREDSSPD_ARGS="--tls-min $1 --tls-max $1" helper_up
}

patient
accept_set_up
printf 'allow-%s = TERMSRV/* HTTP/*\n' fresh fresh-ntlm-only saved saved-ntlm-only \
	>"$WORK/policy.conf"
credsspctl policy load "$WORK/policy.conf" || problem "policy load"
verdict "accounts, certificates and a policy"

# ---- credsspctl winrm --------------------------------------------------------

for version in 1.2 1.3; do
	tls $version
	accept_start --carrier http --exec sh -c
	# shellcheck disable=SC2016 # the program's variables
	remote -- 'echo "$CREDSSP_USER $CREDSSP_DELEGATED <&>"; echo oops >&2; exit 3'
	want "exit status" "$RC" 3
	want output "$OUT" '*alice password <&>'
	want errors "$ERR" oops
	next_event verdict
	accepted
	want TLS "${FIELD[tls.version]}" $version
	verdict "winrm, TLS $version: output, errors, exit status, and the user's name"
	python large "$PASSWORD"
	want result "${LINES[0]}" 'ok *GCM*|ok *CHACHA20*'
	verdict "python3-winrm, TLS $version: messages of many records"
done
stop_helper
helper_up
accept_start --carrier http --exec sh -c

credsspctl cred add --user alice --password-file "$WORK/password" HTTP/127.0.0.1 ||
	problem "cred add"
KEY=$(keyctl search @u logon credssp:HTTP/127.0.0.1)

# ---- python3-winrm -----------------------------------------------------------

python run "$PASSWORD" credssp:saved "credssp:key:$KEY" wrong credssp:key:1
for i in 0 1 2; do want "result of logon $i" "${LINES[i]}" ok; done
verdict "python3-winrm: a command, with a password, a saved one, and one in a key"
want result "${LINES[3]}" 'NTStatusException the server says: *STATUS_LOGON_FAILURE*'
want result "${LINES[4]}" 'InvalidConfigurationException *'
verdict "python3-winrm: a wrong password, and a key that is none"
(echo 'oracle = force'; cat "$WORK/policy.conf") >"$WORK/force.conf"
credsspctl policy load "$WORK/force.conf" || problem "policy load"
python oldest credssp:saved
want result "${LINES[0]}" ok
credsspctl policy load "$WORK/policy.conf" || problem "policy load"
verdict "python3-winrm: its lowest version, 2, is no wish under oracle = force"
python many credssp:saved
want result "${LINES[0]}" ok
verdict "python3-winrm: shells and commands on one connection"

# memory PASSWORD: starts a client that has logged on; PLACES is how often the password is in it
memory() {
	local client fd bytes=0
	PLACES=none
	exec {fd}<> <(:)
	/usr/bin/python3 "$CLIENT" "http://127.0.0.1:$ACCEPT_PORT/wsman" alice wait "$1" \
		<&"$fd" >"$WORK/wait" 2>&1 &
	client=$!
	until_true 60 has 'ready 0' "$WORK/wait" || problem "the client: $(<"$WORK/wait")"
	read -r bytes PLACES < <(/usr/bin/python3 "$SCAN" $client "$WORK/password")
	[ "${bytes:-0}" -gt 1000000 ] || problem "the memory was not read"
	kill -KILL $client
	wait $client 2>/dev/null
	exec {fd}<&-
}

memory "@$WORK/password"
want "places with the password" "$PLACES" '[1-9]*'
verdict "a password that Python was given is in its memory: the search finds it"
memory credssp:saved
want "places with the password" "$PLACES" 0
verdict "a password in a key is nowhere in Python's memory"

# The rest does not depend on the libraries of Debian 13.
if [ "${CREDSSP_ROOT:-}" = trixie ]; then
	accept_stop
	keyctl revoke "$KEY"
	credsspctl policy reset
	nothing_left "no context and no credential is left"
	finish
fi

# ---- more of credsspctl winrm ------------------------------------------------

accept_start --carrier http --exec sh -c
remote --password-file "$WORK/wrong-password" -- true
want "exit status" "$RC" 2
want errors "$ERR" 'Not authenticated*'
next_event verdict
denied SEC_E_LOGON_DENIED logon
verdict "winrm: a wrong password"

remote --run-time 2 -- 'echo begun; sleep 600'
want "exit status" "$RC" 5
want output "$OUT" begun
want errors "$ERR" '*--run-time'
verdict "winrm: a command that takes too long is ended"

head -c 300000 /dev/urandom >"$WORK/data"
remote --stdin -- cat <"$WORK/data"
want "exit status" "$RC" 0
cmp -s "$WORK/data" "$WORK/out" || problem "the data are other ones"
verdict "winrm: 300000 bytes there and back"

for how in --saved "--key $KEY"; do
	# shellcheck disable=SC2086 # words
	remote $how -- echo by a key
	want "exit status" "$RC" 0
	want output "$OUT" 'by a key'
	verdict "winrm: ${how%% *}"
done

# ---- Ansible -----------------------------------------------------------------

need ansible
# Ansible wraps each command for PowerShell.
accept_start --carrier http --exec "$TOP/selftests/peers/powershell.sh"
cat >"$WORK/inventory" <<-INVENTORY
	[all]
	peer ansible_host=127.0.0.1 ansible_port=$ACCEPT_PORT ansible_connection=winrm
	[all:vars]
	ansible_winrm_transport=credssp
	ansible_winrm_scheme=http
	ansible_user=alice
	ansible_password=credssp:saved
INVENTORY
RC=0
# raw gives the command to the connection as it is
# shellcheck disable=SC2016 # the program's variables
OUT=$(HOME=$WORK LC_ALL=C.UTF-8 timeout $((180 * HANG)) ansible -i "$WORK/inventory" all -m raw \
	-a 'echo from $CREDSSP_DELEGATED' 2>&1 </dev/null) || RC=$?
want "exit status" "$RC" 0
[[ $OUT = *'peer | CHANGED | rc=0 >>'*'from password'* ]] || problem "output is '$OUT'"
verdict "Ansible's winrm connection, the password in a key"
accept_stop

# ---- connect -----------------------------------------------------------------

connect() {
	RC=0
	credsspctl connect --timeout $AUTH_TIMEOUT --user alice --password-file "$WORK/password" \
		"$@" >"$WORK/out" 2>"$WORK/err" || RC=$?
	OUT=$(tr -d '\0' <"$WORK/out") ERR=$(<"$WORK/err")
}

head -c 1000000 /dev/urandom >"$WORK/data"
for carrier in rdp raw; do
	accept_start --carrier $carrier --exec cat
	connect --carrier $carrier "127.0.0.1:$ACCEPT_PORT" <"$WORK/data"
	want "exit status" "$RC" 0
	cmp -s "$WORK/data" "$WORK/out" || problem "the data are other ones: $ERR"
	verdict "connect, $carrier: a megabyte there and back"
done
# the server ends first; the program's descriptor is the stream
# shellcheck disable=SC2016 # the program's variables
connect --carrier raw "127.0.0.1:$ACCEPT_PORT" --exec sh -c \
	'echo "$CREDSSP_FD $CREDSSP_MECH $CREDSSP_VERSION" >&3; read -r line <&3; echo "got $line"; exit 9' \
	</dev/null
want "exit status" "$RC" 9
want output "$OUT" 'got 3 ntlm 6'
verdict "connect --exec: the stream is descriptor 3, and the exit status is the program's"
# shellcheck disable=SC2016
connect --carrier raw "127.0.0.1:$ACCEPT_PORT" --ktls --exec /usr/bin/python3 -c \
	'import os, socket
s = socket.socket(fileno=int(os.environ["CREDSSP_FD"]))
assert s.family == socket.AF_INET and os.environ["CREDSSP_KTLS"] == "1"
s.sendall(b"plain")
print(s.recv(5, socket.MSG_WAITALL).decode())' </dev/null
want "exit status" "$RC" 0
want output "$OUT" plain
verdict "connect --ktls: the program has the kTLS socket itself"
connect --carrier raw "127.0.0.1:$ACCEPT_PORT" --exec /nowhere/at/all </dev/null
want "exit status" "$RC" 127
connect --carrier raw --password-file "$WORK/wrong-password" "127.0.0.1:$ACCEPT_PORT" </dev/null
want "exit status" "$RC" 2
want output "$OUT" ''
want errors "$ERR" 'Not authenticated*'
verdict "connect: no program, and a wrong password"
accept_stop

accept_start --carrier raw --exec sh -c 'echo all; exec >&-; cat >/tmp/connect-late'
connect --carrier raw "127.0.0.1:$ACCEPT_PORT" < <(printf 'late\n')
want "exit status" "$RC" 0
want output "$OUT" all
next_event verdict
next_event exit
want "what came after the server's end" "$(cat /tmp/connect-late)" late
verdict "connect: the server's end leaves the other direction open"
accept_stop

keyctl revoke "$KEY"
credsspctl policy reset
nothing_left "no context and no credential is left"
finish
