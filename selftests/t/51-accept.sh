#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# AcceptSecurityContext: this module's own client against its acceptor, on sockets and with
# tokens.
# guests: backports debug
# timeout: 120

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

need credsspctl credsspd accept_test

install -d -m 755 /etc/credssp /etc/credssp/certs
check "a certificate" credsspctl cert new --replace
check "an account" credsspctl account add --replace --password-file "$WORK/password" alice
# The helper looks for the directory of certificates once, when it starts.
stop_helper || bail "the helper does not stop"
start_helper || bail "the helper does not start"
embed accept accept_test
nothing_left "no context and no credential is left"
finish
