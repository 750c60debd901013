#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-docs.sh [RULE]: one of the rules that Documentation/, README.md and the
# manual pages must keep, or all of them, as TAP. check-docs.sh --rules lists
# them. A rule that cannot be checked on this machine exits with 77 and prints the reason.

. "$(dirname "$0")/lib.sh"
# For the greps below an empty result is no error.
set +o pipefail

cd "$TOP" || exit
RULES=(symbols library ioctls constants parameters observability states options json reasons names paths
	targets pages rst html example-user example-kernel man calls references conformance)
SKIP=77
UAPI=(include/uapi/linux/credssp*.h)

# skip REASON
skip() { printf '%s\n' "$*"; exit $SKIP; }

# require COMMAND...: or skip
require() {
	local c
	for c; do command -v "$c" >/dev/null || skip "no $c"; done
}

# every_word FILE...: each word of standard input, of which there must be one,
# stands in one of the files.
every_word() {
	local word count=0 bad=0
	while read -r word; do
		count=$((count + 1))
		grep -qwF -- "$word" "$@" || { echo "$word is not in $*"; bad=1; }
	done
	[ $count -gt 0 ] || { echo "found nothing to look for"; return 1; }
	return $bad
}

rule_symbols() {
	grep -rhoP 'EXPORT_SYMBOL(_GPL)?\(\K\w+' kmod | sort -u |
		every_word Documentation/kernel-api.rst
}

# Each function that libcredssp exports, and no other one, has its prototype in the
# manual page, and a description behind the prototypes.
rule_library() {
	local map=userspace-helper/libcredssp/libcredssp.map bad=0
	local page=userspace-helper/man/libcredssp.3 half text
	text=$(mktemp)
	# shellcheck disable=SC2016 # the last line of sed
	for half in 1,/^.SH.DESCRIPTION/p '/^.SH.DESCRIPTION/,$p'; do
		sed -n "$half" "$page" >"$text"
		grep -oP '^\s+\Kcredssp_\w+(?=;)' "$map" |
			every_word "$text" | sed "s|$text|$half of $page|"
		[ "${PIPESTATUS[1]}" -eq 0 ] || bad=1
	done
	rm -f "$text"
	grep -oP 'credssp_\w+(?=\()' "$page" | every_word "$map" || bad=1
	return $bad
}

rule_ioctls() {
	grep -ohP '#define\s+\KCREDSSP_IOC_\w+' "${UAPI[@]}" |
		every_word Documentation/ioctl-abi.rst
}

# Numbers and names of the uapi header: macros and enumerators.
rule_constants() {
	{
		grep -ohP '^#define\s+\K(SEC|ISC|SECURITY|SECPKG|SECBUFFER|CREDSSP)_\w+' "${UAPI[@]}"
		grep -ohP '^\s+\KCREDSSP_\w+(?=\s*=)' "${UAPI[@]}"
	} | sort -u | every_word Documentation/*.rst
}

rule_parameters() {
	grep -rhoP '^module_param(_cb|_named|_string)?\(\K\w+' kmod | sort -u |
		every_word Documentation/quickstart.rst
}

# Tracepoints with their fields, counters, and the numbers that tracepoints have
rule_observability() {
	local page=Documentation/observability.rst name value bad=0
	sed -n 's/^TRACE_EVENT(\(\w*\),$/\1/p' kmod/base/trace.h | every_word $page || bad=1
	grep -oP '__(field|dynamic_array)\(\w+, \K\w+' kmod/base/trace.h | sort -u |
		every_word $page || bad=1
	grep -oP '^COUNTER\(\K\w+' kmod/dev/ioctl_info.c | every_word $page || bad=1
	while read -r name value; do
		grep -qE "^$value +\`\`$name\`\`" $page || { echo "no row for $name, $value"; bad=1; }
	done < <(sed -n '/^enum credssp_\(leg\|hlp_opcode\) {/,/^}/s/^\t\(CREDSSP_[A-Z0-9_]* \)= /\1/p' \
		"${UAPI[@]}" | sed 's/,.*//')
	return $bad
}

# Every state of a machine: enumerators of the enums called *_state.
rule_states() {
	find kmod -name '*.h' -exec awk '
		/^enum cssp_[a-z_]*state \{/ { inside = 1; next }
		/^\}/ { inside = 0 }
		inside && match($1, /^CSSP_[A-Z0-9_]+/) { print substr($1, RSTART, RLENGTH) }' {} + |
		grep -v '_STATES$' | sort -u | every_word Documentation/state-machines.rst
}

# every_option PAGE...: each word of standard input is a long option in one of the manual
# pages, where hyphens are escaped.
every_option() {
	local text rc=0
	text=$(mktemp)
	(cd userspace-helper/man && sed 's/\\-/-/g; s/\\f[A-Z]//g' "$@") >"$text" || return
	sed 's/^/--/' | every_word "$text" | sed "s|$text|$*|"
	rc=${PIPESTATUS[1]}
	rm -f "$text"
	return "$rc"
}

rule_options() {
	local bad=0
	local options=userspace-helper/credsspd/settings/options.c
	grep -oP '^\t\{ "\K[a-z0-9-]+(?=", )' $options | every_option credsspd.8 || bad=1
	# The configuration has all but those that are for the command line.
	grep -oP '^\t\{ "\K[a-z0-9-]+(?=", .*OPT_(?!ACTION|CONFIG|RELOAD))' $options |
		sed 's/-/\\-/g' | every_word userspace-helper/man/credsspd.conf.5 || bad=1
	grep -ohP '^\s*\{ "\K[a-z0-9-]+(?=", (required|optional|no)_argument,)' \
		userspace-helper/credsspctl/{base/,accept/accept_}options.c |
		every_option credsspctl{,-connect,-winrm}.1 || bad=1
	return $bad
}

# Every member of the JSON that credsspctl prints.
rule_json() {
	find userspace-helper/credsspctl -name '*.c' ! -name '*_test.c' \
		-exec grep -ohP '\bjson_\w+\([^"]*, "\K\w+(?=")' {} + | sort -u |
		every_word userspace-helper/man/credsspctl{,-doctor}.1
}

# Every reason that credsspctl prints.
rule_reasons() {
	grep -ohP 'C(REDSSP|TL)_REASON_\w+, "\K[a-z0-9-]+(?=")' \
		userspace-helper/libcredssp/names.c userspace-helper/credsspctl/base/outcome.c |
		every_word Documentation/kerberos.rst Documentation/acceptor-verdict.rst
}

# The module and libcredssp give the same names to statuses, reasons and legs.
rule_names() {
	local pattern bad=0
	for pattern in 'SEC_[EI]_\w+(?=\)|,)' '"[a-z0-9-]+"(?=,)'; do
		diff <(sed -n '/^static const struct words statuses/,/^}/p
			/^static const struct words reasons/,/^}/p
			/^static const struct words legs/,/^}/p' userspace-helper/libcredssp/names.c |
			grep -oP "^\t(WORDS\(|\{ \w+, )\K$pattern") \
			<(sed -n '/^} status_names\[\] = {$/,/^};/p
			/ reason_names\[\] = {$/,/^};/p
			/ leg_names\[\] = {$/,/^};/p' kmod/base/names.c |
			grep -oP "^\t(STATUS\(|\[\w+\] = )\K$pattern") || bad=1
	done
	return $bad
}

prose() { printf '%s\n' README.md Documentation/*.rst; }

# What looks like a path of this tree is one; globs must match.
rule_paths() {
	local path bad=0
	while read -r path; do
		compgen -G "$path" >/dev/null || { echo "no $path"; bad=1; }
	# A message of the kernel names files of the kernel.
	done < <(prose | xargs grep -hvE '^ +(memcpy|WARNING): ' |
		grep -oP '(?<![\w/.-])(kmod|kunit|include|scripts|selftests|samples|userspace-helper|Documentation)/[\w./*-]*\w' |
		sed 's/\.$//' | sort -u)
	return $bad
}

# "make TARGET" as code names a target.
rule_targets() {
	local target bad=0
	# shellcheck disable=SC2016 # backquotes of the markup
	while read -r target; do
		grep -qE "^([a-z-]+ )*$target( [a-z-]+)*:" Makefile || { echo "no target $target"; bad=1; }
	done < <({
		prose | xargs grep -ohP '(^\s+|`|&& )(sudo )?make \K[a-z]+'
		grep -oP '^make \K[a-z]+' README.md
	} | sort -u)
	return $bad
}

# Every page is in the index, and every page referred to is there.
rule_pages() {
	local page bad=0
	for page in Documentation/*.rst; do
		page=$(basename "$page" .rst)
		[ "$page" = index ] || grep -qE "^   $page\$" Documentation/index.rst ||
			{ echo "index.rst lacks $page"; bad=1; }
		grep -q "Documentation/$page.rst" README.md || [ "$page" = index ] ||
			{ echo "README.md lacks $page"; bad=1; }
	done
	return $bad
}

rule_rst() {
	require python3
	python3 -c 'import docutils' 2>/dev/null || skip "no python3-docutils"
	python3 scripts/check-rst.py Documentation/*.rst
}

# As `make htmldocs`
rule_html() {
	require sphinx-build
	scripts/htmldocs.sh
}

# The C of the code blocks of a page.
example() {
	awk '
	/^\.\. code-block:: c/ { inside = 1; next }
	inside && /^[^ ]/ { exit }
	inside { sub(/^   /, ""); print }' "$1"
}

rule_example-user() {
	local dir
	require cc
	dir=$(mktemp -d)
	example Documentation/ioctl-abi.rst >"$dir/example.c"
	cc -std=gnu11 -Wall -Wextra -Werror -Iinclude/uapi -o "$dir/example" "$dir/example.c"
	local rc=$?
	rm -rf "$dir"
	return $rc
}

# Compiled against a stock kernel, if one is in the cache.
rule_example-kernel() {
	local dir kdir rc=0
	require make
	kdir=$("$TOP/scripts/kernels.sh" --path 6.12 2>/dev/null)/build
	[ -e "$kdir/Makefile" ] || skip "no kernel 6.12 in the cache: make kernels"
	dir=$(mktemp -d)
	{
		example Documentation/kernel-api.rst
		printf '\nint run_example(key_serial_t serial, struct socket *sock);\n'
		printf 'int run_example(key_serial_t serial, struct socket *sock)\n{\n'
		printf '\treturn run(serial, sock);\n}\n'
	} >"$dir/example.c"
	printf 'obj-m := example.o\nccflags-y := -Werror -I%s -I%s\n' \
		"$TOP/include" "$TOP/include/uapi" >"$dir/Kbuild"
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
		make -s -C "$kdir" M="$dir" example.o 2>&1 || rc=1
	rm -rf "$dir"
	return $rc
}

# lint PAGE...: what mandoc complains about, if it is there
lint() {
	! command -v mandoc >/dev/null || mandoc -T lint -W warning "$@"
}

rule_man() {
	local page out bad=0 count=0
	require groff
	lint userspace-helper/man/*.[1-9] || bad=1
	for page in userspace-helper/man/*.[1-9]; do
		[ -e "$page" ] || continue
		count=$((count + 1))
		out=$(groff -t -man -ww -z -Tutf8 "$page" 2>&1)
		[ -z "$out" ] || { printf '%s\n' "$out"; bad=1; }
	done
	[ $count -gt 0 ] || { echo "no manual pages"; return 1; }
	return $bad
}

# Each function that the library or the module exports has a page of its own, which groff
# takes without a warning.
rule_calls() {
	local dir page out bad=0
	require groff
	dir=$(mktemp -d)
	scripts/kdoc-man.sh "$dir" || bad=1
	while read -r page; do
		[ -s "$dir/$page" ] || { echo "no page $page"; bad=1; }
	done < <(grep -oP '^\s+\Kcredssp_\w+(?=;)' userspace-helper/libcredssp/libcredssp.map |
			sed 's/$/.3/'
		grep -rhoP 'EXPORT_SYMBOL(_GPL)?\(\K\w+' kmod | sort -u | sed 's/$/.9/')
	for page in "$dir"/*; do
		! grep -q '^\.so ' "$page" || continue
		out=$(groff -t -man -ww -z -Tutf8 "$page" 2>&1)
		[ -z "$out" ] || { printf '%s\n' "$out"; bad=1; }
		lint "$page" || bad=1
	done
	rm -rf "$dir"
	return $bad
}

# Each page of ours that another one refers to is there: names with a section, in bold.
rule_references() {
	local dir name section bad=0 count=0
	dir=$(mktemp -d)
	scripts/kdoc-man.sh "$dir" && cp userspace-helper/man/*.[1-9] "$dir"
	while read -r name section; do
		count=$((count + 1))
		[ -e "$dir/$name.$section" ] || { echo "no page $name($section)"; bad=1; }
	done < <(sed 's/\\-/-/g; s/\\f[A-Z]//g; s/^\.[BI]R* *//' "$dir"/* |
		grep -oP '\b(lib|pam_)?credssp[\w-]* ?\(\d\)' | tr '()' '  ' | sort -u)
	rm -rf "$dir"
	[ $count -gt 0 ] || { echo "no references"; return 1; }
	return $bad
}

# Each statement of the contract with a test that exists.
rule_conformance() { scripts/check-conformance.sh; }

# All rules as TAP; the output of a failed one follows its result.
all() {
	local rule out rc failed=0 n=0
	for rule in "${RULES[@]}"; do
		rc=0
		out=$("$0" "$rule" 2>&1) || rc=$?
		n=$((n + 1))
		case $rc in
		0) echo "ok $n - $rule" ;;
		"$SKIP") echo "ok $n - $rule # SKIP $out" ;;
		*)
			failed=1
			echo "not ok $n - $rule"
			printf '%s\n' "$out" | sed 's/^/#   /'
			;;
		esac
	done
	echo "1..$n"
	return $failed
}

case ${1:-} in
--rules) printf '%s\n' "${RULES[@]}" ;;
'') all ;;
*) "rule_$1" ;;
esac
