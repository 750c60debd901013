#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# htmldocs.sh: Documentation/ as HTML, into build/html. A warning, or a reference to what is
# not there, is a failure.

. "$(dirname "$0")/lib.sh"

mkdir -p "$BUILD"
sphinx-build -q -W --keep-going -n -j auto -b html -d "$BUILD/html-trees" \
	"$TOP/Documentation" "$BUILD/html"
