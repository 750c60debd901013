#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# In the guest, as root, when the system is up: runs the programs of
# /run/guest/programs, whose lines are "SECONDS PROGRAM", one after the other, each with its
# time limit, and leaves in /run/guest:
#   booted		this was started
#   tap/NAME.tap	what each of them printed
#   journal, dmesg	the logs of this boot; blame: how long its services took to start
#   processes		those of the last minute
#   finished		everything is written

RUN=/run/guest
# shellcheck source=/dev/null
. $RUN/params
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export GUEST_RUN=$RUN CREDSSP_KERNEL=$KERNEL GUEST_SYSTEM=$SYSTEM GUEST_BOOT=$BOOT

# idle_time: IDLE gets the seconds that the processor had nothing to do
idle_time() {
	local words
	read -r -a words </proc/stat
	# of user mode, nice, kernel, idle, ..., in hundredths of seconds
	IDLE=$((words[4] / 100))
}

run_program() {
	local limit=$1 program=$2 name rc start=$SECONDS idle
	name=$(basename "$program" .sh)
	echo "test program $name" >/dev/kmsg
	idle_time
	idle=$IDLE
	/usr/bin/timeout -k 10 "$limit" "$program" </dev/null 2>&1 |
		tee "$RUN/tap/$name.tap" | sed -u "s/^/$SYSTEM $name: /"
	rc=${PIPESTATUS[0]}
	# A program that fails without a failed result gets one.
	if [ "$rc" -ne 0 ] && ! grep -q '^not ok' "$RUN/tap/$name.tap"; then
		[ "$rc" -ne 124 ] && [ "$rc" -ne 137 ] || rc="$rc, time limit of $limit s"
		printf '\nnot ok - %s ended with exit status %s\n' "$name" "$rc" |
			tee -a "$RUN/tap/$name.tap"
	fi
	idle_time
	echo "# $SYSTEM $name: $((SECONDS - start)) s, $((IDLE - idle)) s of them idle" |
		tee -a "$RUN/tap/$name.tap"
}

# What was running when a program hung, for the host
watch() {
	while sleep 60; do ps -eo pid,ppid,etimes,times,args --forest >$RUN/processes; done
}

mkdir -p $RUN/tap
watch &
systemctl --no-pager list-jobs >$RUN/booted
cd / || exit
# An emulated machine would compile for half an hour. The path of packages' scripts does not
# have /usr/local.
if [ -d $RUN/make ]; then
	cp /usr/bin/make /run/make && mount --bind $RUN/tree/selftests/system/make.sh /usr/bin/make
fi
while read -r limit program; do
	run_program "$limit" "$program"
done <$RUN/programs
systemd-analyze blame --no-pager >$RUN/blame 2>&1
journalctl -b -o short-monotonic --no-hostname >$RUN/journal
dmesg >$RUN/dmesg
kill %1
echo yes >$RUN/finished
sync
