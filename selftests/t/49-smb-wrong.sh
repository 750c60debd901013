#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The sample credssp_smb.ko with a hostile server, or an attacker on the way to a good one
# (peers/smbpeer.c): silence and cancellation in every leg, and every fault of its table.
# guests: backports
# races: yes
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../smb-sample.sh
. "$TOP/selftests/smb-sample.sh"

need credsspctl ss keyctl ip smbpeer smbd pdbedit

patient
smb_load
smb_key alice "$PASSWORD"
# shellcheck disable=SC2119
smbd_start
smbpeer --to "$SMB_PORT" >"$WORK/smbpeer" 2>&1 &
smbpeer_pid=$!
until_true 20 has ready "$WORK/smbpeer" || bail "smbpeer does not listen"
# A server that is busy must not seem silent.
BRIEF=$((1000 * HANG))

# fault_port FAULT: SMB_PORT is that of the peer
fault_port() {
	[[ $(<"$WORK/smbpeer") =~ port=([0-9]+)\ fault=$1$'\n' ]] || problem "no fault $1"
	SMB_PORT=${BASH_REMATCH[1]:-1}
}

fault_port none
smb_once
smb_good 'NTLM, SMB 3.1.1, signed by AES-128-GMAC'
verdict "the peer without a fault"

fault_port slow
smb_once max_dialect=3.0.2
smb_good 'NTLM, SMB 3.0.2, signed by AES-128-CMAC'
verdict "STATUS_PENDING comes before an answer"

# fault NAME OUTCOME SETTING=VALUE...
fault() {
	local name=$1 outcome=$2
	shift 2
	my_turn 6 || return 0
	fault_port "$name"
	smb_once "$@"
	smb_bad "$outcome"
	verdict "$name${*:+ ($*)}"
}

# ---- legs ---------------------------------------------------------------------------

# silent STEP SETTING=VALUE...: no answer comes in this step; then a cancellation ends it, and
# then rmdir
silent() {
	local step=$1 start
	shift
	smb_once "timeout_ms=$BRIEF" "$@"
	smb_bad "$step: no answer of the server within * ms"
	smb_make waits timeout_ms=600000 "$@"
	smb_write waits connect 1
	until_true 20 smb_is_at waits "$step" || problem "it is not at $step"
	tick
	start=$SECONDS
	smb_write waits connect 0
	smb_read waits
	want state "$SMB_STATE" cancelled
	want outcome "$SMB_OUTCOME" "$step: cancelled"
	smb_write waits connect 1
	until_true 20 smb_is_at waits "$step" || problem "it is not at $step"
	rmdir "$SMB/waits" || problem "rmdir"
	[ $((SECONDS - start)) -le $((10 * HANG)) ] || problem "it took $((SECONDS - start)) s"
}

# leg STEP FAULT SETTING=VALUE...: the peer is silent, then it closes
leg() {
	local step=$1 name=$2
	shift 2
	my_turn 4 || return 0
	fault_port "silence-$name"
	silent "$step" "$@"
	fault_port "close-$name"
	smb_once "$@"
	smb_bad "$step: the server closed the connection"
	verdict "a peer that is silent, or closes, at: $step"
}
leg negotiation negotiate
leg 'session setup' setup
leg 'session setup' logon
leg 'tree connect' tree
leg 'validation of the negotiation' validate max_dialect=3.0.2
leg echo echo
# A device with nobody behind it: SYNs vanish.
lost_network() {
	ip link add smb0 type dummy && ip addr add 198.51.100.1/24 dev smb0 && ip link set smb0 up
}
if my_turn 4; then
	lost_network || problem "no dummy device"
	silent 'TCP connection' address=198.51.100.2
	ip link del smb0
	verdict "nobody answers at: TCP connection"
fi

for row in 'leave|tree disconnect' 'logoff|logoff'; do
	fault_port "silence-${row%%|*}"
	smb_run leaves "timeout_ms=$BRIEF"
	smb_good 'NTLM, SMB 3.1.1, signed by AES-128-GMAC'
	smb_write leaves connect 0
	smb_read leaves
	smb_bad "${row##*|}: no answer of the server within * ms"
	rmdir "$SMB/leaves"
done
verdict "a peer that is silent at the end"
fault_port silence-leave
smb_run leaves timeout_ms=600000
{ echo 0 >"$SMB/leaves/connect"; } 2>/dev/null &
leaver=$!
until_true 20 smb_is_at leaves 'tree disconnect' || problem "it does not leave"
kill -KILL $leaver
until_true 20 gone $leaver || problem "who waits for LOGOFF cannot be killed"
wait $leaver 2>/dev/null
until_true 20 smb_ended leaves || problem "it is not cancelled"
smb_read leaves
want state "$SMB_STATE" cancelled
rmdir "$SMB/leaves"
verdict "who waits for LOGOFF is killed"

# ---- frames and headers ---------------------------------------------------------------

malformed='the server*s answer is malformed'
fault frame-type 'negotiation: the server does not speak SMB'
fault frame-huge 'session setup: the server sends a packet of 16* bytes'
fault frame-short 'negotiation: the server sends a packet of 63 bytes'
fault frame-more 'session setup: no answer *' "timeout_ms=$BRIEF"
fault truncated-negotiate "negotiation: $malformed"
fault truncated-setup "session setup: $malformed"
fault truncated-logon "session setup: $malformed"
fault truncated-tree 'tree connect: the answer*s signature is wrong'
fault truncated-echo 'echo: the answer*s signature is wrong'
fault magic 'negotiation: the server does not speak SMB2'
fault encrypted 'tree connect: the server encrypts its answer'
fault header-size 'session setup: the server does not speak SMB2'
fault request 'negotiation: the server*s answer is a request'
fault compounded 'session setup: the server compounds answers'
fault related 'echo: the server compounds answers'
fault message-id-negotiate 'negotiation: the answer has the wrong message id'
fault message-id-setup 'session setup: the answer has the wrong message id'
fault message-id-echo 'echo: the answer has the wrong message id'
fault command 'tree connect: the answer is to another command'
fault session-id 'session setup: the answer is of another session'
fault session-id-negotiate 'negotiation: the answer is of another session'
fault session-id-zero "session setup: $malformed"
fault tree-id 'validation of the negotiation: the answer is of another tree' max_dialect=3.0
fault no-credits 'session setup: the server grants no credits'
fault async 'session setup: the answer is to a request that is not pending'
fault pending 'negotiation: no answer *' "timeout_ms=$BRIEF"
fault pending-twice 'echo: the answer is not to the pending request'
fault refused-negotiate 'negotiation: the server answers STATUS_ACCESS_DENIED (0xc0000022)'
fault refused-logon 'session setup: the server answers STATUS_ACCESS_DENIED *'
fault size-negotiate "negotiation: $malformed"
fault size-setup "session setup: $malformed"

# ---- signatures -------------------------------------------------------------------------

for settings in max_dialect=2.1 max_dialect=3.0.2 signing=aes-cmac signing=aes-gmac; do
	fault unsigned-logon 'session setup: the answer, STATUS_SUCCESS *, is not signed' $settings
	fault unsigned-tree 'tree connect: the answer, STATUS_SUCCESS *, is not signed' $settings
	fault unsigned-echo 'echo: the answer, STATUS_SUCCESS *, is not signed' $settings
	fault signature-logon 'session setup: the answer*s signature is wrong' $settings
	fault signature-tree 'tree connect: the answer*s signature is wrong' $settings
	fault signature-echo 'echo: the answer*s signature is wrong' $settings
	fault changed-tree 'tree connect: the answer*s signature is wrong' $settings
done
fault expired 'tree connect: the answer, STATUS_NETWORK_SESSION_EXPIRED *, is not signed'
fault deleted 'echo: the answer, STATUS_USER_SESSION_DELETED *, is not signed'

# ---- the negotiation ----------------------------------------------------------------------

# Samba closes the connection when it sees that the client had other dialects.
fault lower 'validation of the negotiation: the server closed the connection'
for name in guid capabilities mode; do
	fault $name 'session setup: the answer*s signature is wrong'
	fault $name 'validation of the negotiation: somebody has changed the negotiation' \
		max_dialect=3.0.2
	fault $name 'validation of the negotiation: somebody has changed the negotiation' \
		max_dialect=2.1
done
for name in unsigned signature; do
	fault $name-validate 'validation of the negotiation: the answer*' max_dialect=3.0
done
fault dialect 'negotiation: the server chooses dialect 0x0202, which was not offered'
fault wildcard 'negotiation: the server chooses dialect 0x02ff, which was not offered'
fault token-offset "negotiation: $malformed"
fault token-length "negotiation: $malformed"
fault token-wrong 'session setup: SEC_E_INVALID_TOKEN (0x80090308), reason *'
fault contexts-offset "negotiation: $malformed"
fault contexts-count "negotiation: $malformed"
fault contexts-more "negotiation: $malformed"
fault contexts-none 'negotiation: the server*s choice of algorithms is not clear'
fault context-length "negotiation: $malformed"
fault hash "negotiation: $malformed"
fault salt 'session setup: the answer*s signature is wrong'
fault algorithm 'negotiation: the server signs by what was not offered'
fault no-algorithm 'session setup: the answer*s signature is wrong'

# ---- the logon -------------------------------------------------------------------------------

fault guest 'session setup: the server takes the user as a guest'
fault anonymous 'session setup: the server takes the user as anonymous'
fault sealed 'session setup: the server requires encryption, which this client does not have'
fault setup-offset "session setup: $malformed"
fault setup-length "session setup: $malformed"
fault setup-empty 'session setup: SEC_E_INVALID_TOKEN (0x80090308), reason *'
fault setup-token 'session setup: SEC_E_INVALID_TOKEN (0x80090308), reason *'
fault early 'session setup: the server ends the logon before it is complete'
fault late 'session setup: the logon is complete, but the server goes on'

# ---- unloading under load -----------------------------------------------------------------------

many=100
[ "$KERNEL" != debug ] || many=16
names=(negotiate setup logon tree echo)
for ((i = 0; i < many; i++)); do
	fault_port "silence-${names[i % 5]}"
	smb_make many$i timeout_ms=600000
	smb_write many$i connect 1
done
for ((i = 0; i < many; i++)); do rmdir "$SMB/many$i" || problem "rmdir"; done
verdict "$many connections to silent servers are removed"
check "the sample unloads" rmmod credssp_smb
kill $smbpeer_pid
wait $smbpeer_pid 2>/dev/null
smbd_stop
keyctl unlink "$SMB_KEY" @u
nothing_left "no context and no credential is left"
finish
