#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kTLS accepts new keys from Linux 6.14 on: another thread gives it keys in the middle of
# an exchange; and a KeyUpdate, read by the module or by another thread.
# guests: 6.1 6.12 backports
# races: yes
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
