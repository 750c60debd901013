#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-style.sh RULE: one of the rules of style that can be checked in the text.
# check-style.sh --rules lists them.

. "$(dirname "$0")/lib.sh"
# For the greps below an empty result is no error.
set +o pipefail

cd "$TOP" || exit
RULES=(no-ifdef version-checks function-length file-length no-ladders function-names
	suite-names context-lock spdx executable-scripts)

sources() {
	find include kmod kunit samples userspace-helper selftests -type f \
		\( -name '*.c' -o -name '*.h' \) 2>/dev/null | sort
}

# nothing_found MESSAGE: fails and prints when standard input has a line.
nothing_found() {
	local found
	found=$(cat)
	[ -z "$found" ] || { printf '%s:\n%s\n' "$1" "$found"; return 1; }
}

rule_no-ifdef() {
	grep -rnE --include='*.c' '^[[:space:]]*#[[:space:]]*(ifdef|ifndef|if[[:space:]]+!?defined)' kmod |
		nothing_found "#ifdef in a .c file of the module"
}

rule_version-checks() {
	grep -rnE --include='*.[ch]' 'LINUX_VERSION_CODE|KERNEL_VERSION\(' kmod kunit samples include |
		grep -v '^kmod/base/compat\.h:' |
		nothing_found "kernel version checks outside kmod/base/compat.h"
}

# A function's body stands between braces in the first column.
rule_function-length() {
	sources | grep -E '\.c$' | while read -r f; do
		awk -v f="$f" '
			/^\{/ { start = NR }
			/^\}/ {
				if (start && NR - start > 100)
					print f ":" start ": " NR - start " lines"
				start = 0
			}' "$f"
	done | nothing_found "functions over 100 lines"
}

# Test vectors are data.
rule_file-length() {
	sources | grep -v '/vectors/' | xargs -r wc -l |
		awk '$2 != "total" && $1 > 700 { print $2 ": " $1 " lines" }' |
		nothing_found "files over 700 lines"
}

# Two steps in a function make a ladder.
rule_no-ladders() {
	find kmod -name '*.c' | sort | while read -r f; do
		awk -v f="$f" '
			/^\{/ { steps = 0; start = NR }
			/^\t+if \(!ret\)$/ { held = 1; next }
			held && /^\t+ret = / { steps++ }
			{ held = 0 }
			/^\}/ { if (steps > 1) print f ":" start ": " steps " steps of if (!ret)" }' "$f"
	done | nothing_found "ladders of if (!ret): check, and return early"
}

# An oops must name one place, so static functions must have unique names as well.
rule_function-names() {
	find kmod -name '*.c' -exec awk '
		FNR == 1 { line = "" }
		/^[a-z].*\(/ && !/;$/ && !/^#/ { line = $0 }
		/^\{/ && match(line, /[a-z_0-9]+\(/) {
			print substr(line, RSTART, RLENGTH - 1), FILENAME; line = ""
		}' {} + | sort -u | awk '
		{ files[$1] = files[$1] " " $2; n[$1]++ }
		END { for (name in n) if (n[name] > 1) print name ":" files[name] }' |
		nothing_found "function names that stand in two files"
}

# A failed case names its file.
rule_suite-names() {
	local f want
	for f in kunit/*_test.c; do
		want=credssp_$(basename "$f" _test.c)
		grep -qF ".name = \"$want\"," "$f" || echo "$f: no suite \"$want\""
	done | nothing_found "KUnit suites that are not called by their file"
}

# A waiter sleeps on the context's wait queue: a mutex_unlock() alone leaves it there.
rule_context-lock() {
	grep -rnE --include='*.[ch]' 'mutex_(lock|trylock|unlock)[a-z_]*\(&(ctx|context)->lock' kmod |
		grep -v '^kmod/core/context\.c:' |
		nothing_found "a context's lock without cssp_context_lock() and cssp_context_unlock()"
}

rule_spdx() {
	{
		sources
		find scripts selftests .ci -name '*.sh' 2>/dev/null
		echo Makefile Kbuild Kconfig | tr ' ' '\n'
	} | xargs -r grep -L 'SPDX-License-Identifier:' |
		nothing_found "files without a licence identifier"
}

rule_executable-scripts() {
	find scripts selftests .ci -name '*.sh' -not -perm -u+x -exec grep -l '^#!' {} + 2>/dev/null |
		nothing_found "scripts that are not executable"
}

case ${1:-} in
--rules) printf '%s\n' "${RULES[@]}" ;;
'') die "usage: check-style.sh --rules|RULE" ;;
*) "rule_$1" ;;
esac
