#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# boot.sh OPTION... DISK SECONDS PROGRAM [SECONDS PROGRAM...]: boots a system of
# scripts/systems.sh with its systemd, waits until it is up, and runs the programs, each with
# its time limit in seconds. What they write stays on DISK, for the next boot. The guest has
# no network but its loopback.
#
#   --dir DIRECTORY   the run's directory, made anew. It may have files for the guest below
#                     DIRECTORY/run, which is /run/guest there
#   --system SYSTEM   bookworm or trixie
#   --kernel KERNEL   of kernels.sh
#   --name NAME       of this boot, $GUEST_BOOT of the programs
#   --append WORDS    more kernel command line
#   --firmware MACHINE   boots by UEFI with Secure Boot, with that machine's variables
#                     (firmware.sh)
#
# Exit status: 0 if the programs ran, whatever they say (DIRECTORY/tap); 125 if the guest
# could not boot or died; 126 if its kernel reported a fault.

. "$(dirname "$0")/../../scripts/lib.sh"

SYSTEM_TESTS=$TOP/selftests/system
# shellcheck source=../guest/turn.sh
. "$TOP/selftests/guest/turn.sh"
# shellcheck source=firmware.sh
. "$SYSTEM_TESTS/firmware.sh"
# Seconds until the system is up, and from its end until QEMU's: ten times those of an idle
# machine
BOOT_LIMIT=600
GRACE=180

parse() {
	DIR='' SYSTEM='' KERNEL='' BOOT='' APPEND='' FIRMWARE=''
	while [ $# -gt 0 ]; do
		# shellcheck disable=SC2034 # BOOT is read by name
		case $1 in
		--dir) DIR=$2 ;;
		--system) SYSTEM=$2 ;;
		--kernel) KERNEL=$2 ;;
		--name) BOOT=$2 ;;
		--append) APPEND+=" $2" ;;
		--firmware) FIRMWARE=$2 ;;
		--*) die "unknown option $1" ;;
		*) break ;;
		esac
		shift 2
	done
	if [ $# -lt 3 ] || [ -z "$DIR" ] || [ -z "$SYSTEM" ] || [ -z "$KERNEL" ]; then
		die "usage: boot.sh --dir DIRECTORY --system SYSTEM --kernel KERNEL DISK SECONDS PROGRAM..."
	fi
	DISK=$1
	shift
	PROGRAMS=("$@")
}

# The guest's programs find each other below /run/guest/tree as in this tree, but none of the
# programs that are tested: those are in packages.
prepare_dir() {
	local i tree=$DIR/run/tree part
	rm -rf "$DIR"/{dmesg,journal,console.log,booted,finished,tap}
	mkdir -p "$tree/build" "$tree/selftests"
	cp -r "$SYSTEM_TESTS/units" "$DIR/run/"
	cp -r "$SYSTEM_TESTS" "$TOP"/selftests/*.sh "$tree/selftests/"
	cp -r "$BUILD/prepared" "$tree/build/"
	part=$BUILD/peers
	[ "$SYSTEM" = bookworm ] || part=$BUILD/$SYSTEM/peers
	mkdir -p "$tree/build/peers"
	cp "$part/tspeer" "$tree/build/peers/"
	for ((i = 0; i < ${#PROGRAMS[@]}; i += 2)); do
		printf '%s /run/guest/tree/%s\n' "${PROGRAMS[i]}" "${PROGRAMS[i + 1]#"$TOP/"}"
	done >"$DIR/run/programs"
	for part in KERNEL SYSTEM BOOT; do
		printf '%s=%q\n' $part "${!part}"
	done >"$DIR/run/params"
	"$TOP/selftests/guest/mkinitramfs.sh" "$KDIR" "$DIR/initramfs" "$SYSTEM_TESTS/init" \
		virtio_pci virtio_blk ext4 9pnet_virtio 9p
}

# shellcheck disable=SC2054 # QEMU's commas
machine() {
	if [ "${ACCEL:-tcg}" = kvm ] && kvm_works "$KDIR"; then
		QEMU=(-accel kvm -cpu host)
	else
		mkdir "$DIR/run/make"
		QEMU=(-accel tcg -cpu "max,la57=off,avx=off,avx2=off,svm=off")
	fi
	QEMU+=(-m 2G -smp 1 -nographic -no-reboot -monitor none -nic none
		-drive "file=$DISK,format=qcow2,if=none,id=disk,cache=unsafe"
		-device virtio-blk-pci,drive=disk,addr=0x10
		-virtfs "local,path=$DIR/run,mount_tag=guestrun,security_model=none"
		-device virtio-rng-pci -serial "file:$DIR/console.log")
	# As in guest/run.sh: a busy host may stop the guest for seconds.
	local cmdline="console=ttyS0 loglevel=7 panic=-1 oops=panic mitigations=off"
	cmdline+=" random.trust_cpu=on watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120"
	cmdline+=" sysctl.kernel.hung_task_timeout_secs=600 systemd.unit=guest.target$APPEND"
	if [ -n "$FIRMWARE" ]; then
		firmware_disk "$DIR/esp" "$KDIR/vmlinuz" "$DIR/initramfs" "$cmdline"
		firmware_machine "$FIRMWARE" "$DIR/esp"
	else
		QEMU+=(-machine q35 -kernel "$KDIR/vmlinuz" -initrd "$DIR/initramfs"
			-append "$cmdline")
	fi
}

limit() {
	local i total=$((BOOT_LIMIT + GRACE))
	for ((i = 0; i < ${#PROGRAMS[@]}; i += 2)); do
		total=$((total + PROGRAMS[i] + 10))
	done
	echo $total
}

# came_up PID: waits until the tests are running; false if the guest ends before that, or
# takes longer than the limit.
came_up() {
	local start=$SECONDS
	while [ ! -e "$DIR/run/booted" ]; do
		kill -0 "$1" 2>/dev/null || return 1
		[ $((SECONDS - start)) -lt $BOOT_LIMIT ] || return 1
		sleep 1
	done
	note "$SYSTEM, Linux $(cat "$KDIR/release"), up after $((SECONDS - start)) s"
}

# children_time: USED gets the seconds of processors that this shell's ended children took
children_time() {
	local words
	read -r -a words <"/proc/$BASHPID/stat"
	# user mode and kernel, in hundredths of seconds
	USED=$(((words[15] + words[16]) / 100))
}

# compile REQUEST: what the guest's make.sh asks for
compile() {
	local request=$1 rel kernel rc=1 before
	children_time
	before=$USED
	rel=$(cat "$request/release")
	for kernel in $("$TOP/scripts/systems.sh" --kernels "$SYSTEM"); do
		[ "$("$TOP/scripts/kernels.sh" --release "$kernel")" = "$rel" ] || continue
		rc=0
		SOURCES=$request/build "$TOP/scripts/build-modules.sh" "$kernel-dkms" \
			>"$request/log" 2>&1 || rc=$?
		cp "$BUILD/$kernel-dkms/credssp.ko" "$BUILD/$kernel-dkms/Module.symvers" \
			"$request/" || rc=1
		note "$SYSTEM: DKMS has compiled the module for Linux $rel, exit status $rc"
	done
	children_time
	COMPILING=$((COMPILING + USED - before))
	echo $rc >"$request/status.new"
	mv "$request/status.new" "$request/status"
}

# serve PID: compiles what the guest asks for, as long as it lives
serve() {
	local request
	while kill -0 "$1" 2>/dev/null; do
		for request in "$DIR"/run/make/*/asked; do
			[ ! -e "$request" ] || [ -e "${request%/asked}/status" ] ||
				compile "${request%/asked}"
		done
		sleep 0.5
	done
}

boot() {
	local pid before start=$SECONDS
	COMPILING=0
	children_time
	before=$USED
	timeout -k 5 "$(limit)" qemu-system-x86_64 "${QEMU[@]}" </dev/null >"$DIR/qemu.log" 2>&1 &
	pid=$!
	# Otherwise it would outlive an interrupted run.
	trap 'kill '$pid' 2>/dev/null' EXIT
	came_up $pid || { kill $pid 2>/dev/null || :; }
	serve $pid
	wait $pid || :
	trap - EXIT
	children_time
	note "$SYSTEM, Linux $(cat "$KDIR/release"): $((SECONDS - start)) s;" \
		"of processors $((USED - before - COMPILING)) s for QEMU and $COMPILING s for DKMS"
}

verdict() {
	local logs=("$DIR/console.log") reports
	rm -rf "$DIR/run"/{tree,units,make,params,programs} "$DIR/initramfs" "$DIR/esp"
	mv "$DIR"/run/* "$DIR/"
	rmdir "$DIR/run"
	[ ! -e "$DIR/dmesg" ] || logs+=("$DIR/dmesg")
	reports=$("$TOP/selftests/guest/kernel-reports.sh" "${logs[@]}") || [ $? -eq 1 ] ||
		reports="kernel-reports.sh could not read the kernel's log"
	if [ -n "$reports" ]; then
		printf '%s\n' "$reports" | sort -u | head -n 20 >&2
		return 126
	fi
	[ ! -e "$DIR/finished" ] || return 0
	echo "the guest died or was stopped ($DIR)" >&2
	tail -n 8 "$DIR/qemu.log" "$DIR/console.log" >&2
	return 125
}

parse "$@"
KDIR=$("$TOP/scripts/kernels.sh" --path "$KERNEL")
prepare_dir
machine
take_turn
boot
exec {TURN}>&-
verdict
