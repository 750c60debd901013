#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The layers of kmod: each directory is a test. One that is not in the list of layers fails.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

tap_open layers
for layer in "$TOP"/kmod/*/; do
	layer=$(basename "$layer")
	tap_run "kmod/$layer includes no header of a higher layer" \
		"$TOP/scripts/check-layers.sh" "$layer"
done
tap_close
