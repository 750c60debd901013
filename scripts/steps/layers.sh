#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The floors of kmod/: every room is a test; a room that is not in the list fails.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

tap_open layers
for room in "$TOP"/kmod/*/; do
	room=$(basename "$room")
	tap_run "kmod/$room includes no higher floor" "$TOP/scripts/check-layers.sh" "$room"
done
tap_close
