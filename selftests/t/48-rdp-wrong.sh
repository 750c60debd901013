#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The sample credssp_rdp.ko and servers that are wrong, hostile or silent: each has a clear
# outcome. And cancellation while it waits in each of its steps.
# guests: 6.1
# races: yes
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../rdp.sh
. "$TOP/selftests/rdp.sh"

need credsspctl tspeer ss keyctl ip

patient
rdp_load
rdp_key "$PASSWORD"

# ---- X.224 ---------------------------------------------------------------------

# Peers without a fault of RDP end the connection after CredSSP, which is a fault here.
while read -r code name; do
	my_turn 4 || continue
	start_peer --x224 hybrid --x224-failure "$code" --rdp none
	rdp_once
	want state "$RDP_STATE" failed
	want outcome "$RDP_OUTCOME" "X.224 negotiation: the server refuses with *failure code $code$name*"
	verdict "X.224: failure code $code$name"
done <<'ROWS'
1 , SSL_REQUIRED_BY_SERVER: 
2 , SSL_NOT_ALLOWED_BY_SERVER: 
3 , SSL_CERT_NOT_ON_SERVER: 
4 , INCONSISTENT_FLAGS: 
5 , HYBRID_REQUIRED_BY_SERVER: 
6 , SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER: 
7
200
ROWS

while IFS='|' read -r name outcome; do
	my_turn 4 || continue
	start_peer --x224 auto --wrong "$name" --rdp none
	rdp_once protocols=hybrid_ex
	want state "$RDP_STATE" failed
	want outcome "$RDP_OUTCOME" "$outcome"
	verdict "X.224 and CredSSP: $name"
done <<'ROWS'
x224-rdp|X.224 negotiation: the server selects protocol 0x0 instead of CredSSP
x224-ssl|X.224 negotiation: the server selects protocol 0x1 instead of CredSSP
x224-rdstls|X.224 negotiation: the server selects protocol 0x4 instead of CredSSP
x224-both|X.224 negotiation: the server selects protocol 0x3 instead of CredSSP
x224-no-answer|X.224 negotiation: the server selects no protocol: *
x224-garbage|X.224 negotiation: the server does not speak TPKT
x224-length|X.224 negotiation: the server sends a message of 65535 bytes
x224-half|X.224 negotiation: the server closed the connection
x224-close|X.224 negotiation: the server closed the connection
close-hello|CredSSP: SEC_E_* reason connection, leg tls
alert-hello|CredSSP: SEC_E_* reason tls-alert, leg tls
bind-other-key|CredSSP: SEC_E_MESSAGE_ALTERED (0x8009030f), reason binding, leg pubkey
error-auth|CredSSP: SEC_E_LOGON_DENIED (0x8009030c), reason error-code, leg pubkey
close-auth|CredSSP: SEC_E_LOGON_DENIED (0x8009030c), reason closed-after-auth, leg pubkey
der-huge|CredSSP: SEC_E_INVALID_TOKEN (0x80090308), reason limit, leg nego
close-creds|CredSSP: SEC_E_LOGON_DENIED (0x8009030c), reason closed-after-auth, leg early-auth
ROWS
start_peer --x224 hybrid-ex --wrong early-denied --rdp none
rdp_once protocols=hybrid_ex
want outcome "$RDP_OUTCOME" 'CredSSP: SEC_E_LOGON_DENIED (0x8009030c), reason early-denied, leg early-auth'
verdict "early user authorization: denied"
start_peer --x224 hybrid-ex --rdp none
rdp_once protocols=hybrid
want outcome "$RDP_OUTCOME" 'X.224 negotiation: the server refuses with failure code 5, *'
verdict "HYBRID alone, and a server that wants HYBRID_EX"
start_peer --x224 hybrid --rdp none
rdp_once mutual=1
want outcome "$RDP_OUTCOME" 'CredSSP: SEC_E_MUTUAL_AUTH_FAILED (0x80090363), reason server-not-proven, *'
verdict "mutual, and a server that is not proven"

# ---- MCS, GCC, licensing -----------------------------------------------------------

# What each fault must come to. A fault without a row here fails.
declare -A OUTCOME=(
	[silence-connect]='MCS connection: no answer of the server within *'
	[silence-attach]='MCS user: no answer of the server within *'
	[silence-join]='MCS channels: no answer of the server within *'
	[silence-license]='licensing: no answer of the server within *'
	[close-connect]='MCS connection: the server closed the connection'
	[close-attach]='MCS user: the server closed the connection'
	[close-join]='MCS channels: the server closed the connection'
	[close-license]='licensing: the server closed the connection'
	[half-connect]='MCS connection: the server closed the connection'
	[half-license]='licensing: the server closed the connection'
	[garbage-connect]='MCS connection: the server does not speak TPKT'
	[garbage-join]='MCS channels: the server does not speak TPKT'
	[tpkt-zero]='MCS connection: the server sends a message of 0 bytes'
	[tpkt-header]='MCS user: the server sends a message of 4 bytes'
	[tpkt-huge]='licensing: the server sends a message of 65535 bytes'
	[bye-connect]='MCS connection: the MCS Connect-Response is malformed'
	[bye-attach]='MCS user: the server disconnects: rn-provider-initiated (1)'
	[bye-license]='licensing: the server disconnects: rn-domain-disconnected (0)'
	[early-connect]='MCS connection: the MCS Connect-Response is malformed'
	[early-attach]='MCS user: the server sends MCS message 26, not 11'
	[early-join]='MCS channels: the server sends MCS message 26, not 15'
	[connect-result]='MCS connection: the server refuses the connection: rt-unspecified-failure (14)'
	[connect-unknown]='MCS connection: the server refuses the connection: unknown (99)'
	[gcc-asked]='MCS connection: the server saw a request for protocols 0xb, not 0x3: *'
	[gcc-no-asked]='MCS connection: the server saw a request for protocols 0x0, not 0x3: *'
	[gcc-no-core]='MCS connection: the server sends no block 0x0c01'
	[gcc-no-net]='MCS connection: the server sends no block 0x0c03'
	[gcc-no-security]='MCS connection: the server sends no block 0x0c02'
	[gcc-twice]='MCS connection: the server sends block 0x0c01 twice'
	[gcc-encryption]="MCS connection: the server wants RDP's own encryption too (method 2, level 3)"
	[gcc-channels]='MCS connection: the server has 1 static channels, not 0'
	[gcc-channels-cut]='MCS connection: the server has 65535 static channels, not 0'
	[gcc-zero]="MCS connection: a block of the settings is malformed"
	[gcc-long]="MCS connection: a block of the settings is malformed"
	[gcc-refused]='MCS connection: the conference is refused (GCC result 1)'
	[gcc-key]='MCS connection: the GCC Conference Create Response is malformed'
	[attach-result]='MCS user: the server refuses a user: rt-too-many-users (13)'
	[join-result]='MCS channels: the server refuses a channel: rt-too-many-channels (11)'
	[join-channel]='MCS channels: channel 1008 of user 1007 is confirmed, not 1007 of 1007'
	[join-user]='MCS channels: channel 1007 of user 1008 is confirmed, not 1007 of 1007'
	[license-request]='licensing: the server wants a licence (a licence request), and *'
	[license-challenge]='licensing: the server wants a licence (a platform challenge), and *'
	[license-new]='licensing: the server sends licensing message 0x03'
	[license-none]='licensing: the server refuses: ERR_NO_LICENSE_SERVER (error 6, state transition 1)'
	[license-client]='licensing: the server refuses: ERR_INVALID_CLIENT (error 8, state transition 1)'
	[license-unknown]='licensing: the server refuses: an unknown error (error 12345, state transition 1)'
	[license-flags]='licensing: the server sends no licensing message (flags 0x0001)'
	[license-channel]='licensing: the server sends data on channel 1004, not 1003'
	[license-length]='licensing: the MCS Send-Data-Indication is malformed'
	[license-cut]='licensing: the MCS Send-Data-Indication is malformed'
	[license-more]='licensing: the MCS Send-Data-Indication is malformed'
	[license-size]='licensing: the licensing message is malformed'
	[license-blob]='licensing: the licensing error message is malformed'
)
for name in x224 tag form length enum cut cut-more more; do
	OUTCOME[connect-$name]='MCS connection: the MCS Connect-Response is malformed'
done
for name in no-user padding user cut more; do
	OUTCOME[attach-$name]='MCS user: the MCS Attach-User-Confirm is malformed'
done
for name in cut more; do
	OUTCOME[join-$name]='MCS channels: the MCS Channel-Join-Confirm is malformed'
done

tspeer --list-rdp >"$WORK/faults"
start_peer --x224 hybrid --every-rdp
while read -r name verdict text; do
	peer_port "$name"
	my_turn 4 || continue
	case $name in
	silence-*) rdp_once timeout_ms=$((1500 * SLOW)) ;;
	*) rdp_once ;;
	esac
	case $verdict in
	good) rdp_good ;;
	result)
		want state "$RDP_STATE" "done"
		want outcome "$RDP_OUTCOME" "${OUTCOME[$name]:-none}"
		rdp_next_line
		want "the client has left" "${PEER[rdp_left]}" yes
		;;
	*)
		want state "$RDP_STATE" failed
		want outcome "$RDP_OUTCOME" "${OUTCOME[$name]:-none}"
		rdp_next_line
		want "the peer's reason" "${PEER[rdp_why]}" "did-$name"
		;;
	esac
	verdict "$name ($text)"
done <"$WORK/faults"

# ---- silence and cancellation in every step -------------------------------------------

# cancel STEP WHAT PEER-OPTION...: waits until the connection sleeps in the step
cancel() {
	local step=$1 what=$2 start
	shift 2
	[ $# -eq 0 ] || start_peer "$@"
	rdp_make cancel protocols=hybrid_ex "address=$ADDRESS" timeout_ms=600000
	rdp_connect cancel
	until_true 20 rdp_is_at cancel "$step" || problem "it is at $(<"$RDP/cancel/state")"
	# and until it sleeps there
	tick
	start=$SECONDS
	if { echo localhost >"$RDP/cancel/server"; } 2>/dev/null; then
		problem "settings change while it runs"
	fi
	case $HOW in
	connect) echo 0 >"$RDP/cancel/connect" || problem "echo 0" ;;
	rmdir) rmdir "$RDP/cancel" || problem "rmdir" ;;
	esac
	[ $((SECONDS - start)) -le $((3 * HANG)) ] || problem "that took $((SECONDS - start)) s"
	if [ "$HOW" = connect ]; then
		rdp_read cancel
		want state "$RDP_STATE" cancelled
		want outcome "$RDP_OUTCOME" "$step: cancelled"
		rmdir "$RDP/cancel" || problem "rmdir"
	fi
	verdict "cancelled by $HOW: $what"
}

# A device with nobody behind it: SYNs vanish.
lost_network() {
	ip link add rdp0 type dummy && ip addr add 198.51.100.1/24 dev rdp0 && ip link set rdp0 up
}
lost_network || problem "no dummy device"
for HOW in connect rmdir; do
	ADDRESS=198.51.100.2
	my_turn 4 && cancel 'TCP connection' "no answer to TCP"
	ADDRESS=127.0.0.1
	my_turn 4 && cancel 'X.224 negotiation' "no X.224 confirm" --x224 auto --wrong x224-silence --timeout 600
	for row in hello flight nego auth; do
		my_turn 4 || continue
		cancel CredSSP "CredSSP, silence-$row" --x224 auto --wrong silence-$row --timeout 600
	done
	my_turn 4 && cancel CredSSP "no early user authorization" --x224 hybrid-ex --wrong early-silence --timeout 600
	for row in "connect:MCS connection" "attach:MCS user" "join:MCS channels" \
		license:licensing; do
		my_turn 4 || continue
		cancel "${row#*:}" "RDP, silence-${row%%:*}" --x224 auto --rdp "silence-${row%%:*}" --timeout 600
	done
done
# Between any two instructions of the first step, also just before TCP connects
rdp_make at-once address=198.51.100.2 timeout_ms=600000
start=$SECONDS
for ((i = 0; i < 20; i++)); do
	rdp_connect at-once
	echo 0 >"$RDP/at-once/connect" || problem "echo 0"
done
[ $((SECONDS - start)) -le $((10 * HANG)) ] || problem "that took $((SECONDS - start)) s"
rdp_read at-once
want state "$RDP_STATE" cancelled
verdict "cancelled at once, 20 times"
rmdir "$RDP/at-once"
# A silent server, and nobody who cancels
for row in "TCP connection|" "X.224 negotiation|x224-silence" "CredSSP|silence-nego"; do
	my_turn 2 || continue
	[ -z "${row#*|}" ] || start_peer --x224 hybrid --wrong "${row#*|}"
	case $row in
	TCP*) rdp_once address=198.51.100.2 timeout_ms=$((1000 * SLOW)) ;;
	*) rdp_once timeout_ms=$((1000 * SLOW)) ;;
	esac
	want state "$RDP_STATE" failed
	case $row in
	CredSSP*) want outcome "$RDP_OUTCOME" 'CredSSP: SEC_E_* reason timeout, leg nego' ;;
	*) want outcome "$RDP_OUTCOME" "${row%|*}: no answer of the server within $((1000 * SLOW)) ms" ;;
	esac
	verdict "a silent server: ${row%|*}"
done

ip link del rdp0
keyctl unlink "$RDP_KEY" @u
rmmod credssp_rdp || problem "rmmod"
verdict "the sample unloads"
nothing_left "no context and no credential is left"
finish
