#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Boots a kernel in QEMU on the host's own file system or on another root (read-only,
# with a tmpfs over it), loads the module, starts the helper and runs a command.

. "$(dirname "$0")/../../scripts/lib.sh"

GUEST=$TOP/selftests/guest
# shellcheck source=turn.sh
. "$GUEST/turn.sh"
# A kernel that emulates a machine needs a while to boot and to stop.
GRACE=180
# An idle host boots a guest in 3 to 20 seconds.
BOOT_LIMIT=300

usage() {
	cat <<-EOT
	usage: run.sh [OPTION...] KERNEL [--] COMMAND...
	       run.sh [OPTION...] --interactive KERNEL
	Runs COMMAND (a line for bash) in a guest with KERNEL: 6.1, 6.12, backports or
	debug. The guest sees the host's files, this tree too, at their own paths; what
	it writes is gone afterwards, but for \$GUEST_RUN, kept as the run's directory.

	  -t, --timeout SECONDS   time limit of the command (default 300)
	  -m, --memory SIZE       default 2G
	  -s, --smp N             processors, default 2
	  -a, --append WORDS      more kernel command line
	  -r, --root ROOT         the guest's root is a directory of scripts/roots.sh
	                          ("trixie"), with this tree and the cache at their own
	                          paths; programs are those of build/ROOT
	      --fips              boot with fips=1
	      --icount            one processor, whose clock counts its instructions, two
	                          nanoseconds each: processor times do not depend on
	                          the host's speed and load
	      --modprobe WORDS    modules to load before credssp.ko
	      --no-module         do not load credssp.ko (nor start the helper)
	      --no-helper         do not start credsspd
	      --ko FILE           load this module instead of build/KERNEL/credssp.ko
	      --module-params W   parameters of credssp.ko
	      --helper-args W     arguments of credsspd
	      --keep              leave helper and module alone after the command:
	                          no leak check
	  -d, --dir DIRECTORY     the run's directory (default build/guest/KERNEL-TIME)
	  -i, --interactive       a shell on the serial console

	Environment of the command: CREDSSP_TOP (this tree), CREDSSP_KERNEL,
	CREDSSP_ROOT (ROOT, or empty), CREDSSP_MODULES (credssp.ko's directory),
	GUEST_RUN; build/user is in PATH. The host's loopback is 10.0.2.2.

	Exit status: the command's; 124 time limit; 125 the guest died or could not
	be set up; 126 the kernel reported a fault, leaked memory, or the module
	could not be unloaded. The run's directory has console.log, dmesg, kmemleak,
	credsspd.log and problems. ACCEL=kvm uses KVM where a probe finds it works.
	EOT
}

# shellcheck disable=SC2034 # prepare_dir() reads them by name
parse() {
	TIMEOUT=300 MEMORY=2G SMP=2 APPEND='' MODULE=yes HELPER=yes KEEP=no
	KO='' MODULE_PARAMS='' HELPER_ARGS='' MODPROBE='' ICOUNT=no DIR='' INTERACTIVE=no ROOT='' ROOT_DIR=''
	while [ $# -gt 0 ]; do
		case $1 in
		-t | --timeout) TIMEOUT=$2; shift ;;
		-m | --memory) MEMORY=$2; shift ;;
		-s | --smp) SMP=$2; shift ;;
		-a | --append) APPEND+=" $2"; shift ;;
		-d | --dir) DIR=$2; shift ;;
		-r | --root) ROOT=$2; shift ;;
		--ko) KO=$(realpath "$2"); shift ;;
		--module-params) MODULE_PARAMS=$2; shift ;;
		--helper-args) HELPER_ARGS=$2; shift ;;
		--modprobe) MODPROBE=$2; shift ;;
		--icount) ICOUNT=yes SMP=1 ;;
		--fips) APPEND+=" fips=1" ;;
		--no-module) MODULE=no HELPER=no ;;
		--no-helper) HELPER=no ;;
		--keep) KEEP=yes ;;
		-i | --interactive) INTERACTIVE=yes KEEP=yes ;;
		-h | --help) usage; exit 0 ;;
		-*) usage >&2; exit 2 ;;
		*) break ;;
		esac
		shift
	done
	[ $# -gt 0 ] || { usage >&2; exit 2; }
	KERNEL=$1
	shift
	[ "${1:-}" != -- ] || shift
	COMMAND=$*
	KO=${KO:-$BUILD/$KERNEL/credssp.ko}
	[ -n "$COMMAND" ] || [ $INTERACTIVE = yes ] || { usage >&2; exit 2; }
}

# Check that the files for the guest exist, before a boot that may take minutes.
check_built() {
	[ $MODULE = no ] || [ -e "$KO" ] ||
		die "no $KO: make modules KERNEL=$KERNEL (or --no-module)"
	[ $HELPER = no ] || [ -x "$BUILD/${ROOT:+$ROOT/}user/credsspd" ] ||
		die "no build/${ROOT:+$ROOT/}user/credsspd: make user ROOT=$ROOT (or --no-helper)"
}

# Files for the guest in the run's directory.
prepare_dir() {
	DIR=${DIR:-$BUILD/guest/$KERNEL-$(date +%H%M%S)-$$}
	rm -rf "$DIR"
	mkdir -p "$DIR/run"
	printf '%s\n' "$TOP" >"$DIR/run/top"
	printf '%s\n' "$COMMAND" >"$DIR/run/command"
	local v
	for v in KERNEL KDIR TIMEOUT MODULE HELPER KEEP INTERACTIVE KO MODULE_PARAMS \
		HELPER_ARGS MODPROBE ROOT; do
		printf '%s=%q\n' $v "${!v}"
	done >"$DIR/run/params"
	"$GUEST/mkinitramfs.sh" "$KDIR" "$DIR/initramfs"
}

# Directories of the host that the guest needs but its root does not have: those below
# /tmp and /run, or all of them with another root. With another root the programs of
# build/ROOT replace the host's.
binds() {
	local dir list=
	for dir in "$TOP" "$CACHE"; do
		case ${ROOT:+/run/}$dir in
		/tmp/* | /run/* | /dev/shm/*) list+=${list:+,}$dir:$dir ;;
		esac
	done
	for dir in ${ROOT:+user peers}; do
		[ ! -d "$BUILD/$ROOT/$dir" ] || list+=,$BUILD/$ROOT/$dir:$BUILD/$dir
	done
	[ -z "$list" ] || printf ' guest.bind=%s' "$list"
	[ -z "$ROOT" ] || printf ' guest.root=yes'
}

# shellcheck disable=SC2054 # QEMU's commas
machine() {
	# Emulated, libraries' code with AVX is slower than that for processors without it (SHA-256
	# by a factor of four), and so are the string instructions that erms and fsrm recommend: a
	# page is cleared byte by byte. Where instructions are counted, they are those of real
	# processors.
	local slow=,avx=off,avx2=off,erms=off,fsrm=off
	[ $ICOUNT = no ] || slow=
	if [ $ICOUNT = no ] && [ "${ACCEL:-tcg}" = kvm ] && kvm_works "$KDIR"; then
		QEMU=(-accel kvm -cpu host)
	else
		QEMU=(-accel tcg -cpu "max,la57=off$slow")
	fi
	# q35: the older machine's interrupt table is a loop in AML, which takes the
	# debug kernel minutes.
	QEMU+=(-machine q35 -m "$MEMORY" -smp "$SMP" -nographic -no-reboot -monitor none
		-kernel "$KDIR/vmlinuz" -initrd "$DIR/initramfs"
		-virtfs local,path=/,mount_tag=hostroot,security_model=none,readonly=on,multidevs=remap
		-virtfs "local,path=$DIR/run,mount_tag=guestrun,security_model=none"
		-netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile=
		-device virtio-rng-pci -device virtio-serial-pci)
	# With sleep=off an idle guest's clock would leave the host's time behind.
	[ $ICOUNT = no ] || QEMU+=(-icount "shift=1,sleep=on")
	[ -z "$ROOT" ] || QEMU+=(
		-virtfs "local,path=$ROOT_DIR,mount_tag=guestroot,security_model=none,readonly=on,multidevs=remap")
	local cmdline
	cmdline="console=ttyS0 loglevel=7 panic=-1 oops=panic mitigations=off random.trust_cpu=on"
	# A busy host may stop the guest for seconds, which is no lockup of its kernel.
	cmdline+=" watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120"
	# insmod of the KUnit module runs suites that take minutes on such a host.
	cmdline+=" sysctl.kernel.hung_task_timeout_secs=600"
	QEMU+=(-append "$cmdline$(binds)$APPEND")
}

boot_interactive() {
	qemu-system-x86_64 "${QEMU[@]}" -serial stdio
}

# qemu: runs the guest. The cat makes QEMU's standard output a pipe, which it can open
# once more.
qemu() {
	exec timeout -k 5 $((TIMEOUT + BOOT_LIMIT + GRACE)) qemu-system-x86_64 "${QEMU[@]}" \
		-serial "file:$DIR/console.log" \
		-chardev file,id=out,path=/dev/stdout -device virtserialport,chardev=out,name=output \
		</dev/null 2>"$DIR/qemu.log" > >(exec cat)
}

# came_up PID: waits until the guest has reached init-late; false if it ends before that,
# or takes longer than the limit.
came_up() {
	local start=$SECONDS
	while [ ! -e "$DIR/run/booted" ]; do
		kill -0 "$1" 2>/dev/null || return 1
		[ $((SECONDS - start)) -lt "$BOOT_LIMIT" ] || return 1
		sleep 1
	done
}

# A kernel may hang or die among its first messages: 7.3 has hung once on a busy host, after
# it had started the second (emulated) processor, and has died once of a breakpoint that
# the kernel itself had put into its text ("Oops: int3"). Neither module nor tests are
# there at that time, so the guest is started again.
boot() {
	local attempt pid
	for attempt in 1 2 3; do
		rm -f "$DIR/console.log"
		qemu &
		pid=$!
		# Otherwise it would outlive an interrupted run.
		trap 'kill '$pid' 2>/dev/null' EXIT
		! came_up $pid || break
		note "guest $KERNEL did not come up, attempt $attempt"
		kill "$pid" 2>/dev/null || true
		wait "$pid" || true
		tail -n 5 "$DIR/console.log" >&2 || true
	done
	wait "$pid" || true
	trap - EXIT
}

complain() { printf 'guest %s: %s (%s)\n' "$KERNEL" "$*" "$DIR" >&2; }

# Print the kernel's reports, and the problems that were found after the command.
faults() {
	local logs=("$DIR/console.log") reports
	[ ! -e "$DIR/dmesg" ] || logs+=("$DIR/dmesg")
	reports=$("$GUEST/kernel-reports.sh" "${logs[@]}") || [ $? -eq 1 ] ||
		echo "kernel-reports.sh could not read the kernel's log"
	printf '%s' "${reports:+$reports$'\n'}" | sort -u | head -n 20
	[ ! -s "$DIR/kmemleak" ] || head -n 40 "$DIR/kmemleak"
	[ ! -s "$DIR/problems" ] || cat "$DIR/problems"
}

verdict() {
	local status=125 found
	mv "$DIR"/run/* "$DIR/" 2>/dev/null || true
	rmdir "$DIR/run"
	rm -f "$DIR/initramfs"
	[ ! -s "$DIR/status" ] || status=$(cat "$DIR/status")
	# With -k timeout exits with 137 for the time limit as well.
	[ "$status" -ne 137 ] || status=124
	found=$(faults)
	if [ -n "$found" ]; then
		complain "a report"
		printf '%s\n' "$found" >&2
		# 125: the guest could not be set up, and the command did not run.
		[ "$status" -ne 125 ] || [ -s "$DIR/finished" ] || return 126
		[ "$status" -eq 125 ] || return 126
		return 125
	fi
	if [ ! -e "$DIR/finished" ]; then
		[ -s "$DIR/status" ] || complain "died or was stopped"
		tail -n 5 "$DIR/qemu.log" "$DIR/console.log" >&2
		return 125
	fi
	[ "$status" -ne 124 ] || complain "time limit of $TIMEOUT s"
	return "$status"
}

main() {
	parse "$@"
	"$TOP/scripts/deps.sh" guest
	"$TOP/scripts/kernels.sh" "$KERNEL"
	KDIR=$("$TOP/scripts/kernels.sh" --path "$KERNEL")
	[ "$KERNEL" != debug ] || BOOT_LIMIT=900
	if [ -n "$ROOT" ]; then
		"$TOP/scripts/roots.sh" "$ROOT"
		ROOT_DIR=$("$TOP/scripts/roots.sh" --path "$ROOT")
	fi
	check_built
	prepare_dir
	machine
	if [ $INTERACTIVE = yes ]; then
		boot_interactive
		rm -rf "$DIR"
		return
	fi
	take_turn
	boot
	exec {TURN}>&-
	verdict
}

main "$@"
