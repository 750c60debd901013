#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The Debian packages in systems of their own (scripts/systems.sh) with systemd, udev and DKMS:
# selftests/system/NN-*.sh. Each system is booted several times on the same disk, which begins
# without the packages. The first lines of a program may say
#   # boots: first       in which boots it runs (default: first), by the names of BOOTS
#   # timeout: 120       seconds an idle machine may take at most; see LENIENCE
# SYSTEM="bookworm trixie" and T="name name" select. Programs depend on those before them.
# QUICK=yes is what make check has of it: one boot of each system.

. "$(dirname "$0")/../lib.sh"
. "$TOP/scripts/tap.sh"
. "$TOP/scripts/programs.sh"
. "$TOP/scripts/archive.sh"
. "$TOP/scripts/version.sh"

LENIENCE=5
SYSTEMS=${SYSTEM:-bookworm trixie}
# What MokManager is told (selftests/system/lib.sh)
MOK_PASSWORD=enroll-me

# The boots of a system: their names, with the kernel and what is special.
declare -A BOOTS=(
	[bookworm]="first:6.1: secure:6.12:firmware enrolled:6.12:enroll"
	[trixie]="first:trixie: second:backports:"
)
[ -z "${QUICK:-}" ] || BOOTS=([bookworm]="only:6.1:" [trixie]="only:backports:")

# programs_of BOOT: seconds and program, in lines
programs_of() {
	local p
	programs "$TOP/selftests/system" | while read -r p; do
		[[ " $(header "$p" boots first) " = *" $1 "* ]] || continue
		printf '%s\n%s\n' $(($(header "$p" timeout 120) * LENIENCE)) "$p"
	done
}

# boot SYSTEM BOOT KERNEL SPECIAL: one boot of the machine
boot() {
	local system=$1 boot=$2 kernel=$3 special=$4 machine=$BUILD/guest/system-$1 dir programs i
	local args=() ran=() rc=0
	dir=$machine/$boot
	mapfile -t programs < <(programs_of "$boot")
	[ ${#programs[@]} -gt 0 ] || return 0
	for ((i = 1; i < ${#programs[@]}; i += 2)); do ran+=("${programs[i]}"); done
	[ -z "$special" ] || args+=(--firmware "$machine")
	mkdir -p "$dir/run"
	cp -r "$machine/debs" "$machine/debs-next" "$dir/run/"
	tap_open "system-$system-$boot-guest"
	[ "$special" != enroll ] || tap_run "$system: MokManager enrolls the key" \
		"$TOP/selftests/system/enroll.sh" "$machine" $MOK_PASSWORD
	"$TOP/selftests/system/boot.sh" --dir "$dir" --system "$system" --kernel "$kernel" \
		--name "$boot" "${args[@]}" "$machine/disk.qcow2" "${programs[@]}" \
		2> >(tee "$dir.err" >&2) || rc=$?
	if [ $rc -eq 0 ]; then
		tap_result ok "$system, boot $boot: no kernel report"
	else
		tap_result 'not ok' "$system, boot $boot: exit status $rc"
		sed 's/^/#   /' "$dir.err"
	fi
	tap_close
	collect "system-$system" "$dir" "${ran[@]}"
	rm -rf "$dir/debs" "$dir/debs-next"
}

# next_version: of the packages that the upgrade brings
next_version() {
	local version
	version=$(tree_version)
	printf '%s.%d' "${version%.*}" $((${version##*.} + 1))
}

# prepare SYSTEM: its disk, and the packages
prepare() {
	local system=$1 machine=$BUILD/guest/system-$1 release
	release=$(machine_codename)
	"$TOP/scripts/systems.sh" "$system" || return
	if [ "$system" = "$release" ]; then
		"$TOP/scripts/deb.sh" --reuse || return
		"$TOP/scripts/build-user.sh" selftests/peers peers "$BUILD/peers/tspeer" || return
	else
		"$TOP/scripts/deb.sh" --reuse --root "$system" || return
		"$TOP/scripts/build-user.sh" --root "$system" selftests/peers peers \
			"$BUILD/$system/peers/tspeer" || return
	fi
	rm -rf "$machine"
	mkdir -p "$machine/debs"
	cp "$BUILD/deb/$system"/*.deb "$machine/debs/" &&
		"$TOP/selftests/system/next-version.sh" "$machine/debs" "$machine/debs-next" \
			"$(next_version)" &&
		qemu-img create -q -f qcow2 -F raw \
			-b "$("$TOP/scripts/systems.sh" --path "$system")/disk.img" "$machine/disk.qcow2"
}

run_system() {
	local system=$1 words name
	if ! prepare "$system"; then
		tap_open "system-$system-prepare"
		tap_result 'not ok' "$system: its disk and the packages"
		tap_close
		return
	fi
	for words in ${BOOTS[$system]}; do
		IFS=: read -r -a words <<<"$words"
		name=${words[0]}
		boot "$system" "$name" "${words[1]}" "${words[2]:-}"
	done
	rm -f "$BUILD/guest/system-$system/disk.qcow2"
}

"$TOP/scripts/deps.sh" build deb kernels guest system
"$TOP/scripts/systems.sh" firmware
mkdir -p "$BUILD/guest"
"$TOP/selftests/prepare.sh"
pids=()
for system in $SYSTEMS; do
	run_system "$system" &
	pids+=($!)
done
rc=0
for pid in "${pids[@]}"; do
	wait "$pid" || rc=$?
done
exit $rc
