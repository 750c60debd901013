#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs selftests/t/*.sh in the guests. A program prints TAP and may say in its
# first lines what it needs:
#   # guests: 6.1 6.12 debug     the kernels it runs on (default: all three)
#   # timeout: 120               seconds, three times as much in the debug guest
#   # boot: fips=1               words on the kernel command line
#   # helper: no                 no credsspd; "module: no": no module either
# Programs that need the same share a boot, but for a stock kernel's, of which every
# other one is in a second guest: two that take half of the time keep two processors
# busy to the end. KERNEL=one and T="name name" select.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"

# header PROGRAM KEY DEFAULT
header() {
	local value
	value=$(sed -n "1,20s/^# $2: *//p" "$1" | head -n 1)
	printf '%s' "${value:-$3}"
}

programs() {
	local p
	for p in "$TOP"/selftests/t/*.sh; do
		[ -x "$p" ] || continue
		[ -z "${T:-}" ] || [[ " $T " = *" $(basename "$p" .sh) "* ]] || continue
		printf '%s\n' "$p"
	done
}

# The programs of a kernel, as "BOOT|HELPER|MODULE|PART|LIMIT|PROGRAM" lines; those of
# one guest are neighbours.
plan_guests() {
	local kernel=$1 p limit number=0 parts=1
	[ "$kernel" = debug ] || [ -n "${T:-}" ] || parts=2
	programs | while read -r p; do
		[[ " $(header "$p" guests '6.1 6.12 debug') " = *" $kernel "* ]] || continue
		limit=$(header "$p" timeout 120)
		[ "$kernel" != debug ] || limit=$((limit * 3))
		printf '%s|%s|%s|%s|%s|%s\n' "$(header "$p" boot '')" "$(header "$p" helper yes)" \
			"$(header "$p" module yes)" $((number % parts)) "$limit" "$p"
		number=$((number + 1))
	done | sort -t '|' -k 1,4 -s
}

# collect KERNEL DIRECTORY PROGRAM...: what each printed, or that it did not run.
collect() {
	local kernel=$1 dir=$2 p name out
	shift 2
	for p; do
		name=$(basename "$p" .sh)
		out=$RESULTS/selftest-$kernel-$name.tap
		if [ -s "$dir/tap/$name.tap" ]; then
			cp "$dir/tap/$name.tap" "$out"
		else
			printf 'not ok - did not run\n1..1\n' >"$out"
		fi
	done
}

# boot KERNEL NUMBER "BOOT|HELPER|MODULE|PART" LIMIT PROGRAM [LIMIT PROGRAM...]
boot() {
	local kernel=$1 number=$2 needs=$3 dir args=() total=60 rc=0 i words ran=()
	shift 3
	IFS='|' read -r -a words <<<"$needs"
	[ -z "${words[0]}" ] || args+=(--append "${words[0]}")
	[ "${words[1]}" = yes ] || args+=(--no-helper)
	[ "${words[2]}" = yes ] || args+=(--no-module)
	for ((i = 1; i <= $#; i += 2)); do
		total=$((total + ${!i} + 10))
	done
	for ((i = 2; i <= $#; i += 2)); do ran+=("${!i}"); done
	dir=$BUILD/guest/selftest-$kernel-$number-$$
	"$TOP/selftests/guest/run.sh" -d "$dir" -t $total "${args[@]}" "$kernel" -- \
		"selftests/guest/run-programs.sh $*" 2>"$dir.err" || rc=$?
	collect "$kernel" "$dir" "${ran[@]}"
	tap_open "selftest-$kernel-$number-guest"
	if [ $rc -eq 0 ]; then
		tap_result ok "guest $kernel${words[0]:+ (${words[0]})}: no kernel report, no leak"
	else
		tap_result 'not ok' "guest $kernel${words[0]:+ (${words[0]})}: exit status $rc"
		sed 's/^/#   /' "$dir.err"
	fi
	tap_close
}

# All guests of a kernel at once: run.sh lets two run on a machine.
run_guests() {
	local kernel=$1 number=0 line needs last='' limit program group=() guests=() guest rc=0
	while IFS= read -r line; do
		program=${line##*|} line=${line%|*}
		limit=${line##*|} needs=${line%|*}
		if [ "$needs" != "$last" ] && [ ${#group[@]} -gt 0 ]; then
			number=$((number + 1))
			boot "$kernel" $number "$last" "${group[@]}" &
			guests+=($!)
			group=()
		fi
		last=$needs
		group+=("$limit" "$program")
	done < <(plan_guests "$kernel")
	# none of those that were named is for this kernel
	[ ${#group[@]} -gt 0 ] || return 0
	boot "$kernel" $((number + 1)) "$last" "${group[@]}" &
	guests+=($!)
	for guest in "${guests[@]}"; do
		wait "$guest" || rc=$?
	done
	return $rc
}

[ -n "$(programs)" ] || die "no test programs in selftests/t${T:+ named $T}"
"$TOP/scripts/deps.sh" build kernels guest peers
# The slowest one first: run.sh lets two guests run side by side, the others wait.
kernels=${KERNEL:-debug 6.1 6.12}
# shellcheck disable=SC2086 # words
"$TOP/scripts/kernels.sh" $kernels
"$TOP/scripts/build-user.sh" userspace-helper user
[ ! -e "$TOP/selftests/peers/Makefile" ] ||
	"$TOP/scripts/build-user.sh" selftests/peers peers
mkdir -p "$BUILD/guest"
guests=()
for kernel in $kernels; do
	"$TOP/scripts/build-modules.sh" "$kernel"
	run_guests "$kernel" &
	guests+=($!)
done
rc=0
for guest in "${guests[@]}"; do
	wait "$guest" || rc=$?
done
exit $rc
