# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions of the test programs: TAP, waiting, the peers, credsspctl. Sourced. Functions
# that do not need the module also work outside of the guests.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PEERS=$TOP/build/peers
export PATH="$TOP/build/user:$PEERS:$PATH" LD_LIBRARY_PATH="$TOP/build/user"
KERNEL=${CREDSSP_KERNEL:-host}
GUEST_RUN=${GUEST_RUN:-/tmp}
CREDSSP_TOP=$TOP
export GUEST_RUN CREDSSP_TOP

# A debug kernel in an emulated machine is many times slower: limits grow with
# it, and counts shrink.
SLOW=1
[ "$KERNEL" != debug ] || SLOW=8
# A busy machine takes several times as long as an idle one. A time limit that detects a
# hang is HANG times the time of an idle machine.
HANG=$((4 * SLOW))
export SLOW HANG

# patient: raises the module's time limits, which this program does not test.
patient() {
	local name
	for name in handshake_timeout_ms helper_timeout_ms; do
		saved_limits+=("$name $(<"$PARAMETERS/$name")")
	done
	{
		echo 600000 >"$PARAMETERS/handshake_timeout_ms"
		echo 120000 >"$PARAMETERS/helper_timeout_ms"
	} || problem "cannot set the time limits"
}

PARAMETERS=/sys/module/credssp/parameters
saved_limits=()
impatient() {
	local saved
	for saved in "${saved_limits[@]}"; do
		echo "${saved#* }" >"$PARAMETERS/${saved% *}"
	done
	saved_limits=()
}

# The guests of this program, from its first lines, as in scripts/steps/selftest.sh
GUESTS=$(sed -n '1,20s/^# guests: *//p' "$0" 2>/dev/null)
GUESTS=${GUESTS:-6.1 backports debug}

# my_turn SHARE: true if this guest does this row of a table. Time in emulated machines is
# expensive: if a program is for the oldest kernel and for the newest one, they do half of
# the rows each; the debug kernel does one row in SHARE. The newest kernel does the other half
# with Debian 13's root. The parity of the bits of the row's number decides, so that with an
# inner loop a guest does not always get the same half.
ROW=0
my_turn() {
	local n parity=0
	ROW=$((ROW + 1))
	for ((n = ROW; n > 0; n >>= 1)); do
		parity=$((parity ^ (n & 1)))
	done
	case ${CREDSSP_ROOT:-$KERNEL} in
	6.1 | trixie) [ $parity -eq 0 ] || [[ " $GUESTS " != *' backports '* ]] ;;
	backports) [ $parity -eq 1 ] || [[ " $GUESTS " != *' 6.1 '* ]] ;;
	debug) [ $((ROW % $1)) -eq 0 ] ;;
	esac
}

# This program's files are in /tmp/credssp-test.*
WORK=$(mktemp -d /tmp/credssp-test.XXXXXX)
PASSWORD='Passw0rd!'
# printf is built into the shell, so the password is on no command line. winpr-hash needs
# it on its command line, but this is a test's password.
(umask 077 && printf '%s\n' "$PASSWORD" >"$WORK/password" &&
	printf 'wrong\n' >"$WORK/wrong-password")

# ---- TAP -----------------------------------------------------------------

TESTS=0 FAILED=0 PROBLEMS=()

note() { printf '# %s\n' "${*//$'\n'/$'\n# '}"; }

ok() {
	TESTS=$((TESTS + 1))
	printf 'ok %d - %s\n' "$TESTS" "$*"
}

not_ok() {
	TESTS=$((TESTS + 1)) FAILED=$((FAILED + 1))
	printf 'not ok %d - %s\n' "$TESTS" "$*"
}

skip() {
	TESTS=$((TESTS + 1))
	printf 'ok %d - %s # SKIP %s\n' "$TESTS" "$1" "$2"
}

# want WHAT GOT WANTED: notes a problem unless GOT matches WANTED, a pattern of `case`
# with alternatives: "2|3". An alternative may be empty: "T|".
want() {
	local pattern rest="$3|"
	# Not as words of the shell, which would drop an empty one at the end and replace
	# patterns by names of files.
	while [ -n "$rest" ]; do
		pattern=${rest%%|*} rest=${rest#*|}
		# shellcheck disable=SC2254 # a pattern
		case $2 in $pattern) return 0 ;; esac
	done
	PROBLEMS+=("$1 is '$2', not '$3'")
	return 1
}

problem() { PROBLEMS+=("$*"); }

# verdict NAME: a result, ok if no problem was noted since the last one.
verdict() {
	local p
	if [ ${#PROBLEMS[@]} -eq 0 ]; then
		ok "$1"
		return
	fi
	not_ok "$1"
	for p in "${PROBLEMS[@]}"; do note "$p"; done
	PROBLEMS=()
}

# check NAME COMMAND...: one test of one command.
check() {
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name"
		printf '%s\n' "$out" | tail -n 20 | sed 's/^/# /'
	fi
}

# embed WHAT COMMAND...: a program that prints TAP; its results get new numbers. Without a
# plan, or with fewer results than planned, it has failed.
embed() {
	local what=$1 line plan='' count=0
	shift
	while IFS= read -r line; do
		case $line in
		1..*) plan=${line#1..} ;;
		'ok '*' # SKIP'*) count=$((count + 1)); line=${line#*- }; skip "$what: ${line%% \# SKIP*}" "${line##*SKIP }" ;;
		'ok '*) count=$((count + 1)); ok "$what: ${line#*- }" ;;
		'not ok '*) count=$((count + 1)); not_ok "$what: ${line#*- }" ;;
		*) printf '%s\n' "$line" ;;
		esac
	done < <("$@" 2>&1)
	want "planned results" "$count" "$plan"
	[ "$count" -gt 0 ] || problem "nothing was run"
	verdict "$what: everything that was planned was run"
}

finish() {
	trap - EXIT
	cleanup
	printf '1..%d\n' "$TESTS"
	[ "$FAILED" -eq 0 ] && [ "$TESTS" -gt 0 ]
	exit
}

bail() {
	not_ok "$*"
	finish
}

# need TOOL...: a tool that is missing is a failure, not a skip.
need() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || bail "$tool is missing"
	done
}

cleanup() {
	impatient 2>/dev/null
	stop_peer
	freerdp_stop
	[ -z "${KDC:-}" ] || kdc_remove
	local pid
	for pid in $(jobs -p); do
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	[ "${KEEP_WORK:-}" ] || rm -rf "$WORK"
}

# A program that ends early has no plan, and so counts as failed.
trap cleanup EXIT

# ---- waiting -------------------------------------------------------------

# Waits a tenth of a second, without a process: this pipe never has data.
exec {TICK}<> <(:)
tick() { read -r -t 0.1 -u "$TICK" || :; }

# until_true SECONDS COMMAND...: polls; seconds are an idle machine's.
until_true() {
	local limit=$(($1 * HANG)) start=$SECONDS
	shift
	until "$@"; do
		[ $((SECONDS - start)) -lt "$limit" ] || return 1
		tick
	done
}

# has REGEX FILE: without a new process, because it is called often
has() {
	local text
	{ text=$(<"$2"); } 2>/dev/null || return 1
	[[ $text =~ $1 ]]
}

listens() { [ -n "$(ss -Hltn "sport = :$1" 2>/dev/null)" ]; }

gone() { ! kill -0 "$1" 2>/dev/null; }

# ---- tspeer --------------------------------------------------------------

PEER_PID='' PEER_PORT='' PEER_OUT='' PEER_CONN=0 PEER_NUMBER=0

# Certificates are made once for a program: keys take time on slow machines.
peer_pem() {
	[ -s "$WORK/$1.pem" ] ||
		tspeer --make-cert "$WORK/$1.pem" ${2:+"$2"} || bail "tspeer cannot make a key"
}

# start_peer OPTION...: sets PEER_PORT. The certificate is EC unless --pem is given.
start_peer() {
	stop_peer
	case " $* " in
	*" --pem "*) ;;
	*)
		peer_pem ec --ec
		set -- --pem "$WORK/ec.pem" "$@"
		;;
	esac
	PEER_NUMBER=$((PEER_NUMBER + 1))
	PEER_OUT=$WORK/peer.$PEER_NUMBER
	PEER_CONN=0
	tspeer "$@" >"$PEER_OUT" 2>"$PEER_OUT.err" &
	PEER_PID=$!
	if ! until_true 20 has '^listening.*ready' "$PEER_OUT"; then
		PEER_PORT=1
		problem "tspeer $* does not listen: $(head -n 3 "$PEER_OUT.err")"
		return 1
	fi
	[[ $(<"$PEER_OUT") =~ port=([0-9]+) ]]
	# shellcheck disable=SC2034 # for those who source this
	PEER_PORT=${BASH_REMATCH[1]}
}

stop_peer() {
	[ -n "$PEER_PID" ] || return 0
	kill -TERM "$PEER_PID" 2>/dev/null
	wait "$PEER_PID" 2>/dev/null
	PEER_PID=''
}

# peer_port NAME: of a peer with --every-wrong
peer_port() {
	[[ $(<"$PEER_OUT") =~ port=([0-9]+)" wrong=$1 " ]]
	# shellcheck disable=SC2034
	PEER_PORT=${BASH_REMATCH[1]:-1}
}

# True if the peer has written the line of connection NUMBER.
PEER_LINE=''
peer_wrote() {
	local line
	while IFS= read -r line; do
		[[ $line != "conn $1 "* ]] || { PEER_LINE=$line; return 0; }
	done <"$PEER_OUT"
	return 1
}

# next_line: waits for the line of the next connection; PEER has its fields. fork() is
# slow in the debug guest, so that functions that are called often set variables, and no
# $(command) is needed.
declare -A PEER=()
next_line() {
	local word words=()
	PEER_CONN=$((PEER_CONN + 1))
	PEER_LINE='' PEER=()
	until_true 20 peer_wrote $PEER_CONN || return
	read -r -a words <<<"$PEER_LINE"
	for word in "${words[@]}"; do
		# shellcheck disable=SC2034 # for those who source this
		[[ $word != *=* ]] || PEER[${word%%=*}]=${word#*=}
	done
}

# ---- credsspctl ----------------------------------------------------------

# shellcheck disable=SC2034 # for those who source this
RC=0

# run_auth COMMAND...: a command that prints the output of auth --json; RC is its exit
# status, JSON has the fields that are not null. credsspctl has a time limit of its own;
# if the kernel does not keep it, the runner's limit on the program detects that.
declare -A JSON=()
run_auth() {
	local line
	# shellcheck disable=SC2034
	RC=0 JSON=()
	# shellcheck disable=SC2034
	"$@" >"$WORK/auth.json" 2>"$WORK/auth.err" </dev/null || RC=$?
	while IFS= read -r line; do
		[[ $line =~ ^\ *\"([a-z0-9_]+)\":\ \"?([^\",]*) ]] || continue
		# shellcheck disable=SC2034
		[ "${BASH_REMATCH[2]}" = null ] || JSON[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
	done <"$WORK/auth.json"
}

# auth OPTION... HOST: credsspctl auth. Another password file can be given; --key,
# --saved, --ccache and --keytab need none. Without --timeout it gets a busy machine's.
AUTH_TIMEOUT=$((30 * HANG > 600 ? 600 : 30 * HANG))
auth() {
	case " $* " in
	*" --timeout "*) ;;
	*) set -- --timeout $AUTH_TIMEOUT "$@" ;;
	esac
	case " $* " in
	*" --key "* | *" --saved "* | *" --ccache"* | *" --keytab"*) ;;
	*" --password-file "*) set -- --user alice "$@" ;;
	*) set -- --user alice --password-file "$WORK/password" "$@" ;;
	esac
	run_auth credsspctl auth --json "$@"
}

# status FIELD: a field of credsspctl status --json
status() {
	local line
	while IFS= read -r line; do
		[[ $line =~ ^\ *\"$1\":\ ([0-9a-z]*),?$ ]] || continue
		printf '%s' "${BASH_REMATCH[1]}"
		return
	done < <(credsspctl status --json 2>/dev/null)
}

# counter NAME: COUNT gets a counter of the module
COUNTERS=/sys/class/misc/credssp
counter() { { COUNT=$(<"$COUNTERS/$1"); } 2>/dev/null || COUNT=''; }

idle() {
	local name
	for name in contexts credentials buffer_bytes; do
		counter $name
		[ "$COUNT" = 0 ] || return 1
	done
}

# nothing_left NAME: a result, ok if after some time there is no context, credential or
# buffer
nothing_left() {
	if until_true 10 idle; then
		ok "$1"
	else
		not_ok "$1"
		note "contexts $(status contexts), credentials $(status credentials)," \
			"bytes $(status buffer_bytes)"
	fi
}

# Start a helper (with guest/helper.sh) that is not a job of this shell: the shell prints
# nothing when it is killed, and it may outlive the program.
helper_up() {
	start_helper && disown "${helper_pid:?}"
}

# The module without and with its helper (with guest/helper.sh). What rmmod says is in
# $WORK/rmmod.
try_rmmod() { rmmod credssp 2>"$WORK/rmmod"; }
module_down() { stop_helper && until_true 10 try_rmmod; }
module_up() { insmod "${CREDSSP_MODULES:?}/credssp.ko" && helper_up; }

# ---- FreeRDP's server ----------------------------------------------------

FREERDP_PID='' FREERDP_PORT=33890 XVFB_PID='' FREERDP_OUT=''

# The major version in the names of its programs, which version 2 does not have. Debian 12
# has 2 and, in its backports, 3; Debian 13 has 3.
FREERDP=''
command -v freerdp-shadow-cli >/dev/null || FREERDP=3

xvfb_start() {
	[ -z "$XVFB_PID" ] || return 0
	mkdir -p /tmp/.X11-unix
	chmod 1777 /tmp/.X11-unix
	Xvfb -displayfd 3 -screen 0 320x240x24 -nolisten tcp -noreset \
		3>"$WORK/display" >"$WORK/xvfb.out" 2>&1 &
	XVFB_PID=$!
	until_true 30 test -s "$WORK/display" || bail "Xvfb does not start"
	DISPLAY=:$(cat "$WORK/display")
	export DISPLAY
}

# freerdp_cert rsa|ec: makes the server's certificate; without one the server makes it
# itself. RSA: with the KeyUsage of the certificate that Windows makes for itself.
freerdp_cert() {
	local dir=$HOME/.config/freerdp/shadow
	local newkey=(-key "$WORK/rdp.key") usage=keyEncipherment,dataEncipherment
	cp "$TOP/build/prepared/rsa.key" "$WORK/rdp.key"
	if [ "$1" = ec ]; then
		newkey=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1)
		usage=digitalSignature
	fi
	mkdir -p "$dir"
	openssl req -x509 -nodes "${newkey[@]}" -subj /CN=localhost -days 30 \
		-config <(printf '[req]\ndistinguished_name=name\n[name]\n') \
		-addext "keyUsage=$usage" -addext extendedKeyUsage=serverAuth \
		-keyout "$WORK/rdp.key" -out "$dir/shadow.crt" 2>/dev/null || return
	# The server reads only the traditional format.
	openssl pkey -traditional -in "$WORK/rdp.key" -out "$dir/shadow.key"
}

# freerdp_start: starts a server with the account alice; SSL_CONF configures its TLS, it listens
# at FREERDP_ADDRESS, and FREERDP_OPTIONS are more of its options.
SSL_CONF=/etc/ssl/openssl.cnf
FREERDP_ADDRESS=127.0.0.1
FREERDP_OPTIONS=()
freerdp_start() {
	freerdp_stop
	xvfb_start
	[ -s "$WORK/sam" ] || "winpr-hash$FREERDP" -u alice -p "$PASSWORD" -f sam >"$WORK/sam"
	FREERDP_OUT=$WORK/freerdp.out
	FREERDP_PORT=$((FREERDP_PORT + 1))
	OPENSSL_CONF=$SSL_CONF "freerdp-shadow-cli$FREERDP" "/port:$FREERDP_PORT" \
		"/bind-address:$FREERDP_ADDRESS" /sec:nla +auth "/sam-file:$WORK/sam" \
		"${FREERDP_OPTIONS[@]}" >"$FREERDP_OUT" 2>&1 &
	FREERDP_PID=$!
	until_true 60 listens "$FREERDP_PORT" && return 0
	tail -n 5 "$FREERDP_OUT" | sed 's/^/# /'
	bail "FreeRDP's server does not listen"
}

freerdp_stop() {
	[ -n "$FREERDP_PID" ] || return 0
	kill -KILL "$FREERDP_PID" 2>/dev/null
	wait "$FREERDP_PID" 2>/dev/null
	FREERDP_PID=''
}
