# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The server of rows.sh and profile.sh, and the module's session cache. Sourced, after
# lib.sh.

# server VERSION KEY [OPTION...]: of TLS 1.2 or 1.3, with a key p256 or rsa2048
server() {
	case $2 in
	p256) peer_pem p256 --ec ;;
	rsa2048) peer_pem rsa2048 ;;
	*) bail "no key $2" ;;
	esac
	start_peer --tls "$1" --pem "$WORK/$2.pem" "${@:3}" || bail "${PROBLEMS[*]}"
}

session_cache() { echo "$1" >"$PARAMETERS/session_cache"; }
