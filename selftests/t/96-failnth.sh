#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Allocations of an authentication fail, one each time, every fifth in turn (or
# every FAILNTH_STEP-th): each time a clean end.
# guests: debug
# timeout: 400

. "$(dirname "$0")/../lib.sh"

need failnth_test tspeer

FAILSLAB=/sys/kernel/debug/failslab
[ -e $FAILSLAB ] || bail "this kernel has no failslab"
echo N >$FAILSLAB/ignore-gfp-wait
echo N >$FAILSLAB/cache-filter
echo 0 >$FAILSLAB/verbose
# a failed allocation must not be mistaken for a slow server
start_peer --timeout 60
export PEER_PORT
for transport in socket token; do
	start=$SECONDS
	STEP=${FAILNTH_STEP:-5} embed "$transport transport" failnth_test $transport
	note "$transport: $((SECONDS - start)) s"
done
check "an exchange succeeds afterwards" credsspctl auth --user alice --carrier raw \
	--password-file "$WORK/password" "127.0.0.1:$PEER_PORT"
nothing_left "no context and no credential is left"
finish
