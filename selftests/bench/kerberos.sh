# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The group "kerberos" of rows.sh: logons by Kerberos, and the messages that it protects,
# beside MIT's own. Sourced, after lib.sh.
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"
# shellcheck source=../guest/helper.sh
. "$TOP/selftests/guest/helper.sh"

KERBEROS_LOGONS=50 KERBEROS_MESSAGES=2000
HELPER_CGROUP=/sys/fs/cgroup/credsspd

# Each logon has a process of credsspd that ends with it: the cgroup counts it too.
helper_cgroup() {
	local pid
	mkdir -p $HELPER_CGROUP
	for pid in $(pidof credsspd); do
		echo "$pid" >$HELPER_CGROUP/cgroup.procs || bail "no cgroup for credsspd"
	done
}

# The acceptor, and MIT's initiator, know the enctype of the service.
# shellcheck disable=SC2317 # called by measure
as_peer() { KRB5_CONFIG=$KDC/peer.conf "$@"; }

# kerberos_logons NAME CCACHE TICKETS: by the module and by MIT
kerberos_logons() {
	row "krb5-logon-$1" as_peer krb5_bench logon "$PEER_TARGET" "$KDC/peer.keytab" "$2" "$3" \
		$KERBEROS_LOGONS $HELPER_CGROUP/cpu.stat
	row "mit-logon-$1" as_peer krb5_bench mit "$PEER_TARGET" "$KDC/peer.keytab" "$2" "$3" \
		$KERBEROS_LOGONS
}

# kerberos_messages ENCTYPE SUFFIX
kerberos_messages() {
	local kib
	{ kdc_enctype "$1" && kdc_ticket alice "FILE:$KDC/messages.cc"; } || bail "${PROBLEMS[*]}"
	for kib in 1 16; do
		measure "s/^[a-z0-9-]*/&$2-${kib}k &/" as_peer krb5_bench messages "$PEER_TARGET" \
			"$KDC/peer.keytab" "FILE:$KDC/messages.cc" $KERBEROS_MESSAGES \
			$((kib * 1024))
	done
}

measure_kerberos() {
	need krb5_bench kinit kvno
	{ kdc_make && kdc_start 0 && kdc_helper; } || bail "${PROBLEMS[*]}"
	helper_cgroup
	kdc_enctype aes256-cts-hmac-sha1-96
	kdc_ticket alice "FILE:$KDC/tgt.cc"
	cp "$KDC/tgt.cc" "$KDC/cached.cc"
	kvno -q -c "FILE:$KDC/cached.cc" "$PEER_TARGET" || bail "kvno"
	kerberos_logons cached "FILE:$KDC/cached.cc" -
	kerberos_logons tgt "FILE:$KDC/fresh.cc" "$KDC/tgt.cc"
	kerberos_logons password - -
	kerberos_messages aes256-cts-hmac-sha1-96 ''
	kerberos_messages aes256-cts-hmac-sha384-192 -sha2
}
