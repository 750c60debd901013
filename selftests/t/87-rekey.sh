#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kTLS that takes new keys, as Linux does from 6.14 on: by another thread in the middle
# of an exchange; and KeyUpdate, whoever reads it.
# guests: 6.1 6.12 backports
# timeout: 60

. "$(dirname "$0")/../lib.sh"

need rekey_test tspeer ss

start_peer --tls 1.3 --wrong wait-nego
export PEER_PORT
embed "a slow peer" rekey_test mid-exchange
start_peer --tls 1.3 --wrong key-update
embed "KeyUpdate before the CHALLENGE" rekey_test "another thread"
start_peer --tls 1.3 --echo --wrong key-update-creds
embed "KeyUpdate after authInfo" rekey_test "after the exchange"
nothing_left "no context and no credential is left"
finish
