#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# No record number is used twice for sealing: signals, kills and exports in the middle of
# Encrypt, with all sealed records recorded on loopback; TLS 1.2 and 1.3.
# guests: 6.1 6.12 backports debug
# timeout: 200

. "$(dirname "$0")/../lib.sh"

need nonce_test tspeer

for TLS in 1.2 1.3; do
	start_peer --echo --priority "NORMAL:-VERS-ALL:+VERS-TLS$TLS:-CIPHER-ALL:+AES-128-GCM"
	export PEER_PORT TLS
	embed "TLS $TLS" nonce_test
done
nothing_left "no context and no credential is left"
finish
