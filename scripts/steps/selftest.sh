#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs selftests/t/*.sh in the guests. A program prints TAP. Its first lines may have
# requirements:
#   # guests: 6.1 backports debug
#                              the guests it runs in (default: these): a kernel's name,
#                              or "trixie": the newest kernel on Debian 13's root
#   # timeout: 120               seconds an idle machine may take at most; see LENIENCE
#   # boot: fips=1               words on the kernel command line
#   # helper: no                 no credsspd; "module: no": no module either
#   # races: yes                 looks for races: two processors in the guests debug and
#                              backports
# Programs with the same requirements share a boot. Guests with one kind of them have two
# boots with half of the programs each, which keeps two processors busy to the end.
# KERNEL="names of guests" and T="name name" select.
#
# Most programs run on the oldest kernel and on the newest one, which share the rows of
# tables (my_turn() in selftests/lib.sh). 6.12 runs what touches the kernel's interfaces and
# what the debug kernel, a 6.12 too, does less of. trixie runs what depends on the libraries.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"
. "$TOP/scripts/programs.sh"

# Time limits detect programs that hang. A busy machine takes several times as long as
# an idle one, and so does the debug kernel.
LENIENCE=5
LENIENCE_DEBUG=12
GUESTS_DEFAULT='6.1 backports debug'
GUESTS=${KERNEL:-debug backports 6.1 6.12 trixie}

# processors_of GUEST RACES. An emulated machine with two processors takes a third more time
# of the host's than one with one.
processors_of() {
	case $1-$2 in
	debug-yes | backports-yes) echo 2 ;;
	*) echo 1 ;;
	esac
}

kernel_of() { [ "$1" = trixie ] && echo backports || echo "$1"; }
root_of() { [ "$1" != trixie ] || echo trixie; }

# The programs of a guest, as "BOOT|HELPER|MODULE|PROCESSORS|PART|LIMIT|PROGRAM" lines, sorted so
# that the programs of one boot follow each other.
plan_guests() {
	local guest=$1 p limit guests number=0 parts=1 lenience=$LENIENCE
	# debug and backports have two kinds of programs (races).
	case ${T:-$guest} in
	6.1 | 6.12 | trixie) parts=2 ;;
	esac
	[ "$guest" != debug ] || lenience=$LENIENCE_DEBUG
	programs "$TOP/selftests/t" | while read -r p; do
		guests=$(header "$p" guests "$GUESTS_DEFAULT")
		[[ " $guests " = *" $guest "* ]] || continue
		limit=$(($(header "$p" timeout 120) * lenience))
		printf '%s|%s|%s|%s|%s|%s|%s\n' "$(header "$p" boot '')" "$(header "$p" helper yes)" \
			"$(header "$p" module yes)" "$(processors_of "$guest" "$(header "$p" races no)")" \
			$((number % parts)) "$limit" "$p"
		number=$((number + 1))
	done | sort -t '|' -k 1,5 -s
}

# boot GUEST NUMBER "BOOT|HELPER|MODULE|PROCESSORS|PART" LIMIT PROGRAM [LIMIT PROGRAM...]
boot() {
	local guest=$1 number=$2 needs=$3 dir args=() total=60 rc=0 i words ran=() root
	shift 3
	root=$(root_of "$guest")
	[ -z "$root" ] || args+=(--root "$root")
	IFS='|' read -r -a words <<<"$needs"
	[ -z "${words[0]}" ] || args+=(--append "${words[0]}")
	[ "${words[1]}" = yes ] || args+=(--no-helper)
	[ "${words[2]}" = yes ] || args+=(--no-module)
	for ((i = 1; i <= $#; i += 2)); do
		total=$((total + ${!i} + 10))
	done
	for ((i = 2; i <= $#; i += 2)); do ran+=("${!i}"); done
	dir=$BUILD/guest/selftest-$guest-$number-$$
	"$TOP/selftests/guest/run.sh" -d "$dir" -t $total -s "${words[3]}" \
		"${args[@]}" "$(kernel_of "$guest")" -- \
		"selftests/guest/run-programs.sh $*" 2>"$dir.err" || rc=$?
	collect "selftest-$guest" "$dir" "${ran[@]}"
	tap_open "selftest-$guest-$number-guest"
	if [ $rc -eq 0 ]; then
		tap_result ok "guest $guest${words[0]:+ (${words[0]})}: no kernel report, no leak"
	else
		tap_result 'not ok' "guest $guest${words[0]:+ (${words[0]})}: exit status $rc"
		sed 's/^/#   /' "$dir.err" | tee -a "$TAP_FILE"
	fi
	tap_close
}

# All boots of a guest at once: run.sh lets three run on a machine.
run_guests() {
	local guest=$1 number=0 line needs last='' limit program group=() boots=() pid rc=0
	while IFS= read -r line; do
		program=${line##*|} line=${line%|*}
		limit=${line##*|} needs=${line%|*}
		if [ "$needs" != "$last" ] && [ ${#group[@]} -gt 0 ]; then
			number=$((number + 1))
			boot "$guest" $number "$last" "${group[@]}" &
			boots+=($!)
			group=()
		fi
		last=$needs
		group+=("$limit" "$program")
	done < <(plan_guests "$guest")
	# none of those that were named is for this guest
	[ ${#group[@]} -gt 0 ] || return 0
	boot "$guest" $((number + 1)) "$last" "${group[@]}" &
	boots+=($!)
	for pid in "${boots[@]}"; do
		wait "$pid" || rc=$?
	done
	return $rc
}

# prepare GUEST: its kernel, root, modules and programs. Called where a failure does not
# end the shell.
prepare() {
	local guest=$1 kernel root
	kernel=$(kernel_of "$guest")
	root=$(root_of "$guest")
	"$TOP/scripts/kernels.sh" "$kernel" && "$TOP/scripts/build-modules.sh" "$kernel" || return
	[ -n "$root" ] || return 0
	"$TOP/scripts/build-user.sh" --root "$root" userspace-helper user &&
		"$TOP/scripts/build-user.sh" --root "$root" selftests/peers peers
}

not_prepared() {
	tap_open "selftest-$1-prepare"
	tap_result 'not ok' "guest $1: its kernel, root, modules and programs"
	tap_close
}

[ -n "$(programs "$TOP/selftests/t")" ] || die "no test programs in selftests/t${T:+ named $T}"
"$TOP/scripts/deps.sh" build kernels guest peers
"$TOP/scripts/build-user.sh" userspace-helper user
"$TOP/scripts/build-user.sh" selftests/peers peers
mkdir -p "$BUILD/guest"
"$TOP/selftests/prepare.sh"
as_root "$TOP/selftests/make-domain.sh" "$BUILD/domain"
running=()
# The slowest one first: run.sh lets three guests run side by side, the others wait.
for guest in $GUESTS; do
	# Guests may be running: do not leave them alone.
	prepare "$guest" || { not_prepared "$guest"; continue; }
	run_guests "$guest" &
	running+=($!)
done
rc=0
for guest in "${running[@]}"; do
	wait "$guest" || rc=$?
done
exit $rc
