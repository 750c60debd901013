#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Checks of the sources' text: checkpatch for each directory, the rules of style, the shell
# scripts, the spelling.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

# This file has technical terms that codespell takes for mistakes.
SPELLING=$TOP/scripts/spelling-ignore

c_directories() {
	find include kmod kunit samples userspace-helper selftests -type f \
		\( -name '*.c' -o -name '*.h' \) -printf '%h\n' 2>/dev/null | sort -u
}

# A dozen files at a time, so that all processors are busy
checkpatch_directory() {
	printf '%s\0' "$1"/*.[ch] |
		xargs -0 -n 12 -P "$(nproc)" "$TOP/scripts/checkpatch.sh"
}

shell_scripts() {
	{
		find scripts selftests .ci samples userspace-helper -type f -name '*.sh' 2>/dev/null
		grep -rlE --include='*' '^#!/bin/(ba)?sh' scripts selftests .ci debian 2>/dev/null
	} | sort -u
}

shellcheck_all() {
	shell_scripts | xargs -r -n 12 -P "$(nproc)" shellcheck -x
}

codespell_all() {
	local dirs=()
	for dir in Makefile Kbuild Kconfig README.md NEWS SECURITY.md CONTRIBUTING.md \
		debian scripts include kmod kunit samples userspace-helper selftests Documentation; do
		[ ! -e "$dir" ] || dirs+=("$dir")
	done
	codespell --ignore-words "$SPELLING" --skip '*/vectors/*,*/corpus/*' "${dirs[@]}"
}

"$TOP/scripts/deps.sh" style kernels
"$TOP/scripts/kernels.sh" checkpatch
cd "$TOP" || exit
tap_open style
for dir in $(c_directories); do
	compgen -G "$dir/*.[ch]" >/dev/null || continue
	tap_run "checkpatch $dir" checkpatch_directory "$dir"
done
for rule in $("$TOP/scripts/check-style.sh" --rules); do
	tap_run "$rule" "$TOP/scripts/check-style.sh" "$rule"
done
tap_run "shellcheck" shellcheck_all
tap_run "codespell" codespell_all
tap_close
