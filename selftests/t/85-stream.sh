#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Data after the exchange: the kTLS stream, Encrypt and Decrypt by tokens, a
# context that was idle, EXPORT_KTLS; with TLS 1.2 and 1.3.
# guests: 6.1 6.12 backports debug
# timeout: 300

. "$(dirname "$0")/../lib.sh"

need stream_test tspeer

for tls in 1.2 1.3; do
	start_peer --echo --tls $tls
	export PEER_PORT
	embed "TLS $tls" stream_test
done
start_peer --echo --priority 'NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305'
embed ChaCha20 stream_test mebibyte
nothing_left "no context and no credential is left"
finish
