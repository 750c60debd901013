#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# All faults of tspeer, by both transports: the exchange is refused with the right exit
# status and reason, before any credentials are sent, in bounded time.
# timeout: 600

. "$(dirname "$0")/../lib.sh"

need credsspctl tspeer ss

# NAME EXIT REASONS: for each fault, credsspctl's exit status and reasons. A name may be
# a pattern; the first row that matches counts.
expectations() {
	cat <<-'TABLE'
	# closes before AUTHENTICATE break the connection, later ones deny the logon
	close-auth          2    closed-after-auth
	reset-auth          2    closed-after-auth
	alert-auth          2    closed-after-auth|tls-alert
	bye-auth            2    closed-after-auth
	# if the server has closed already, the socket cannot be attached
	close-accept        5|7  connection|socket
	close-*             5    connection
	reset-*             5    connection
	bye-nego            5    connection
	silence-*           5    timeout
	alert-*             4    tls-alert
	garbage-hello       4    tls-handshake|tls-record
	big-record-hello    4    tls-handshake|tls-record
	half-record         4|5  connection|tls-record
	garbage-nego        4    tls-record
	cleartext           4    tls-record
	bad-tag             4    tls-record
	big-record          4    tls-record
	empty-flood         4    tls-record|limit
	key-update          4    tls-record
	*-record            4    tls-record
	der-after           4    der|binding|unexpected-field
	der-empty-token     4    mech-token|spnego|unexpected-field|der
	der-huge            4    der|limit
	der-over-limit      4    der|limit
	der-*               4    der
	auth-info           4    unexpected-field
	early-pub-key       4    unexpected-field
	version-*           4    version|der
	error-*             2    error-code
	ntlm-empty          4    mech-token|unexpected-field|der
	ntlm-no-info        3|4  mech-token|mech-weak
	ntlm-again          4    mech-token|unexpected-field
	ntlm-*              4    mech-token
	weak-*              3|4  mech-weak|mech-token
	anonymous           4    binding
	bind-missing        4    unexpected-field|binding
	bind-*              4    binding
	final-mic           4    mech-mic
	final-refused       2    spnego
	spnego-*            4    spnego
	early-denied        2    early-denied
	early-silence       2|5  timeout
	early-*             2    early-denied|closed-after-auth
	x224-rdp            3    x224-downgrade
	x224-ssl            3    x224-downgrade
	x224-rdstls         3    x224-downgrade
	x224-both           3    x224-downgrade
	x224-failure        3    x224-refused
	x224-no-answer      3    x224-not-offered
	x224-garbage        4    x224-malformed
	x224-length         4    x224-malformed
	x224-silence        5    timeout
	x224-*              5    x224-closed
	TABLE
}

# expected NAME: sets CODE and REASONS
TABLE=$(expectations | grep -v '^#')
expected() {
	local pattern
	while read -r pattern CODE REASONS; do
		# shellcheck disable=SC2254 # a pattern
		case $1 in $pattern) return 0 ;; esac
	done <<<"$TABLE"
	return 1
}

# The client's options, and the versions to try, for a wrong and what it needs.
prepare() {
	CLIENT=(--carrier raw --mech ntlm) VERSIONS=6
	case $1 in
	echo) VERSIONS=2 ;;
	spnego) CLIENT=(--carrier raw --mech negotiate) ;;
	x224 | early) CLIENT=(--mech ntlm) ;;
	esac
	# pubKeyAuth differs below 5, and so does what can be wrong with it
	case $2,$1 in bind-*,-) VERSIONS='2 6' ;; error-*,*) VERSIONS='2 3 6' ;; esac
	case $2 in *silence*) CLIENT+=(--timeout $((SLOW > 1 ? 8 : 2))) ;; esac
}

# did NAME: the peer's reason if the connection got as far as the fault and the fault
# ended it
did() {
	case $1 in
	error-*-token) WHY='*' ;; # goes on after the error
	close-* | reset-* | silence-* | alert-* | bye-* | garbage-* | error-*) WHY=did-$1 ;;
	cleartext | bad-tag | half-record | big-record | big-record-hello) WHY=did-$1 ;;
	early-pub-key) WHY='*' ;;
	early-* | x224-half | x224-close | x224-silence) WHY=did-$1 ;;
	*) WHY='*' ;;
	esac
}

# attempt TRANSPORT [OPTION...]
attempt() {
	local transport=$1 start=$SECONDS
	shift
	auth "${CLIENT[@]}" --min-version 2 --transport "$transport" "$@" "127.0.0.1:$PEER_PORT"
	next_line || problem "the peer has no line for it"
	[ $((SECONDS - start)) -le $((20 * HANG)) ] || problem "took $((SECONDS - start)) s"
}

# silence NAME TRANSPORT: the short time limit is of use only if it passed in the silence.
# If the machine was too slow for the rest of the exchange, once more with a long one.
silence() {
	attempt "$2"
	[ "${PEER[why]}" != "did-$1" ] || return 0
	note "the time limit passed before $1: ${PEER[why]}, at ${PEER[at]}"
	attempt "$2" --timeout $((10 * HANG))
}

# Each by both transports, which the oldest and the newest kernel share; in the debug guest,
# where each takes many seconds, every tenth by one of them in turn.
turn=0
transports() {
	turn=$((turn + 1))
	case $KERNEL,$((turn % 20)) in
	6.1,*[02468] | backports,*[13579] | debug,0) TRANSPORTS=socket ;;
	6.1,* | backports,* | debug,10) TRANSPORTS=token ;;
	*) TRANSPORTS='' ;;
	esac
}

refused() {
	want "exit status" "$RC" "$CODE"
	want reason "${JSON[reason]}" "$REASONS"
	want result "${JSON[result]}" failed
	want "delegated to the peer" "${PEER[delegated]}" none
	want "the peer's result" "${PEER[result]}" fail
	want "the peer's reason" "${PEER[why]}" "$WHY"
}

# The denial of an authorization comes when the credentials are there.
refused_late() {
	want "exit status" "$RC" "$CODE"
	want reason "${JSON[reason]}" "$REASONS"
	want result "${JSON[result]}" failed
	want "the peer's reason" "${PEER[why]}" "$WHY"
}

# Without a result PDU nothing is awaited after authInfo.
too_late() {
	want "exit status" "$RC" 0
	want "delegated to the peer" "${PEER[delegated]}" password
}

# Success and refusal are both correct, but both ends must report the same.
either() {
	case $RC in
	0) want "the peer's result" "${PEER[result]}" ok ;;
	*)
		want "exit status" "$RC" '2|3|4|5'
		want "delegated to the peer" "${PEER[delegated]}" none
		;;
	esac
}

judge() {
	case $1,$2 in
	bad,early) refused_late ;;
	bad,*) refused ;;
	late,*) too_late ;;
	any,*) either ;;
	esac
}

# one NAME VERDICT NEEDS VERSION TEXT
one() {
	local transport
	peer_port "$1"
	transports
	did "$1"
	for transport in $TRANSPORTS; do
		case $1 in
		*silence*) silence "$1" "$transport" ;;
		*) attempt "$transport" ;;
		esac
		want "the peer's wrong" "${PEER[wrong]}" "$1"
		case $1,$transport in
		# kTLS passes over those that are in its queue: they cannot be counted
		empty-flood,socket) either ;;
		*) judge "$2" "$3" ;;
		esac
		verdict "$1: $5, version $4, $transport transport"
	done
}

for version in 6 2 3; do
	start_peer --every-wrong --version $version --timeout $((20 * HANG))
	while read -r name verdict needs text; do
		[[ $verdict != good && $needs != http && $needs != kerberos ]] || continue
		if [ "$verdict" = bad ] && ! expected "$name"; then
			not_ok "$name: there is no expectation for it"
			continue
		fi
		prepare "$needs" "$name"
		[[ " $VERSIONS " != *" $version "* ]] ||
			one "$name" "$verdict" "$needs" $version "$text"
	done < <(tspeer --list-wrong)
done

# Versions below the minimum, and logons that are denied in other ways
CLIENT=(--carrier raw --mech ntlm)
for transport in socket token; do
	start_peer --version 4
	auth "${CLIENT[@]}" --transport $transport "127.0.0.1:$PEER_PORT"
	next_line
	want "exit status" "$RC" 3
	want reason "${JSON[reason]}" version-policy
	want "delegated to the peer" "${PEER[delegated]}" none
	verdict "an unpatched server (version 4) is refused by default, $transport transport"
	for how in error close alert; do
		start_peer --refuse $how
		auth "${CLIENT[@]}" --transport $transport --password-file "$WORK/wrong-password" \
			"127.0.0.1:$PEER_PORT"
		next_line
		want "exit status" "$RC" 2
		want status "${JSON[status]}" SEC_E_LOGON_DENIED
		want "the peer's reason" "${PEER[why]}" wrong-password
		[ $how != error ] || want ntstatus "${JSON[ntstatus]}" STATUS_LOGON_FAILURE
		[ $how != alert ] || want tls_alert "${JSON[tls_alert]}" access_denied
		verdict "a wrong password, denied by $how, $transport transport"
	done
done

start_peer --wrong error-auth --error-code 0xc0000071
auth "${CLIENT[@]}" "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 2
want ntstatus "${JSON[ntstatus]}" STATUS_PASSWORD_EXPIRED
verdict "an expired password is called so"
start_peer --wrong error-nego --error-code 0xc00000bb
auth "${CLIENT[@]}" "127.0.0.1:$PEER_PORT"
want "exit status" "$RC" 3
want ntstatus "${JSON[ntstatus]}" STATUS_NOT_SUPPORTED
verdict "a server that refuses our version is called so"

stop_peer
nothing_left "no context and no credential is left"
finish
