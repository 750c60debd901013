#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# demo.sh: boots Debian's Linux 6.1, loads the module there, starts the helper
# and FreeRDP's NLA server, and logs on to it: by NTLM, where the password goes to the kernel
# and the kernel speaks CredSSP, and by Kerberos, with a ticket and with NTLM switched off.
# Succeeds only if each command has the expected outcome.
# `make demo` builds what it needs first.

TOP=$(cd "$(dirname "$0")/.." && pwd -P)
LIMIT=400

outside() {
	"$TOP/selftests/prepare.sh"
	echo "Booting Linux 6.1 in QEMU (without KVM that takes some seconds) ..."
	exec "$TOP/selftests/guest/run.sh" --timeout $LIMIT 6.1 -- \
		"$TOP/selftests/demo.sh --inside"
}

heading() { printf '\n== %s\n\n' "$*"; }

# show EXPECTED COMMAND...: prints and runs a command; ends the demo on another outcome
show() {
	local expected=$1 rc=0
	shift
	printf '$ %s\n' "$*"
	"$@" </dev/null || rc=$?
	if [ $rc -ne "$expected" ]; then
		printf '\nexit status %s, but %s was expected: the demo has failed\n' $rc "$expected"
		exit 1
	fi
	[ $rc -eq 0 ] || printf '(exit status %s)\n' $rc
}

# A KDC, the helper that knows it, and FreeRDP 3's server with a keytab
kerberos() {
	heading "Kerberos: alice gets a ticket from a KDC, and NTLM is switched off"
	kdc_make && kdc_start 0 && kdc_helper || exit
	freerdp_stop
	# shellcheck disable=SC2034 # of lib.sh
	FREERDP=3 FREERDP_OPTIONS=("/keytab:$KDC/peer.keytab")
	KRB5_CONFIG=$KDC/peer.conf freerdp_start
	printf 'ntlm = no\nallow-default = TERMSRV/*\n' >no-ntlm.conf
	show 0 credsspctl policy load no-ntlm.conf
	kdc_ticket alice /tmp/krb5cc_0 || exit
	show 0 klist
	show 0 credsspctl auth --ccache --target "$PEER_TARGET" "127.0.0.1:$FREERDP_PORT"

	heading "The same with the password, for which the helper gets a ticket"
	show 0 credsspctl auth --user alice --password-file alices-password \
		--target "$PEER_TARGET" "127.0.0.1:$FREERDP_PORT"
	rm -f /tmp/krb5cc_0
}

inside() {
	# shellcheck source=lib.sh
	. "$TOP/selftests/lib.sh"
	# shellcheck source=kdc.sh
	. "$TOP/selftests/kdc.sh"
	# shellcheck source=guest/helper.sh
	. "$TOP/selftests/guest/helper.sh"
	need credsspctl freerdp-shadow-cli Xvfb winpr-hash openssl ss freerdp-shadow-cli3 winpr-hash3
	cd "$WORK" || exit

	heading "The kernel module and its helper on Linux $(uname -r)"
	show 0 credsspctl status

	heading "FreeRDP's server, which demands NLA; it knows alice"
	freerdp_cert rsa || exit
	echo "its certificate is of the shape that Windows makes for itself:"
	openssl x509 -in "$HOME/.config/freerdp/shadow/shadow.crt" -noout -subject \
		-ext keyUsage,extendedKeyUsage
	freerdp_start
	cp password alices-password
	echo "listens on port $FREERDP_PORT"

	heading "Socket transport: one call authenticates, the socket becomes a kTLS stream"
	show 0 credsspctl auth --user alice --password-file alices-password --mech ntlm \
		"127.0.0.1:$FREERDP_PORT"

	heading "Token transport: SSPI's opaque tokens, moved by the program itself"
	show 0 credsspctl auth --user alice --password-file alices-password --mech ntlm \
		--transport token "127.0.0.1:$FREERDP_PORT"

	heading "The wrong password"
	show 2 credsspctl auth --user alice --password-file wrong-password --mech ntlm \
		"127.0.0.1:$FREERDP_PORT"

	kerberos

	heading "Four logons were granted, one was refused"
	show 0 credsspctl status
	[ "$(status established),$(status failed)" = 4,1 ] && until_true 5 idle && return
	echo "that is not what the module has counted: the demo has failed"
	exit 1
}

case ${1:-} in
--inside) inside ;;
'') outside ;;
*) echo "usage: demo.sh" >&2; exit 2 ;;
esac
