# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions of the programs that run in a system of their own, with the packages. Sourced.

# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# The programs that are tested are the packages'.
unset LD_LIBRARY_PATH
PATH=$PEERS:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# The packages, and the same ones with a higher version
# shellcheck disable=SC2034 # for those who source this
DEBS=$GUEST_RUN/debs
# shellcheck disable=SC2034 # for those who source this
NEXT_DEBS=$GUEST_RUN/debs-next

# package_names DIRECTORY: the names of the packages in it
package_names() {
	local deb
	for deb in "$1"/*.deb; do dpkg-deb -f "$deb" Package; done
}

# version_in DIRECTORY: of its package credssp
version_in() { dpkg-deb -f "$1"/credssp_*.deb Version; }

# The output of the last apt_get, where the host can read it at once
APT_LOG=$GUEST_RUN/apt.log

# apt_get COMMAND ARGUMENT...: as an administrator does, without questions
apt_get() {
	DEBIAN_FRONTEND=noninteractive apt-get -y "$@" >"$APT_LOG" 2>&1 </dev/null
}

# apt_said: the end of it, as comments
apt_said() { tail -n 40 "$APT_LOG" | sed 's/^/# /'; }

is_active() { systemctl -q is-active "$1"; }

# property UNIT NAME
property() { systemctl show -P "$2" "$1"; }

main_pid() { property credsspd.service MainPID; }

# All processes of the daemon
daemon_pids() {
	local group
	group=$(property credsspd.service ControlGroup)
	cat "/sys/fs/cgroup$group/cgroup.procs" 2>/dev/null
}

# dkms_status: what DKMS has of the module goes to $WORK/dkms
dkms_status() { dkms status credssp | tee "$WORK/dkms" | sed 's/^/# /'; }

# dkms_has RELEASE: there it is installed for that kernel. A release may have a "+".
dkms_has() { has "${1//+/\\+}.*: installed" "$WORK/dkms"; }

# in_pam: the files of PAM in which the module is, on one line; false if it is in none
in_pam() {
	local files
	files=$(cd /etc/pam.d && grep -l pam_credssp -- *) && tr '\n' ' ' <<<"$files"
}

helper_is_there() { [ "$(status helper_present)" = true ]; }

# logon WHAT [OPTION...] ADDRESS: by credsspctl auth
logon() {
	local what=$1
	shift
	auth "$@"
	want "exit status" "$RC" 0
	want result "${JSON[result]}" authenticated
	verdict "$what"
	[ "$RC" -eq 0 ] || sed 's/^/# /' "$WORK/auth.err"
}

# no_denials WHAT: a result, ok if AppArmor has denied nothing since the last call
DENIALS=0
no_denials() {
	local count
	denials >"$WORK/denials"
	count=$(wc -l <"$WORK/denials")
	[ "$count" -eq $DENIALS ] || problem "$(tail -n $((count - DENIALS)) "$WORK/denials" | head -n 10)"
	DENIALS=$count
	verdict "$1"
}
denials() { journalctl -k -b -o cat | grep 'apparmor="DENIED"'; }

# The second kernel of the system is away until 40-dkms installs it: HIDDEN has what its
# packages bring.
HIDDEN=/var/lib/second-kernel

# second_kernel: its release
second_kernel() {
	local dir
	for dir in /lib/modules/* "$HIDDEN"/modules/*; do
		[ ! -d "$dir" ] || [ "${dir##*/}" = "$(uname -r)" ] || printf '%s\n' "${dir##*/}"
	done
}

hide_second() {
	local release
	release=$(second_kernel)
	mkdir -p $HIDDEN/modules $HIDDEN/boot
	mv "/lib/modules/$release" $HIDDEN/modules/ && mv /boot/*"$release" $HIDDEN/boot/
}

show_second() {
	mv $HIDDEN/modules/* /lib/modules/ && mv $HIDDEN/boot/* /boot/
	rmdir $HIDDEN/modules $HIDDEN/boot $HIDDEN
}

# The password with which MokManager is asked to enroll the key, as in enroll.sh
# shellcheck disable=SC2034 # for those who source this
MOK_PASSWORD=enroll-me
