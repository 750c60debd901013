#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Layers: each directory with sources is a test. One that is not in the list of layers fails.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

# The directories of all trees with sources
layers() {
	local tree
	"$TOP/scripts/check-layers.sh" --trees | while read -r tree; do
		find "$TOP/$tree" -maxdepth 2 -name '*.[ch]' -printf '%h\n'
	done | sort -u
}

tap_open layers
for layer in $(layers); do
	layer=${layer#"$TOP/"}
	tap_run "$layer includes no header of a higher layer" "$TOP/scripts/check-layers.sh" "$layer"
done
tap_close
