#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Observability: every command of Documentation/observability.rst as it stands there, perf, bpftrace,
# tcpdump and tshark among them, while logons to FreeRDP's server, to the peer and to our own
# acceptor go on; their captures, which the key log opens; and when there may be no key log.
# guests: 6.1
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl credsspd tspeer Xvfb openssl ss perf bpftrace tcpdump tshark

KEYLOG=/run/credssp/keylog
LOCKDOWN=/sys/kernel/security/lockdown
PORT=3389	# of the page's lines

# ---- the commands of the page --------------------------------------------------

mapfile -t COMMANDS < <(sed -nE 's/^ {4,}((echo|cat|perf|bpftrace|tcpdump|tshark) .*)$/\1/p' \
	"$TOP/Documentation/observability.rst")
declare -A RAN=()

# command_of PATTERN: COMMAND is the only one that matches
command_of() {
	local line found=()
	for line in "${COMMANDS[@]}"; do
		# shellcheck disable=SC2053 # a pattern
		[[ $line != $1 ]] || found+=("$line")
	done
	COMMAND=${found[0]:-false}
	[ ${#found[@]} -eq 1 ] || problem "${#found[@]} commands are '$1'"
	RAN[$COMMAND]=yes
}

# now PATTERN: runs a command; the output is in $WORK/out
now() {
	command_of "$1"
	bash -c "$COMMAND" >"$WORK/out" 2>"$WORK/out.err" ||
		problem "$COMMAND: $(tail -n 3 "$WORK/out.err")"
}

# meanwhile NAME PATTERN: starts a command; the output is in $WORK/NAME
declare -A PIDS=()
meanwhile() {
	command_of "$2"
	bash -c "exec $COMMAND" >"$WORK/$1" 2>"$WORK/$1.err" </dev/null &
	PIDS[$1]=$!
}

# The minute of perf's commands is as long as the logons take: this sleep ends when it is killed.
mkdir "$WORK/bin" "$WORK/sleep"
cat >"$WORK/bin/sleep" <<-SLEEP
	#!/bin/sh
	[ "\$1" = 60 ] || exec /bin/sleep "\$@"
	: >"$WORK/sleep/\$\$"
	exec /bin/sleep 3600
SLEEP
chmod +x "$WORK/bin/sleep"
PATH=$WORK/bin:$PATH

# shellcheck disable=SC2317 # called by until_true
sleepers() { set -- "$WORK"/sleep/*; [ $# -eq 3 ]; }

# True if bpftrace has attached its probes: it has an event for each, and one for each processor
# shellcheck disable=SC2317 # likewise
attached() {
	local fds
	[[ $(<"$WORK/$1") =~ Attaching\ ([0-9]+) ]] || return 1
	fds=$(find "/proc/${PIDS[$1]}/fd" -lname 'anon_inode:\[perf_event\]' 2>/dev/null | wc -l)
	[ "$fds" -ge $((BASH_REMATCH[1] + $(nproc))) ]
}

# ended NAME SIGNAL: sends it, and waits for the command's end
ended() {
	kill "-$2" "${PIDS[$1]}" 2>/dev/null
	until_true 30 gone "${PIDS[$1]}" || problem "$1 does not end"
	kill -KILL "${PIDS[$1]}" 2>/dev/null
	wait "${PIDS[$1]}" 2>/dev/null
	unset "PIDS[$1]"
}

# saw NAME WHAT REGEX...: the output of a command has each
saw() {
	local name=$1 what=$2 regex
	shift 2
	for regex; do
		grep -qE -- "$regex" "$WORK/$name" ||
			problem "no $regex in: $(tail -n 5 "$WORK/$name" "$WORK/$name.err")"
	done
	verdict "$what"
}

trap 'kill -KILL "${PIDS[@]}" $(cd "$WORK/sleep" && echo *) 2>/dev/null; accept_stop; cleanup' EXIT

# ---- set-up ---------------------------------------------------------------------

cd "$WORK" || exit
patient
mountpoint -q "${LOCKDOWN%/*}" || mount -t securityfs securityfs "${LOCKDOWN%/*}"
mkdir -p "${KEYLOG%/*}"
chmod 700 "${KEYLOG%/*}"
rm -f "$KEYLOG"
kdc_make && kdc_start 0
accept_set_up || problem "no account or certificate"
log_lines=$(wc -l <"$GUEST_RUN/credsspd.log")
CREDSSPD_ARGS="--keylog $KEYLOG"
kdc_helper || problem "the helper does not start"
want "key log" "$(stat -c '%u %a %s' "$KEYLOG")" '0 600 0'
tail -n +$((log_lines + 1)) "$GUEST_RUN/credsspd.log" | grep -q "<4>.*key log $KEYLOG.*decrypted" ||
	problem "no warning"
verdict "a helper with a key log warns of it"

now "echo 1 >*/events/credssp/enable"
now "echo 'status != 0' >*"
meanwhile pipe "cat *trace_pipe"
meanwhile trace "perf trace *"
meanwhile stat "perf stat *"
meanwhile record "perf record *"
meanwhile address "bpftrace *str(args->peer)*"
meanwhile fails "bpftrace *cssp_reject*"
meanwhile upcalls "bpftrace *cssp_upcall*"
meanwhile times "bpftrace *cssp_leg*"
meanwhile capture "tcpdump *"
until_true 60 sleepers || problem "perf does not start: $(cat trace.err stat.err record.err)"
for name in address fails upcalls times; do
	until_true 60 attached $name || problem "bpftrace does not start: $(cat $name $name.err)"
done
until_true 20 has 'listening on lo' "$WORK/capture.err" || problem "tcpdump: $(<capture.err)"
verdict "tracefs, perf, bpftrace and tcpdump have begun"

# ---- logons, each in a stream of its own -------------------------------------------

# logon WHAT EXIT OPTION...
logon() {
	local what=$1 code=$2
	shift 2
	auth "$@" "127.0.0.1:$PORT"
	want "exit status of $what" "$RC" "$code"
	verdict "a logon: $what"
}

freerdp_cert rsa || problem "no RSA certificate"
FREERDP_PORT=$((PORT - 1))
freerdp_start
logon "FreeRDP's server, NTLM" 0 --mech ntlm
freerdp_stop
start_peer --port $PORT --tls 1.2
logon "the peer, TLS 1.2, NTLM" 0 --carrier raw --mech ntlm
KRB5_CONFIG=$KDC/peer.conf start_peer --port $PORT --tls 1.3 --keytab "$KDC/peer.keytab"
logon "the peer, TLS 1.3, Kerberos" 0 --carrier raw --mech kerberos --target "$PEER_TARGET"
stop_peer
accept_start --listen 127.0.0.1:$PORT
logon "our acceptor, NTLM in SPNEGO" 0
logon "our acceptor, a wrong password" 2 --password-file "$WORK/wrong-password"
accept_stop

# ---- what perf and bpftrace say ------------------------------------------------------

# shellcheck disable=SC2046 # words
kill $(cd sleep && echo *)
for name in trace stat record; do ended $name 0; done
for name in address fails upcalls times; do ended $name INT; done
ended capture INT
ended pipe TERM
saw pipe "trace_pipe has each tracepoint" 'cssp_leg: context=[0-9]+ from=' \
	'cssp_upcall: opcode=10 id=[0-9]+ result=0' 'cssp_reject: context=[0-9]+ leg=2 reason=60 ' \
	'cssp_verdict: .*status=0x8009030c reason=60 .*account="?alice'
want "verdicts in trace_pipe" "$(grep -c cssp_verdict: pipe)" 1
verdict "... and of the verdicts only the refusal, as filtered"
saw trace.err "perf trace" 'credssp:cssp_leg\(' 'credssp:cssp_upcall\(' 'credssp:cssp_reject\(' \
	'credssp:cssp_verdict\('
saw stat.err "perf stat" '^ +2 +credssp:cssp_verdict'
now "perf script *"
want "verdicts in perf's file" "$(grep -c credssp:cssp_verdict: out)" 2
saw out "perf record and perf script" 'credssp:cssp_verdict: .*reason=60 .*account="?alice' \
	'credssp:cssp_leg:' 'credssp:cssp_upcall:' 'credssp:cssp_reject:'
saw address "bpftrace counts refused logons by address" '^@\[127\.0\.0\.1\]: 1$'
saw fails "bpftrace counts failures" '^@\[[^,]+, 2, 60\]: 1$'
# two logons at our acceptor by NTLM, a right one and a wrong one
saw upcalls "bpftrace counts requests" '^@\[1, 0\]: 5$' '^@\[10, 0\]: 2$' '^@\[11, 0\]: 2$'
saw times "bpftrace measures exchanges" '^@ms:' '^\[.*\|@+ *\|'

# ---- what tshark sees -------------------------------------------------------------------

want "lines of the key log" "$(grep -cE '^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]{64,96}$' $KEYLOG)" 25
want "all its lines" "$(wc -l <$KEYLOG)" 25
want "lines of TLS 1.2" "$(grep -c ^CLIENT_RANDOM $KEYLOG)" 1
want "key log" "$(stat -c '%u %a' $KEYLOG)" '0 600'
verdict "the key log has each handshake, and those of our acceptor from both sides"

now "tshark *-Y credssp"
cp out seen
saw seen "tshark shows the messages" NTLMSSP_NEGOTIATE NTLMSSP_CHALLENGE NTLMSSP_AUTH CredSSP
now "tshark *-Y _ws.malformed"
want "malformed packets" "$(<out)" ''
tshark -r logon.pcap -o tls.keylog_file:$KEYLOG -d tcp.port==$PORT,tls \
	-Y '_ws.expert.severity >= 0x00800000' >out 2>tshark.err
want "errors" "$(<out)" ''
verdict "nothing is malformed, and no expert finds an error"

# letters: STREAM[n] gets a word for each packet with CredSSP of a connection: N, C, A for NTLM's
# messages, Q and P for AP-REQ and AP-REP of Kerberos, K for pubKeyAuth, D for authInfo (the
# delegated credentials), E for an errorCode. The server's are small letters.
declare -A STREAM=() VERSIONS=()
letters() {
	local stream port version ntlm kerberos key creds error word
	while IFS=';' read -r stream port version ntlm kerberos key creds error; do
		word=''
		case $ntlm in
		*1) word=n ;;
		*2) word=c ;;
		*3) word=a ;;
		esac
		case $kerberos in
		14) word+=q ;;
		15) word+=p ;;
		esac
		word+=${key:+k}${creds:+d}${error:+e}
		[ "$port" = $PORT ] || word=${word^^}
		STREAM[$stream]+="${word:--} "
		VERSIONS[$version]=yes
	done
}
letters < <(tshark -r logon.pcap -o tls.keylog_file:$KEYLOG -d tcp.port==$PORT,tls -Y credssp \
	-T fields -E 'separator=;' -E occurrence=f -e tcp.stream -e tcp.srcport -e credssp.version \
	-e ntlmssp.messagetype -e kerberos.msg_type -e credssp.pubKeyAuth -e credssp.authInfo \
	-e credssp.errorCode 2>tshark.err)
note "$(declare -p STREAM)"
want "versions" "${!VERSIONS[*]}" 6
want "streams" "${#STREAM[@]}" 5
want "FreeRDP's server" "${STREAM[0]}" 'N c AK k D '
want "the peer, TLS 1.2" "${STREAM[1]}" 'N c AK k D '
want "the peer, Kerberos" "${STREAM[2]}" 'Q p K k D '
want "our acceptor" "${STREAM[3]}" 'N c AK k D '
want "our acceptor, refused" "${STREAM[4]}" 'N c AK e '
verdict "tshark finds the messages of every logon in their order, and nothing wrong"

tshark -r logon.pcap -d tcp.port==$PORT,tls -Y credssp >out 2>tshark.err
want "messages without the key log" "$(<out)" ''
tshark -r logon.pcap -o tls.keylog_file:$KEYLOG -d tcp.port==$PORT,tls -V -Y credssp >out 2>tshark.err
! grep -qF "$PASSWORD" out logon.pcap $KEYLOG || problem "the password can be seen"
! grep -q TSCredentials out || problem "TSCredentials can be read"
verdict "without the key log there is nothing to see, and with it no password"

now "echo 0 >*/events/credssp/enable"
for line in "${COMMANDS[@]}"; do
	[ "${RAN[$line]:-}" ] || problem "$line"
done
want "commands" "${#COMMANDS[@]}" 1[0-9]
verdict "all commands of the page were run"

# ---- when there may be none ------------------------------------------------------------

stop_helper || problem "the helper does not stop"
before=$(wc -l <$KEYLOG)
# shellcheck disable=SC2317 # called by until_true
no_process() { [ -z "$(pidof credsspd)" ]; }

# refused WHAT REGEX: a helper with a key log does not start
refused() {
	timeout $((30 * HANG)) credsspd --keylog $KEYLOG >out 2>&1
	want "exit status" $? 2
	has "$2" "$WORK/out" || problem "it says: $(<out)"
	until_true 10 no_process || problem "a process is left"
	verdict "$1"
}
note "lockdown: $(<$LOCKDOWN)"
for mode in integrity confidentiality; do
	sed "s/\[//; s/\]//; s/$mode/[$mode]/" $LOCKDOWN >lockdown
	mount --bind lockdown $LOCKDOWN
	refused "no key log while the kernel is locked down: $mode" 'locked down'
	umount $LOCKDOWN
done
umount "${LOCKDOWN%/*}"
refused "no key log if that cannot be told" 'cannot be told'
mount -t securityfs securityfs "${LOCKDOWN%/*}"
chmod 640 $KEYLOG
refused "no key log that others can read" 'other users'
chmod 600 $KEYLOG

CREDSSPD_ARGS=''
SSLKEYLOGFILE=/run/credssp/other helper_up || problem "the helper does not start"
start_peer --tls 1.3
auth --carrier raw --mech ntlm "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 0
want "lines of the key log" "$(wc -l <$KEYLOG)" "$before"
[ ! -e /run/credssp/other ] || problem "the environment has switched it on"
verdict "without the option no secret is written, whatever the environment says"
rm -f $KEYLOG
nothing_left "no context and no credential is left"
finish
