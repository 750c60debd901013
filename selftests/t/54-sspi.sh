#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Unmodified programs of FreeRDP 2 and 3 with the SSPI module libcredssp-sspi.so: clients
# against credsspctl accept, tspeer and FreeRDP's server, and FreeRDP's servers with NLA by the
# kernel and accounts by credsspd. NTLM and Kerberos, right and wrong logons.
# guests: 6.1
# timeout: 300

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"
# shellcheck source=../accept.sh
. "$TOP/selftests/accept.sh"

need credsspctl Xvfb openssl ss tspeer

MODULE=$TOP/build/user/libcredssp-sspi.so
REGISTRY=/etc/winpr/HKLM.reg
VERSIONS=(3 2)

# The programs of version 3 have its number in their names.
suffix() { [ "$1" = 2 ] || printf 3; }

# client VERSION: CLIENT is a program with the module: version 3 has an option for it; version
# 2 has none for its client, so that the module stands before WinPR.
client() {
	CLIENT=$WORK/client$1
	[ ! -x "$CLIENT" ] || return 0
	if [ "$1" = 3 ]; then
		printf '#!/bin/sh\nexec xfreerdp3 "/sspi-module:%s" "$@"\n' "$MODULE" >"$CLIENT"
	else
		printf '#!/bin/sh\nLD_PRELOAD=%s exec xfreerdp "$@"\n' "$MODULE" >"$CLIENT"
	fi
	chmod +x "$CLIENT"
}

# established_since BEFORE COUNT: the kernel has had this many contexts of both ends
established_since() {
	counter established
	want "contexts established" $((COUNT - $1)) "$2"
}

# attempt CLIENT PORT PASSWORD [OPTION...]: one logon, whose result the server tells
attempt() {
	local program=$1 port=$2 password=$3
	shift 3
	KRB5_CONFIG=/dev/null timeout $((30 * HANG)) "$program" "/v:127.0.0.1:$port" /u:alice \
		"/p:$password" /cert:ignore +auth-only "$@" >"$WORK/client.out" 2>&1 </dev/null &
	ATTEMPT_PID=$!
}

# reached VERSION: the client has come to the end of RDP's connection sequence. Version 3 ends
# with an error in any case, but writes the result.
reached() {
	local status=0
	wait "$ATTEMPT_PID" || status=$?
	if [ "$1" = 2 ]; then
		[ $status -eq 0 ]
	else
		has 'Authentication only, exit status 1' "$WORK/client.out"
	fi
}

attempt_end() {
	kill -KILL "$ATTEMPT_PID" 2>/dev/null
	wait "$ATTEMPT_PID" 2>/dev/null
}

patient
kdc_make && kdc_start 0 && accept_set_up && kdc_helper
printf '127.0.0.1 %s\n' $PEER_HOST >>/etc/hosts
[ -e "$MODULE" ] || problem "$MODULE was not built"
verdict "accounts, certificates, a KDC, and the module"

# ---- clients -----------------------------------------------------------------

xvfb_start
for version in "${VERSIONS[@]}"; do
	client "$version"
	what="xfreerdp $version with the module"
	accept_start
	counter established && before=$COUNT
	freerdp "$CLIENT" alice "$PASSWORD"
	accepted
	want mech "${FIELD[mech]}" ntlm
	want version "${FIELD[version]}" 6
	want delegated "${FIELD[delegated]}" password
	# The acceptor has one for each verdict: see freerdp().
	counter established
	[ $((COUNT - before)) -gt "$(grep -c '"status": "SEC_E_OK"' "$ACCEPT_OUT")" ] ||
		problem "the client's context is not the kernel's"
	verdict "$what: NTLM, and the kernel has both contexts"
	freerdp "$CLIENT" alice wrong
	denied SEC_E_LOGON_DENIED logon
	verdict "$what: a wrong password"

	start_peer --x224 hybrid
	attempt "$CLIENT" "$PEER_PORT" "$PASSWORD"
	next_line || problem "tspeer has no line: $(tail -n 1 "$WORK/client.out")"
	attempt_end
	want result "${PEER[result]}" ok
	want user "${PEER[user]}" alice
	want delegated "${PEER[delegated]}" password
	want deleg_user "${PEER[deleg_user]}" alice
	verdict "$what: tspeer takes it, and gets the password"
	start_peer --x224 hybrid --wrong bind-other-key
	attempt "$CLIENT" "$PEER_PORT" "$PASSWORD"
	next_line
	attempt_end
	want result "${PEER[result]}" fail
	want delegated "${PEER[delegated]}" none
	verdict "$what: a pubKeyAuth that proves nothing gets no credentials"
	stop_peer

	accept_start --keytab "$KDC/peer.keytab"
	FREERDP_HOST=$PEER_HOST freerdp "$CLIENT" "alice@$REALM" "$PASSWORD"
	accepted "alice@*"
	want mech "${FIELD[mech]}" kerberos
	verdict "$what: Kerberos by a password"
	accept_stop
done

client 3
accept_start --keytab "$KDC/peer.keytab"
FREERDP_HOST=$PEER_HOST freerdp "$CLIENT" "alice@$REALM" "$PASSWORD" '/auth-pkg-list:!kerberos,ntlm'
want mech "${FIELD[mech]}" ntlm
verdict "xfreerdp 3 with the module: a list of packages without Kerberos"
accept_stop

# ---- servers -----------------------------------------------------------------

# the last line of the kernel's log about an acceptor
logged() {
	dmesg | grep 'credssp: accept from ' | tail -n 1 >"$WORK/line"
	grep -qE -- "$1" "$WORK/line" || problem "no '$1' in: $(<"$WORK/line")"
}

mkdir -p "${REGISTRY%/*}"
cat >$REGISTRY <<-REG
[HKEY_LOCAL_MACHINE\\Software\\FreeRDP\\FreeRDP\\Server]
"SspiModule"=str:"$MODULE"
REG
# The server's own list has no account: whoever logs on is known to credsspd.
printf 'nobody:::00000000000000000000000000000000:::\n' >"$WORK/sam"
for version in "${VERSIONS[@]}"; do
	FREERDP=''
	[ "$version" = 2 ] || ! command -v freerdp-shadow-cli3 >/dev/null || FREERDP=3
	what="FreeRDP $version's server with the module"
	freerdp_cert rsa || problem "no certificate"
	freerdp_start
	counter established && before=$COUNT
	auth --mech ntlm "127.0.0.1:$FREERDP_PORT"
	want "exit status" "$RC" 0
	want delegated "${JSON[delegated]}" true
	established_since "$before" 2
	logged 'status SEC_E_OK .* mech ntlm .* account "alice" user ".*alice"'
	verdict "$what: our client, NTLM"
	auth --mech ntlm --password-file "$WORK/wrong-password" "127.0.0.1:$FREERDP_PORT"
	want "exit status" "$RC" 2
	want reason "${JSON[reason]}" error-code
	# FreeRDP 2 makes an NTSTATUS of Windows' error 1326 in its own way.
	want ntstatus "${JSON[ntstatus_code]}" '0xC007052E|0xC000006D'
	want delegated "${JSON[delegated]}" false
	logged 'status SEC_E_LOGON_DENIED reason logon .* account "alice" user ""'
	verdict "$what: a wrong password, and the client is told"
	for other in "${VERSIONS[@]}"; do
		# Version 2's server sends no last token of SPNEGO. Version 3's client begins with
		# NTLM alone here, since there is no Kerberos configuration for it.
		counter established && before=$COUNT
		attempt "xfreerdp$(suffix "$other")" "$FREERDP_PORT" "$PASSWORD"
		reached "$other" || problem "it does not connect: $(tail -n 3 "$WORK/client.out")"
		established_since "$before" 1
		logged 'status SEC_E_OK .* mech ntlm .* account ".*alice"'
		verdict "$what: xfreerdp $other without it"
		attempt "xfreerdp$(suffix "$other")" "$FREERDP_PORT" wrong
		reached "$other" && problem "it connects"
		logged 'status SEC_E_LOGON_DENIED reason logon .* account ".*alice"'
		verdict "$what: xfreerdp $other, a wrong password"
		[ "$version" = 3 ] || continue
		client "$other"
		counter established && before=$COUNT
		attempt "$CLIENT" "$FREERDP_PORT" "$PASSWORD"
		reached "$other" || problem "it does not connect: $(tail -n 3 "$WORK/client.out")"
		established_since "$before" 2
		verdict "$what: xfreerdp $other with it, too"
	done
	freerdp_stop
done

kdc_ticket alice FILE:/tmp/krb5cc_0
printf '%s = TERMSRV/*\n' allow-fresh allow-fresh-ntlm-only allow-default >"$WORK/policy.conf"
credsspctl policy load "$WORK/policy.conf" || problem "policy load"
FREERDP=''
! command -v freerdp-shadow-cli3 >/dev/null || FREERDP=3
FREERDP_OPTIONS=("/keytab:$KDC/peer.keytab")
freerdp_start
for mech in kerberos negotiate; do
	counter established && before=$COUNT
	auth --mech $mech --ccache=FILE:/tmp/krb5cc_0 --target "$PEER_TARGET" \
		"127.0.0.1:$FREERDP_PORT"
	want "exit status" "$RC" 0
	want mechanism "${JSON[mechanism]}" 'kerberos|spnego-kerberos'
	established_since "$before" 2
	logged 'status SEC_E_OK .* mech kerberos .* user "alice@'
	verdict "FreeRDP 3's server with the module: our client by Kerberos, $mech"
done
freerdp_stop
rm -f $REGISTRY

credsspctl policy reset
nothing_left "no context and no credential is left"
finish
