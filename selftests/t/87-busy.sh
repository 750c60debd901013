#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Exchanges on a socket that another thread of the caller is using: deadline,
# cancellation and kill work, and the wait takes no CPU. (TLS 1.3: from its flights the
# relay between client and peer knows where the handshake ends.)
# guests: 6.1 6.12 backports debug
# races: yes
# timeout: 200

. "$(dirname "$0")/../lib.sh"

need busy_test tspeer

start_peer --echo --tls 1.3
export PEER_PORT
embed busy busy_test
nothing_left "no context and no credential is left"
finish
