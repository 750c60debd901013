#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The documentation against the code: every rule of check-docs.sh.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

"$TOP/scripts/deps.sh" build kernels docs html
"$TOP/scripts/kernels.sh" 6.12
tap_open docs
for rule in $("$TOP/scripts/check-docs.sh" --rules); do
	tap_rule "$rule" "$TOP/scripts/check-docs.sh" "$rule"
done
tap_close
