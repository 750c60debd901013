#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# KDCs by SRV records of the DNS (RFC 4120 7.2.3), with a DNS server of the guest's own: right
# answers, none, and wrong ones, which cost a logon its time limit at most.
# guests: backports
# timeout: 200

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd tspeer ss dnsmasq

DNS_PID='' DNS_LOG=$WORK/dns.log
# dns LINE...: a DNS server for credssp.test with these lines in its configuration, and with
# the address of kdc.credssp.test. It knows nothing else.
dns() {
	dns_stop
	printf '%s\n' port=53 listen-address=127.0.0.1 bind-interfaces no-resolv no-hosts \
		pid-file= user=root log-facility="$DNS_LOG" log-queries local=/credssp.test/ \
		local=/other.test/ host-record=kdc.credssp.test,127.0.0.1 "$@" >"$WORK/dns.conf"
	: >"$DNS_LOG"
	dnsmasq -k -C "$WORK/dns.conf" >"$WORK/dns.out" 2>&1 &
	DNS_PID=$!
	until_true 20 listens 53 || problem "dnsmasq: $(head -n 3 "$WORK/dns.out" "$DNS_LOG")"
	kdc_reload
}

dns_stop() {
	[ -n "$DNS_PID" ] || return 0
	kill -KILL "$DNS_PID"
	wait "$DNS_PID" 2>/dev/null
	DNS_PID=''
}

# srv TRANSPORT HOST PORT [PRIORITY]: a line for dns
srv() { printf 'srv-host=_kerberos._%s.credssp.test,%s,%d,%d,1' "$1" "$2" "$3" "${4:-0}"; }
# many COUNT: lines of records for ports on which nothing listens
many() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf 'srv-host=_kerberos._%s.credssp.test,%s,%d,%d,1\n' "$2" "$3" $((20000 + i)) 9
	done
}

# attempt OPTION...: in bounded time
attempt() {
	local start=$SECONDS
	PEER=()
	auth --carrier raw --target "$PEER_TARGET" --mech kerberos --timeout "$LIMIT" "$@" \
		"127.0.0.1:$PEER_PORT"
	[ -z "${JSON[address]}" ] || next_line || problem "the peer has no line for it"
	TOOK=$((SECONDS - start))
}
LIMIT=$((15 * HANG))

# found WHAT OPTION...: a logon by Kerberos
found() {
	local what=$1
	shift
	attempt "$@"
	want "exit status" "$RC" 0
	want reason "${JSON[reason]}" none
	want "the peer's package" "${PEER[package]}" kerberos
	verdict "$what"
}

# missed WHAT [REASONS]: no KDC is found; without waiting longer than the time limit
missed() {
	attempt
	want "exit status" "$RC" '[1-9]'
	want status "${JSON[status]}" 'SEC_E_NO_AUTHENTICATING_AUTHORITY|SEC_E_INTERNAL_ERROR'
	want reason "${JSON[reason]}" "${2:-no-kdc}"
	want "delegated to the peer" "${PEER[delegated]:-none}" none
	[ $TOOK -le $((LIMIT + 5 * HANG)) ] || problem "took $TOOK s"
	verdict "$1"
}

asked() { has "query\[SRV\] _kerberos._$1.$2 " "$DNS_LOG"; }

kdc_make && kdc_start 0
KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/peer.keytab"
# No realm has a KDC here.
cat >"$KDC/krb5.conf" <<CONF
[libdefaults]
	default_realm = $REALM
	dns_lookup_kdc = true
	dns_canonicalize_hostname = false
	rdns = false
[domain_realm]
	.credssp.test = $REALM
CONF
cp /etc/resolv.conf "$WORK/resolv.conf" 2>/dev/null
rm -f /etc/resolv.conf
printf 'nameserver 127.0.0.1\noptions timeout:3 attempts:2\n' >/etc/resolv.conf
kdc_helper
verdict "a KDC that only the DNS knows"

# ---- right answers ------------------------------------------------------------------

dns "$(srv udp kdc.credssp.test "$KDC_PORT")"
found "a record for UDP"
asked udp $REALM || problem "no query: $(tail -n 5 "$DNS_LOG")"
verdict "... which the DNS was asked for"
# Workers are in a network without the DNS: the relay asked.
dns "$(srv tcp kdc.credssp.test "$KDC_PORT")"
found "a record for TCP alone"
dns "$(srv udp kdc.credssp.test "$KDC_PORT")" "$(srv tcp kdc.credssp.test "$KDC_PORT")"
found "a realm in lower case, as DNS names are" --realm credssp.test
dns "$(srv udp kdc.credssp.test "$DEAD_PORT" 1)" "$(srv udp kdc.credssp.test "$KDC_PORT" 2)"
found "the second of two KDCs"
dns "$(srv udp nosuch.credssp.test "$KDC_PORT" 1)" "$(srv udp kdc.credssp.test "$KDC_PORT" 2)"
found "after a name that does not resolve"
dns 'host-record=two.credssp.test,::1,127.0.0.1' "$(srv udp two.credssp.test "$KDC_PORT")"
found "a KDC with an address at which it does not listen"

# ---- none, and wrong ones ------------------------------------------------------------

dns
missed "no records"
dns "$(srv udp nosuch.credssp.test "$KDC_PORT")" "$(srv tcp nosuch.credssp.test "$KDC_PORT")"
missed "names that do not resolve"
dns "$(srv udp kdc.credssp.test 0)" "$(srv tcp kdc.credssp.test 0)"
missed "port 0"
dns "srv-host=_kerberos._udp.credssp.test" "srv-host=_kerberos._tcp.credssp.test"
missed "the target '.': no such service"
dns "$(srv udp kdc.credssp.test "$DEAD_PORT")" "$(srv tcp kdc.credssp.test "$DEAD_PORT")"
missed "a port on which nothing listens"
dns "$(srv udp kdc.credssp.test 53)" "$(srv tcp kdc.credssp.test 53)"
missed "a server that is no KDC" 'no-kdc|kdc-answer|helper-reply|timeout'
mapfile -t lines < <(many 1000 udp kdc.credssp.test; many 1000 tcp kdc.credssp.test)
dns "${lines[@]}"
missed "two thousand records without a KDC" 'no-kdc|timeout'
found_after=$TOOK
mapfile -t lines < <(many 1000 tcp nosuch.credssp.test)
dns "${lines[@]}"
missed "a thousand names that do not resolve" 'no-kdc|timeout'
note "they took $found_after s and $TOOK s of $LIMIT s"
# Not within helper_timeout_ms on a busy machine
patient
mapfile -t lines < <(many 300 udp kdc.credssp.test)
dns "${lines[@]}" "$(srv udp kdc.credssp.test "$KDC_PORT" 1)"
found "a KDC before three hundred records without one"
impatient

# A DNS server that does not answer, and one that is not there
dns "$(srv udp kdc.credssp.test "$KDC_PORT")"
kill -STOP "$DNS_PID"
missed "a silent DNS server" 'no-kdc|timeout'
# It does not stop others: the relay has a process for each message.
kill -CONT "$DNS_PID"
kdc_reload
found "... that answers again"
dns_stop
kdc_reload
missed "no DNS server"

rm -f /etc/resolv.conf
[ ! -s "$WORK/resolv.conf" ] || cp "$WORK/resolv.conf" /etc/resolv.conf
stop_peer
nothing_left "no context and no credential is left"
finish
