#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: run-programs.sh SECONDS PROGRAM [SECONDS PROGRAM...]. Runs test
# programs one after the other, each with its time limit, and keeps their output in
# $GUEST_RUN/tap/NAME.tap.

# shellcheck source=helper.sh
. "$CREDSSP_TOP/selftests/guest/helper.sh"

OUT=$GUEST_RUN/tap
# As in the first lines of the programs: a kernel's name, or another root's
GUEST=${CREDSSP_ROOT:-$CREDSSP_KERNEL}

processes() {
	local dir
	for dir in /proc/[0-9]*; do
		[ ! -e "$dir/exe" ] || printf '%s\n' "${dir#/proc/}"
	done | sort
}

# Processes that a program leaves must not disturb the next one.
kill_new() {
	local before=$1 pid
	for pid in $(comm -13 "$before" <(processes)); do
		case " $(pidof credsspd) $$ $BASHPID " in *" $pid "*) continue ;; esac
		kill -KILL "$pid" 2>/dev/null
	done
}

# Start the helper for the next program if this one has stopped it.
restore_helper() {
	[ "$CREDSSP_HELPER" = yes ] && [ -e /dev/credssp-helper ] || return 0
	[ -n "$(pidof credsspd)" ] || start_helper
}

# Accounts and traced events are the machine's: each program finds them as the first one did.
ACCOUNTS=(/etc/passwd /etc/group /etc/shadow /etc/gshadow)
TRACING=/sys/kernel/tracing

keep_accounts() {
	mkdir -p /run/accounts
	cp -p "${ACCOUNTS[@]}" /run/accounts/
}

forget_changes() {
	cp -p /run/accounts/* /etc/
	[ ! -e $TRACING/trace ] || : >$TRACING/trace
	# There are none of the module's events if it is not loaded.
	[ -d $TRACING/events/credssp ] || return 0
	echo 0 >$TRACING/events/credssp/enable
	echo 0 >$TRACING/events/credssp/filter
}

# idle_time: IDLE gets the seconds that a processor had nothing to do, on average
idle_time() {
	local words
	read -r -a words </proc/stat
	# of user mode, nice, kernel, idle, ..., in hundredths of seconds
	IDLE=$((words[4] / 100 / $(nproc)))
}

run_program() {
	local limit=$1 program=$2 name rc start=$SECONDS idle
	name=$(basename "$program" .sh)
	processes >/run/before
	echo "test program $name" >/dev/kmsg
	idle_time
	idle=$IDLE
	/usr/bin/timeout -k 5 "$limit" "$program" </dev/null 2>&1 | tee "$OUT/$name.tap" |
		sed -u "s/^/$GUEST $name: /"
	rc=${PIPESTATUS[0]}
	# A program that fails without a failed result gets one.
	if [ "$rc" -ne 0 ] && ! grep -q '^not ok' "$OUT/$name.tap"; then
		[ "$rc" -ne 124 ] && [ "$rc" -ne 137 ] || rc="$rc, time limit of $limit s"
		printf '\nnot ok - %s ended with exit status %s\n' "$name" "$rc" |
			tee -a "$OUT/$name.tap"
	fi
	kill_new /run/before
	forget_changes
	restore_helper
	# Much of it idle: the program waits for time to pass.
	idle_time
	echo "# $GUEST $name: $((SECONDS - start)) s, $((IDLE - idle)) s of them idle" |
		tee -a "$OUT/$name.tap"
}

mkdir -p "$OUT"
keep_accounts
while [ $# -ge 2 ]; do
	run_program "$1" "$2"
	shift 2
done
exit 0
