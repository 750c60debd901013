#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The sample credssp_smb.ko: an SMB redirector's connection set-up in the kernel, with Samba's
# server: every dialect and signature, NTLM and Kerberos, what must be refused, a session that
# expires, IPv6, another network namespace, many at once, and unloading.
# guests: 6.1 trixie
# races: yes
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../smb-sample.sh
. "$TOP/selftests/smb-sample.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl ss keyctl kinit kdestroy ip nsenter smbd pdbedit smbpeer

patient
smb_load
smb_key alice "$PASSWORD"
smbd_start

# ---- dialects and signatures ---------------------------------------------------

for row in '2.1 any HMAC-SHA256' '3.0 any AES-128-CMAC' '3.0.2 any AES-128-CMAC' \
	'3.1.1 aes-gmac AES-128-GMAC' '3.1.1 aes-cmac AES-128-CMAC' \
	'3.1.1 hmac-sha256 HMAC-SHA256'; do
	my_turn 3 || continue
	read -r dialect signing name <<<"$row"
	smb_once min_dialect="$dialect" max_dialect="$dialect" signing="$signing"
	smb_good "NTLM, SMB $dialect, signed by $name"
	verdict "SMB $dialect, signed by $name"
done
smb_run stays
smb_good 'NTLM, SMB 3.1.1, signed by AES-128-GMAC'
want connect "$(<"$SMB/stays/connect")" 1
verdict "the best of all dialects and signatures"
if { echo x >"$SMB/stays/share"; } 2>/dev/null; then problem "a setting changes"; fi
if { echo 1 >"$SMB/stays/connect"; } 2>/dev/null; then problem "it starts twice"; fi
smb_write stays check 1
smb_await stays
smb_good 'NTLM, SMB 3.1.1, signed by AES-128-GMAC'
verdict "a session is used again"
smb_write stays connect 0
smb_read stays
want state "$SMB_STATE" 'logged off'
if { echo 1 >"$SMB/stays/check"; } 2>/dev/null; then problem "it is used after LOGOFF"; fi
smb_write stays connect 1
smb_await stays
smb_good 'NTLM, SMB 3.1.1, signed by AES-128-GMAC'
verdict "... ended with LOGOFF, and begun again"
rmdir "$SMB/stays" || problem "rmdir"
verdict "a directory is removed while it is connected"

# ---- what is refused -------------------------------------------------------------

smb_once share=nosuch
smb_bad 'tree connect: the server answers STATUS_BAD_NETWORK_NAME (0xc00000cc)'
smb_once share=private
smb_bad 'tree connect: the server answers STATUS_ACCESS_DENIED (0xc0000022): *'
smb_once share=sealed
smb_bad 'tree connect: * STATUS_ACCESS_DENIED *requires encryption, which this client does not have'
verdict "shares that do not exist, are not the user's, or require encryption"
keyctl unlink "$SMB_KEY" @u
smb_key alice wrong
smb_once
smb_bad 'session setup: the server answers STATUS_LOGON_FAILURE (0xc000006d)'
verdict "a wrong password"
keyctl unlink "$SMB_KEY" @u
smb_key nobody-here "$PASSWORD"
smb_once
smb_bad 'session setup: the server answers STATUS_LOGON_FAILURE (0xc000006d)'
verdict "an unknown user"
smbd_start 'map to guest = bad user' 'guest account = nobody'
smb_once
smb_bad 'session setup: the server takes the user as a guest'
verdict "... whom the server takes as a guest"
keyctl unlink "$SMB_KEY" @u
smb_key alice "$PASSWORD"
smbd_start 'smb encrypt = required'
smb_once
smb_bad 'session setup: * STATUS_ACCESS_DENIED *requires encryption, which this client does not have'
verdict "a server that requires encryption"
smbd_start 'server max protocol = SMB3_02' 'server signing = mandatory'
smb_once min_dialect=3.1.1
smb_bad 'negotiation: the server has none of the dialects 3.1.1 to 3.1.1'
smb_once
smb_good 'NTLM, SMB 3.0.2, signed by AES-128-CMAC'
verdict "a server without SMB 3.1.1"
smbd_stop
smb_once
smb_bad 'TCP connection: the server refuses connections'
verdict "a port on which nothing listens"

# ---- settings ---------------------------------------------------------------------

# refuses SETTING=VALUE
refuses() {
	if { printf '%s\n' "${1#*=}" >"$SMB/bad/${1%%=*}"; } 2>/dev/null; then
		problem "${1%%=*} takes '${1#*=}'"
	fi
}
smb_make bad
for row in port=65536 port=0 port=x timeout_ms=0 timeout_ms=600001 min_dialect=2.0.2 \
	max_dialect=4 signing=md5 key=12345678 key=x connect=x check=2 \
	address="$(printf '%0300d' 0)" share=$'\x01'; do
	refuses "$row"
done
verdict "settings that make no sense are refused"
echo '' >"$SMB/bad/share"
refuses connect=1
echo test >"$SMB/bad/share"
echo no.number >"$SMB/bad/address"
refuses connect=1
smb_read bad
want outcome "$SMB_OUTCOME" 'start: no socket for this address'
echo 127.0.0.1 >"$SMB/bad/address"
echo 3.0 >"$SMB/bad/max_dialect"
echo 3.1.1 >"$SMB/bad/min_dialect"
refuses connect=1
verdict "... and so is a start with settings that are missing or wrong"
rmdir "$SMB/bad"

# ---- addresses, namespaces, keys --------------------------------------------------

smbd_start
smb_once address=::1
smb_good 'NTLM, SMB 3.1.1, signed by AES-128-GMAC'
verdict "IPv6"
ring=$(keyctl newring smb-test @u)
keyctl move "$SMB_KEY" @u "$ring" || problem "keyctl move"
smb_once "key=$ring"
smb_good 'NTLM, SMB 3.1.1, signed by AES-128-GMAC'
verdict "the key is found in a keyring"
keyctl move "$SMB_KEY" "$ring" @u
keyctl unlink "$ring" @u
good=$SMB_KEY
smb_key alice "$PASSWORD" cifs/other
smb_once
smb_bad 'session setup: SEC_E_NO_CREDENTIALS (0x8009030e), reason key'
verdict "a key of another server"
keyctl revoke "$SMB_KEY"
SMB_KEY=$good

smbd_stop
ip netns add smb-test || problem "ip netns"
inside() { nsenter --net=/run/netns/smb-test "$@"; }
inside ip link set lo up
# shellcheck disable=SC2317 # called by until_true
inside_listens() { [ -n "$(inside ss -Hltn "sport = :$SMB_PORT")" ]; }
# Not by the function, whose shell would get the signal that ends smbd
nsenter --net=/run/netns/smb-test smbd -s "$SMBD/smb.conf" -F >"$SMBD/out" 2>&1 &
SMBD_PID=$!
until_true 40 inside_listens || problem "smbd does not listen there"
smb_make inside
# shellcheck disable=SC2016 # for the other shell
inside bash -c 'echo 1 >"$1"' - "$SMB/inside/connect" || problem "connect"
smb_await inside
smb_good 'NTLM, SMB 3.1.1, signed by AES-128-GMAC'
verdict "a connection in the network namespace of the one who starts it"
smb_write inside connect 0
smb_write inside connect 1
smb_await inside
smb_bad 'TCP connection: the server refuses connections'
verdict "... which the same connection, started elsewhere, does not see"
rmdir "$SMB/inside"
smbd_stop
ip netns del smb-test

# ---- Kerberos ------------------------------------------------------------------------

# Samba looks for the user's groups in a PAC, which a KDC without a directory does not have.
KDC_LIFE=40s KDC_NO_PAC=true
[ "$KERNEL" != debug ] || KDC_LIFE=120s
LIFE=${KDC_LIFE%s}
kdc_make && kdc_start 0 && kdc_helper
KRB5_CONFIG=$KDC/krb5.conf smbd_start "realm = $REALM" 'kerberos method = dedicated keytab' \
	"dedicated keytab file = FILE:$KDC/peer.keytab"
kerberos=("server=$PEER_HOST" key=0)
smb_once "${kerberos[@]}" "ccache=FILE:$KDC/none"
smb_bad 'session setup: SEC_E_NO_CREDENTIALS (0x8009030e), reason no-tickets'
verdict "Kerberos without tickets"
for row in '2.1 HMAC-SHA256' '3.0 AES-128-CMAC' '3.1.1 AES-128-GMAC'; do
	my_turn 3 || continue
	read -r dialect name <<<"$row"
	kdc_ticket alice FILE:/tmp/krb5cc_0
	smb_once "${kerberos[@]}" min_dialect="$dialect" max_dialect="$dialect"
	smb_good "Kerberos, SMB $dialect, signed by $name"
	verdict "Kerberos with the default cache, SMB $dialect"
done
good=$SMB_KEY
smb_key alice "$PASSWORD" "cifs/$PEER_HOST" $REALM
smb_once "server=$PEER_HOST"
smb_good 'Kerberos, SMB 3.1.1, signed by AES-128-GMAC'
verdict "Kerberos with a password"

# The session ends with the ticket. Another one is in the cache by then, or none.
kdc_ticket alice "FILE:$KDC/renewed"
kdc_ticket alice "FILE:$KDC/lost"
smb_run renewed "${kerberos[@]}" "ccache=FILE:$KDC/renewed"
smb_good 'Kerberos, SMB 3.1.1, signed by AES-128-GMAC'
smb_run lost "${kerberos[@]}" "ccache=FILE:$KDC/lost"
smb_good 'Kerberos, SMB 3.1.1, signed by AES-128-GMAC'
smb_run password "server=$PEER_HOST"
smb_good 'Kerberos, SMB 3.1.1, signed by AES-128-GMAC'
# Somebody on the way, in the renewal (peers/smbpeer.c): each fault and its outcome
declare -A renewal_faults=(
	[silence]='no answer of the server *'
	[close]='the server closed the connection'
	[unsigned]='the answer, STATUS_SUCCESS *, is not signed'
	[signature]="the answer's signature is wrong"
	[session-id]='the answer is of another session'
	[refused]="the answer's signature is wrong"
	[setup-length]="the answer's signature is wrong"
)
# shellcheck disable=SC2046 # words
smbpeer --to "$SMB_PORT" $(printf '%s-renewal ' "${!renewal_faults[@]}") >"$WORK/smbpeer" 2>&1 &
smbpeer_pid=$!
until_true 20 has ready "$WORK/smbpeer" || bail "smbpeer does not listen"
for fault in "${!renewal_faults[@]}"; do
	[[ $(<"$WORK/smbpeer") =~ port=([0-9]+)\ fault=$fault-renewal ]] || problem "no $fault"
	# The end of a silence, and of no other one
	limit=600000
	[ "$fault" != silence ] || limit=$((3000 * HANG))
	smb_run "$fault" "server=$PEER_HOST" "port=${BASH_REMATCH[1]:-1}" "timeout_ms=$limit"
	smb_good 'Kerberos, SMB 3.1.1, signed by AES-128-GMAC'
done
began=$SECONDS
while [ $((SECONDS - began)) -lt $((LIFE + 5)) ]; do tick; done
kdc_ticket alice "FILE:$KDC/renewed"
kdestroy -c "FILE:$KDC/lost"
for name in renewed lost password; do smb_write $name check 1; done
smb_await renewed
want state "$SMB_STATE" connected
want outcome "$SMB_OUTCOME" 'Kerberos, SMB 3.1.1, signed by AES-128-GMAC, renewed 1 times'
verdict "a session that has expired is renewed with a new ticket"
smb_await password
want state "$SMB_STATE" connected
want outcome "$SMB_OUTCOME" 'Kerberos, SMB 3.1.1, signed by AES-128-GMAC, renewed 1 times'
verdict "... and with the password"
# Before its new ticket ends as well, on a slow machine
smb_write renewed connect 0
smb_read renewed
want state "$SMB_STATE" 'logged off'
verdict "LOGOFF of a renewed session"
smb_await lost
smb_bad 'tree disconnect: SEC_E_NO_CREDENTIALS (0x8009030e), reason *'
verdict "... but not without a ticket"
rmdir "$SMB"/{renewed,lost,password} || problem "rmdir"
for fault in "${!renewal_faults[@]}"; do smb_write "$fault" check 1; done
for fault in "${!renewal_faults[@]}"; do
	smb_await "$fault"
	smb_bad "tree disconnect: ${renewal_faults[$fault]}"
	rmdir "$SMB/$fault" || problem "rmdir"
	verdict "an attacker in the renewal: $fault"
done
kill "$smbpeer_pid"
wait "$smbpeer_pid" 2>/dev/null
keyctl unlink "$SMB_KEY" @u
SMB_KEY=$good
rm -f /tmp/krb5cc_0

# ---- many, and unloading --------------------------------------------------------------

many=100
[ "$KERNEL" = 6.1 ] || many=30
[ "$KERNEL" != debug ] || many=16
smbd_start
for ((i = 1; i <= many; i++)); do smb_make many$i timeout_ms=600000; done
for ((i = 1; i <= many; i++)); do smb_write many$i connect 1; done
if rmmod credssp_smb 2>/dev/null; then problem "it unloads while there are connections"; fi
for ((i = 1; i <= many; i++)); do
	until_true 60 smb_ended many$i || problem "many$i does not end"
	smb_read many$i
	smb_good 'NTLM, SMB 3.1.1, signed by AES-128-GMAC'
done
verdict "$many at once"
for ((i = 1; i <= many; i++)); do smb_write many$i check 1; done
for ((i = 1; i <= many; i++)); do rmdir "$SMB/many$i" || problem "rmdir"; done
verdict "... and removed while they are busy"
check "the sample unloads" rmmod credssp_smb
smbd_stop
keyctl unlink "$SMB_KEY" @u
nothing_left "no context and no credential is left"
finish
