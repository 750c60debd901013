# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What run.sh and system/boot.sh need of the host. Sourced, after scripts/lib.sh.

# kvm_works KERNEL-DIRECTORY: /dev/kvm may exist but hang: use it only if a QEMU with it gets
# from the firmware to an exit.
kvm_works() {
	[ -w /dev/kvm ] || return 1
	timeout 5 qemu-system-x86_64 -accel kvm -cpu host -m 512M -nographic \
		-no-reboot -device isa-debug-exit -net none -monitor none \
		-serial file:/dev/null -kernel "$1/vmlinuz" -append 'panic=-1' \
		</dev/null >/dev/null 2>&1
}

# Guests slow each other down. With at most three at a time on a machine, one of which often
# waits for time to pass, two processors are busy and the tests' time limits are reliable.
# The lock is released when this process and its children end.
take_turn() {
	local slot wait=-n
	while :; do
		for slot in 1 2 3; do
			exec {TURN}>"$CACHE/guest-$slot.lock"
			# Wait in the lock's queue: polling would not keep the order.
			# shellcheck disable=SC2086 # words
			! flock $wait "$TURN" || return 0
			exec {TURN}>&-
		done
		[ "$wait" != -n ] || note "waiting for other guests to end"
		wait='-w 2'
	done
}
