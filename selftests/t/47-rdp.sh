#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The sample credssp_rdp.ko: an RDP redirector's connection set-up in the kernel, to the
# licensing result. With our own peer and with FreeRDP's servers, by NTLM and Kerberos,
# IPv6, another network namespace, Hyper-V's console, many at once, and unloading.
# guests: 6.1 backports
# races: yes
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../rdp.sh
. "$TOP/selftests/rdp.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd tspeer ss keyctl kinit ip nsenter openssl Xvfb

patient
rdp_load
rdp_key "$PASSWORD"

# ---- our own peer ------------------------------------------------------------

start_peer --x224 auto --rdp none
rdp_once protocols=hybrid
rdp_good
want "asked for" "${PEER[rdp_asked]}" 3
want "selected" "${PEER[rdp_selected]}" 2
want "protocol" "$RDP_OUTCOME" '*NTLM, CredSSP version 6, TLS 1.3, HYBRID, channels 1007 and 1003, 0 static'
want "Client Info's user" "${PEER[rdp_user]}" alice
want "Client Info's domain" "${PEER[rdp_domain]}" ''
verdict "HYBRID"
# A domain with characters of one, two and four bytes in UTF-8; the peer prints surrogates as "?".
rdp_key "$PASSWORD" "$RDP_SPN" $'D\xc3\x96M\xf0\x9f\x98\x80'
rdp_once protocols=hybrid_ex channels=rdpdr,cliprdr,drdynvc
rdp_good
want "asked for" "${PEER[rdp_asked]}" b
want "selected" "${PEER[rdp_selected]}" 8
want "static channels" "${PEER[rdp_channels]}" rdpdr,cliprdr,drdynvc
# the user's, I/O, the message channel, and these three
want "channels joined" "${PEER[rdp_joined]}" 6
want "protocol" "$RDP_OUTCOME" '*HYBRID_EX*, 3 static'
want "Client Info's user" "${PEER[rdp_user]}" alice
want "Client Info's domain" "${PEER[rdp_domain]}" $'D\xc3\x96M??'
verdict "HYBRID_EX with early user authorization, and static channels"

for row in records unknown-block; do
	my_turn 1 || continue
	start_peer --x224 hybrid --tls 1.2 --rdp $row
	rdp_once
	rdp_good
	want TLS "$RDP_OUTCOME" '*TLS 1.2*'
	verdict "TLS 1.2, a server with odd but legal answers: $row"
done

start_peer --bind ::1 --x224 hybrid --rdp none
rdp_once address=::1
rdp_good
verdict "IPv6"
rdp_once address=127.0.0.1
want state "$RDP_STATE" failed
want outcome "$RDP_OUTCOME" 'TCP connection: the server refuses connections'
verdict "a port on which nothing listens"

# A key that is found in a keyring, and the user who is pinned
start_peer --x224 hybrid --rdp none
ring=$(keyctl newring rdp-test @u)
keyctl move "$RDP_KEY" @u "$ring" || problem "keyctl move"
rdp_once "key=$ring"
rdp_good
verdict "the key is found in a keyring"
keyctl move "$RDP_KEY" "$ring" @u
keyctl unlink "$ring" @u

rdp_make twice
rdp_connect twice
until_true 40 rdp_ended twice || problem "it does not end"
rdp_connect twice
until_true 40 rdp_ended twice || problem "it does not end"
rdp_read twice
rdp_next_line
rdp_good
verdict "a connection that has ended starts again"
key=$RDP_KEY
keyctl revoke "$key" || problem "keyctl revoke"
rdp_connect twice
until_true 40 rdp_ended twice || problem "it does not end"
rdp_read twice
want state "$RDP_STATE" failed
want outcome "$RDP_OUTCOME" 'CredSSP: SEC_E_NO_CREDENTIALS (0x8009030e), reason key, *'
verdict "... but not with a key that was revoked"
rmdir "$RDP/twice"
keyctl unlink "$key" @u
rdp_key wrong
rdp_once
want state "$RDP_STATE" failed
want outcome "$RDP_OUTCOME" 'CredSSP: SEC_E_LOGON_DENIED (0x8009030c), reason error-code, leg pubkey'
verdict "a wrong password"
keyctl unlink "$RDP_KEY" @u
rdp_key "$PASSWORD"

# ---- settings ------------------------------------------------------------------

# refuses WHAT SETTING VALUE
refuses() {
	if { printf '%s\n' "$3" >"$RDP/bad/$2"; } 2>/dev/null; then
		problem "$2 takes '$3'"
	fi
}
rdp_make bad
for row in port=65536 port=-1 port=x timeout_ms=0 timeout_ms=600001 min_version=7 form=smb \
	mechs=lm protocols=rdp protocols=ssl mutual=2 key=12345678 key=x connect=x \
	address="$(printf '%0300d' 0)" address=$'\x01' channels=longername channels=a,,b \
	channels="$(printf 'a%.0s,' {1..32})" channels='a b' \
	channels="a $(printf ',b%.0s' {1..40})"; do
	refuses "$row" "${row%%=*}" "${row#*=}"
done
verdict "settings that make no sense are refused"
echo '' >"$RDP/bad/address"
if { echo 1 >"$RDP/bad/connect"; } 2>/dev/null; then problem "it starts without an address"; fi
echo no.number >"$RDP/bad/address"
if { echo 1 >"$RDP/bad/connect"; } 2>/dev/null; then problem "it starts with a name"; fi
rdp_read bad
want outcome "$RDP_OUTCOME" 'start: no socket for this address'
echo 127.0.0.1 >"$RDP/bad/address"
echo vmconnect >"$RDP/bad/form"
if { echo 1 >"$RDP/bad/connect"; } 2>/dev/null; then problem "it starts without a machine"; fi
echo machine >"$RDP/bad/vm"
echo hybrid_ex >"$RDP/bad/protocols"
if { echo 1 >"$RDP/bad/connect"; } 2>/dev/null; then problem "it starts with HYBRID_EX"; fi
verdict "... and so is a start with settings that are missing"
rmdir "$RDP/bad"

# ---- Hyper-V's console ---------------------------------------------------------

VM=12345678-9abc-def0-1234-56789abcdef0
CONSOLE='Microsoft Virtual Console Service'
printf 'allow-saved-ntlm-only = "%s/*"\n' "$CONSOLE" >"$WORK/policy.conf"
credsspctl policy load "$WORK/policy.conf" || problem "policy load"
tcp_key=$RDP_KEY
rdp_key "$PASSWORD" "$CONSOLE/localhost"
start_peer --vmconnect --x224 hybrid --rdp none
rdp_once form=vmconnect vm=$VM
rdp_good
want "asked for" "${PEER[rdp_asked]}" 3
want "the machine" "${PEER[rdp_vm]}" $VM
verdict "VMConnect: a preconnection blob, CredSSP, then X.224 inside it"
for code in 4 5; do
	start_peer --vmconnect --x224 hybrid --x224-failure $code --rdp none
	rdp_once form=vmconnect vm=$VM
	want state "$RDP_STATE" failed
	want outcome "$RDP_OUTCOME" "X.224 negotiation: the server refuses with failure code $code, *"
	verdict "VMConnect: failure code $code inside CredSSP"
done
start_peer --vmconnect --x224 hybrid-ex --rdp none
rdp_once form=vmconnect vm=$VM
want outcome "$RDP_OUTCOME" "X.224 negotiation: the server refuses with failure code 5, *"
verdict "VMConnect: the server wants HYBRID_EX"
keyctl unlink "$RDP_KEY" @u
RDP_KEY=$tcp_key
credsspctl policy reset

# ---- another network namespace ---------------------------------------------------

ip netns add rdp-test || problem "ip netns"
inside() { nsenter --net=/run/netns/rdp-test "$@"; }
inside ip link set lo up
stop_peer
peer_pem ec --ec
# The port is one of the namespace's own: nothing listens on it outside.
nsenter --net=/run/netns/rdp-test tspeer --pem "$WORK/ec.pem" --port 4389 --x224 hybrid --rdp none >"$WORK/peer.inside" &
inside_peer=$!
nsenter --net=/run/netns/rdp-test "$TOP/build/user/credsspd" "$(helper_krb5_conf)" >"$WORK/credsspd.inside" 2>&1 &
inside_helper=$!
# shellcheck disable=SC2317 # called by until_true
inside_ready() {
	has ready "$WORK/peer.inside" &&
		[[ $(inside credsspctl status --json) =~ \"helper_present\":\ true ]]
}
until_true 20 inside_ready || problem "no peer or helper there"
PEER_OUT=$WORK/peer.inside PEER_PORT=4389 PEER_CONN=0
rdp_make inside
# shellcheck disable=SC2016 # for the other shell
inside bash -c 'echo 1 >"$1"' - "$RDP/inside/connect" || problem "connect"
until_true 40 rdp_ended inside || problem "it does not end"
rdp_read inside
rdp_good
verdict "a connection in the network namespace of the one who starts it"
rdp_connect inside
until_true 40 rdp_ended inside || problem "it does not end"
rdp_read inside
want outcome "$RDP_OUTCOME" 'TCP connection: the server refuses connections'
verdict "... which the same connection, started elsewhere, does not see"
rmdir "$RDP/inside"
kill $inside_helper $inside_peer
wait $inside_helper $inside_peer 2>/dev/null
ip netns del rdp-test

# ---- many, and unloading -----------------------------------------------------------

many=100
[ "$KERNEL" = 6.1 ] || many=30
[ "$KERNEL" != debug ] || many=16
start_peer --x224 hybrid-ex --timeout 600 --rdp none
for ((i = 1; i <= many; i++)); do
	rdp_make many$i protocols=hybrid_ex timeout_ms=600000
done
for ((i = 1; i <= many; i++)); do rdp_connect many$i; done
if rmmod credssp_rdp 2>/dev/null; then problem "it unloads while there are connections"; fi
if rmmod credssp 2>/dev/null; then problem "credssp unloads while it is used"; fi
for ((i = 1; i <= many; i++)); do
	until_true 100 rdp_ended many$i || problem "number $i does not end"
	rdp_read many$i
	want "outcome of number $i" "$RDP_OUTCOME" 'licensing: valid client, *'
	rmdir "$RDP/many$i"
done
# shellcheck disable=SC2317 # called by until_true
all_there() { [ "$(grep -c '^rdp .* result=ok .*left=yes' "$PEER_OUT")" = "$many" ]; }
until_true 20 all_there || problem "$(grep -c '^rdp .* result=ok' "$PEER_OUT") at the peer"
verdict "$many connections at once"

# All legs are under way: the connections are removed, and the module unloads.
start_peer --x224 hybrid-ex --timeout 600 --rdp none
for ((i = 1; i <= many; i++)); do
	rdp_make many$i protocols=hybrid_ex timeout_ms=600000
	rdp_connect many$i
	[ $((i % 4)) -ne 0 ] || tick
done
start=$SECONDS
rmdir "$RDP"/many* || problem "rmdir"
rmmod credssp_rdp || problem "it does not unload"
[ $((SECONDS - start)) -le $((5 * HANG)) ] || problem "that took $((SECONDS - start)) s"
verdict "unloading under load"
nothing_left "no context and no credential is left"
stop_peer

# ---- FreeRDP's servers, by NTLM ------------------------------------------------------

rdp_load
# freerdp_good WHAT SETTING...
freerdp_good() {
	local what=$1
	shift
	rdp_once "port=$FREERDP_PORT" "$@"
	want state "$RDP_STATE" "done"
	want outcome "$RDP_OUTCOME" "licensing: valid client, no licence is needed; *"
	verdict "$what"
}

freerdp_bad() {
	local what=$1 outcome=$2
	shift 2
	rdp_once "port=$FREERDP_PORT" "$@"
	want state "$RDP_STATE" failed
	want outcome "$RDP_OUTCOME" "$outcome"
	verdict "$what"
}

freerdp_ntlm() {
	freerdp_cert rsa || bail "no RSA certificate"
	freerdp_start
	freerdp_good "FreeRDP $1's server, NTLM"
	want outcome "$RDP_OUTCOME" '*NTLM, CredSSP version 6,*'
	freerdp_good "FreeRDP $1's server, static channels" channels=rdpdr,rdpsnd,cliprdr
	want outcome "$RDP_OUTCOME" '*, 3 static'
	verdict "... which it has"
	keyctl unlink "$RDP_KEY" @u
	rdp_key wrong
	freerdp_bad "FreeRDP $1's server, a wrong password" 'CredSSP: SEC_E_LOGON_DENIED (0x8009030c), *'
	keyctl unlink "$RDP_KEY" @u
	rdp_key "$PASSWORD"
	freerdp_stop
}

case $KERNEL${CREDSSP_ROOT:-} in
6.1)
	need freerdp-shadow-cli winpr-hash
	freerdp_ntlm 2
	;;
backports*)
	FREERDP=3
	need freerdp-shadow-cli3 winpr-hash3
	freerdp_ntlm 3
	;;
esac

# ---- Kerberos --------------------------------------------------------------------------

kdc_make && kdc_start 0 && kdc_helper
verdict "a KDC, and a helper that knows it"
keyctl unlink "$RDP_KEY" @u
rdp_key "$PASSWORD" $PEER_TARGET $REALM
KRB5_CONFIG=$KDC/peer.conf start_peer --keytab "$KDC/peer.keytab" --x224 auto --rdp none
for row in negotiate/hybrid kerberos/hybrid_ex; do
	my_turn 1 || continue
	rdp_once server=$PEER_HOST mechs=${row%/*} protocols=${row#*/} mutual=1
	rdp_good
	want "package of the peer" "${PEER[package]}" kerberos
	want "user at the peer" "${PEER[user]}@${PEER[domain]}" alice@$REALM
	want "Client Info's user" "${PEER[rdp_user]}" alice@$REALM
	want outcome "$RDP_OUTCOME" '*Kerberos, *'
	verdict "Kerberos, ${row%/*} and ${row#*/}"
done
# Without a key: the tickets of the user who connects
printf 'allow-default = TERMSRV/*\n' >"$WORK/policy.conf"
credsspctl policy load "$WORK/policy.conf" || problem "policy load"
kdc_ticket alice FILE:/tmp/krb5cc_0
rdp_once server=$PEER_HOST mechs=negotiate key=0
rdp_next_line
want state "$RDP_STATE" "done"
want outcome "$RDP_OUTCOME" 'licensing: valid client, *Kerberos, *'
want "delegated to the peer" "${PEER[delegated]}" empty
want "the peer's result of RDP" "${PEER[rdp_result]}" ok
want "Client Info's user" "${PEER[rdp_user]}" alice@$REALM
verdict "Kerberos by the user's own tickets"
rm -f /tmp/krb5cc_0
credsspctl policy reset
if [ "$KERNEL" = backports ]; then
	FREERDP_OPTIONS=("/keytab:$KDC/peer.keytab")
	KRB5_CONFIG=$KDC/peer.conf freerdp_start
	freerdp_good "FreeRDP 3's server, Kerberos" server=$PEER_HOST mechs=negotiate mutual=1
	want outcome "$RDP_OUTCOME" '*Kerberos, *'
	verdict "... and not NTLM"
	freerdp_stop
fi
keyctl unlink "$RDP_KEY" @u
rmmod credssp_rdp || problem "rmmod"
verdict "the sample unloads"
nothing_left "no context and no credential is left at the end"
finish
