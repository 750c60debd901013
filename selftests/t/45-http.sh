#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# CredSSP over HTTP as WinRM has it: whole logons with a sealed message and its
# sealed answer, and a server's faults in HTTP.
# guests: 6.1 backports trixie
# timeout: 180

. "$(dirname "$0")/../lib.sh"

need credsspctl tspeer ss

# The default policy allows delegation to TERMSRV only.
CLIENT=(--carrier http --target TERMSRV/localhost)

# expected NAME: sets CODE, REASONS and DELEGATED
expected() {
	local pattern
	while read -r pattern CODE REASONS DELEGATED; do
		# shellcheck disable=SC2254 # a pattern
		case $1 in $pattern) return 0 ;; esac
	done <<-'TABLE'
	http-scheme          3  http-not-offered  none
	http-no-token        4  http-no-token     none
	http-no-token-nego   4  http-no-token     none
	http-no-token-auth   2  http-denied       none
	http-closing         5  http-closed       none
	http-half            5  connection        none
	http-close           5  connection        none
	http-silence         5  timeout           none
	http-ok              4  http-premature    none
	http-ok-auth         4  http-premature    none
	http-not-found       7  http-status       none
	http-error           7  http-status       none
	http-denied          2  http-denied       password
	http-*               4  http-malformed    none
	message-denied       7  http-status       password
	message-error        7  http-status       password
	message-half         5  http-closed       password
	message-*            4  http-message      password
	TABLE
	return 1
}

run() {
	auth "${CLIENT[@]}" "$@" "127.0.0.1:$PEER_PORT"
	next_line || problem "the peer has no line for it"
}

# Authenticated, by the reports of both ends
sealed() {
	want "exit status" "$RC" 0
	want reason "${JSON[reason]}" none
	want sealed_reply "${JSON[sealed_reply]}" true
	want transport "${JSON[transport]}" token
	want "the peer's result" "${PEER[result]}" ok
	want "the peer's reason" "${PEER[why]}" none
	want "message at the peer" "${PEER[message]}" sealed
}

# Each version, mechanism, TLS version and kind of cipher at least once
while read -r tls suite version mech; do
	start_peer --carrier http --version "$version" \
		--priority "NORMAL:-VERS-ALL:+VERS-TLS$tls:-CIPHER-ALL:+$suite"
	run --min-version 2 --mech "$mech"
	sealed
	want "delegated to the peer" "${PEER[delegated]}" password
	want http_status "${JSON[http_status]}" 200
	want TLS "${PEER[tls]}" "$tls"
	want version "${PEER[version]}" "$version"
	verdict "a logon over HTTP with a sealed message: TLS $tls, $suite, version $version, $mech"
done <<-'TABLE'
	1.2 AES-128-GCM       2 negotiate
	1.2 AES-256-GCM       6 ntlm
	1.2 CHACHA20-POLY1305 5 negotiate
	1.3 AES-256-GCM       6 negotiate
	1.3 CHACHA20-POLY1305 3 ntlm
TABLE

peer_pem rsa
start_peer --carrier http --pem "$WORK/rsa.pem" --path /a/b?c=d
run --path /a/b?c=d
sealed
want host "${JSON[host]}" 127.0.0.1
verdict "another path"

# The default target is HTTP/HOST, for which the default policy has no rule.
start_peer --carrier http
CLIENT=(--carrier http)
run --no-delegate
want target "${JSON[target]}" HTTP/127.0.0.1
sealed
want "delegated to the peer" "${PEER[delegated]}" empty
verdict "the default target is HTTP/HOST"
run
want "exit status" "$RC" 3
want status "${JSON[status]}" 'SEC_E_DELEGATION_POLICY|SEC_E_POLICY_NLTM_ONLY'
want "delegated to the peer" "${PEER[delegated]}" none
verdict "no credentials for a target that the policy does not name"
printf 'allow-fresh-ntlm-only = HTTP/*\n' >"$WORK/policy.conf"
credsspctl policy load "$WORK/policy.conf" || problem "policy load"
run
sealed
want "delegated to the peer" "${PEER[delegated]}" password
verdict "credentials for HTTP/HOST where the policy says so"
credsspctl policy reset

CLIENT=(--carrier http --target TERMSRV/localhost)
for how in error close alert; do
	start_peer --carrier http --refuse $how
	run --password-file "$WORK/wrong-password"
	want "exit status" "$RC" 2
	want status "${JSON[status]}" SEC_E_LOGON_DENIED
	want "the peer's reason" "${PEER[why]}" wrong-password
	[ $how != error ] || want ntstatus "${JSON[ntstatus]}" STATUS_LOGON_FAILURE
	[ $how != alert ] || want tls_alert "${JSON[tls_alert]}" access_denied
	[ $how != close ] || want reason "${JSON[reason]}" http-denied
	verdict "a wrong password over HTTP, denied by $how"
done

# Faults of HTTP itself do not depend on the kernel.
if [ "$KERNEL" != 6.1 ]; then
	nothing_left "no context and no credential is left"
	finish
fi
start_peer --every-wrong --timeout $((20 * HANG))
while read -r name verdict needs text; do
	[ "$needs" = http ] || continue
	peer_port "$name"
	if [ "$name" = http-silence ]; then
		run --timeout 2
		# A slow machine may not get as far as the silence in this time.
		[ "${PEER[why]}" = "did-$name" ] || run --timeout $((10 * HANG))
	else
		run
	fi
	want "the peer's wrong" "${PEER[wrong]}" "$name"
	if [ "$verdict" = good ]; then
		sealed
	elif expected "$name"; then
		want "exit status" "$RC" "$CODE"
		want reason "${JSON[reason]}" "$REASONS"
		want result "${JSON[result]}" failed
		want "the peer's result" "${PEER[result]}" fail
		# Each of them ends the connection. The huge header is refused while the
		# peer writes it.
		[ "$name" = http-huge-header ] || want "the peer's reason" "${PEER[why]}" "did-$name"
		want "delegated to the peer" "${PEER[delegated]}" "$DELEGATED"
		want sealed_reply "${JSON[sealed_reply]}" false
	else
		problem "there is no expectation for it"
	fi
	verdict "$name: $text"
done < <(tspeer --list-wrong)

# A server that speaks TLS without HTTP
start_peer
run --timeout 3
want "exit status" "$RC" '4|5'
want "delegated to the peer" "${PEER[delegated]}" none
verdict "a server without HTTP is no success"

stop_peer
nothing_left "no context and no credential is left"
finish
