#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The packages that the other steps need. Without them each of those would fail.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

tap_open deps
tap_run "packages that the steps need" "$TOP/scripts/deps.sh" all
tap_close
