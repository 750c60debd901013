#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# enroll.sh MACHINE PASSWORD: boots the machine of firmware.sh, whose system has asked for the
# enrollment of a key (mokutil --import), and answers MokManager as a user at the console
# does. Exit status 0 if MokManager has asked for the restart that ends it.

. "$(dirname "$0")/../../scripts/lib.sh"
# shellcheck source=../guest/turn.sh
. "$TOP/selftests/guest/turn.sh"
# shellcheck source=firmware.sh
. "$TOP/selftests/system/firmware.sh"

# Seconds for each of its screens: an idle machine takes some twenty for the first one
SCREEN_LIMIT=300
DOWN=$'\e[B' ENTER=$'\r'

MACHINE=$1 PASSWORD=$2
LOG=$MACHINE/enroll.log

# await TEXT: until the screen, after what was read before, has it
SEEN=0
await() {
	local start=$SECONDS
	# Not grep -q, which ends before tail does: that would be a failure of the pipe.
	until [[ $(tail -c "+$((SEEN + 1))" "$LOG" | tr -d '\0') = *"$1"* ]]; do
		kill -0 "$PID" 2>/dev/null || die "the machine has ended before '$1'"
		[ $((SECONDS - start)) -lt $SCREEN_LIMIT ] || die "no '$1'"
		sleep 0.2
	done
	SEEN=$(stat -c %s "$LOG")
}

# press KEYS: one after the other, as the firmware reads slowly
press() {
	local key
	for key; do
		printf '%s' "$key" >&"$TTY"
		sleep 0.5
	done
}

QEMU=(-accel tcg -cpu "max,la57=off" -m 512M -smp 1 -nographic -no-reboot -monitor none -nic none)
: >"$MACHINE/empty"
firmware_disk "$MACHINE/esp" "$MACHINE/empty" "$MACHINE/empty" ''
firmware_machine "$MACHINE" "$MACHINE/esp"
rm -f "$MACHINE"/tty.in "$MACHINE"/tty.out
mkfifo "$MACHINE/tty.in" "$MACHINE/tty.out"
exec {TTY}<>"$MACHINE/tty.in" {OUT}<>"$MACHINE/tty.out"
take_turn
: >"$LOG"
qemu-system-x86_64 "${QEMU[@]}" -chardev "pipe,id=tty,path=$MACHINE/tty,logfile=$LOG" \
	-serial chardev:tty </dev/null >"$MACHINE/enroll.qemu" 2>&1 &
PID=$!
cat <&"$OUT" >/dev/null &
READER=$!
trap 'kill $PID $READER 2>/dev/null' EXIT

await 'Press any key to perform MOK management'
press "$ENTER"
await 'Enroll MOK'
press "$DOWN" "$ENTER"
await 'Continue'
press "$DOWN" "$ENTER"
await 'Yes'
press "$DOWN" "$ENTER"
await 'assword'
press "$PASSWORD" "$ENTER"
await 'Reboot'
press "$ENTER"
for ((i = 0; i < SCREEN_LIMIT; i++)); do
	kill -0 $PID 2>/dev/null || exit 0
	sleep 1
done
die "no restart"
