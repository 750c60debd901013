# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Starting and stopping credsspd in the guest; for init-late and for tests that
# need to do it themselves. Sourced, with CREDSSP_TOP and GUEST_RUN set.

# True if one of the process' descriptors is the helper device.
holds_helper_device() {
	for fd in "/proc/$1"/fd/*; do
		[ "$(readlink "$fd")" != /dev/credssp-helper ] || return 0
	done
	return 1
}

# The daemon has a thread for each processor. The oldest kernel tests one thread, however
# many processors its guest has.
helper_threads() {
	case $(uname -r) in
	6.1.*) echo "--threads 1" ;;
	esac
}

# libkrb5's configuration of the helper: tests that have a KDC set another one.
helper_krb5_conf() {
	echo "--krb5-conf=${CREDSSP_KRB5_CONF:-$CREDSSP_TOP/selftests/guest/krb5.conf}"
}

# start_helper: returns when the daemon has the device open. Fails if the daemon ends, or
# after 60 seconds or more.
start_helper() {
	# shellcheck disable=SC2046,SC2086 # arguments are words
	"$CREDSSP_TOP/build/user/credsspd" $(helper_threads) $(helper_krb5_conf) \
		${CREDSSPD_ARGS:-} \
		>>"$GUEST_RUN/credsspd.log" 2>&1 </dev/null 3>&- &
	helper_pid=$!
	tries=0
	while [ $tries -lt 300 ]; do
		for pid in $(pidof credsspd); do
			! holds_helper_device "$pid" || return 0
		done
		# If the daemon forks itself to the background, wait for the child.
		kill -0 $helper_pid 2>/dev/null || [ -n "$(pidof credsspd)" ] || return 1
		sleep 0.2
		tries=$((tries + 1))
	done
	return 1
}

# stop_helper: sends SIGTERM. If the daemon has not ended after ten seconds, sends SIGKILL
# and fails.
stop_helper() {
	tries=0
	# shellcheck disable=SC2046 # pids are words
	[ -z "$(pidof credsspd)" ] || kill -TERM $(pidof credsspd)
	while [ -n "$(pidof credsspd)" ]; do
		tries=$((tries + 1))
		if [ $tries -ge 50 ]; then
			# shellcheck disable=SC2046
			kill -KILL $(pidof credsspd)
			return 1
		fi
		sleep 0.2
	done
	return 0
}
