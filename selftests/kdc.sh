# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A MIT KDC for test programs, with the realms CREDSSP.TEST and OTHER.TEST. Sourced, after
# lib.sh. It needs no module and no root: it also works outside of the guests. The databases
# and keytabs are copies of those that prepare.sh has made.
#
# The files are in $KDC, where other users can read what they need:
#   krb5.conf	of clients and of the helper (KRB5_CONFIG is this file)
#   peer.conf	of acceptors: their enctypes are limited by kdc_enctype
#   peer.keytab	the services of peer.credssp.test
#   other.keytab the services of peer.other.test, in the other realm
#   user.keytab	TERMSRV/user.credssp.test
#   alice.keytab alice's own keys
# Users: alice and bob, carol@OTHER.TEST, plain (without pre-authentication), locked, gone
# (expired), stale (the password has expired), changed (it must be changed), and user1 to
# user$KDC_MANY. Their password is $PASSWORD.

REALM=CREDSSP.TEST OTHER_REALM=OTHER.TEST
PEER_HOST=peer.credssp.test
# shellcheck disable=SC2034 # for those who source this
PEER_TARGET=TERMSRV/$PEER_HOST OTHER_TARGET=TERMSRV/peer.other.test
KDC='' KDC_PORT=${KDC_PORT:-8800} KDC_PID='' KDC_LIFE=10h
KDC_SERVICES=(TERMSRV HTTP host cifs)
KDC_MANY=8
# Tickets with a PAC, as since MIT 1.20; a standalone smbd refuses them.
KDC_NO_PAC=false
FAKETIME_LIB=''

# Ports: the KDC's two realms, and one on which nothing listens.
kdc_ports() {
	OTHER_PORT=$((KDC_PORT + 1))
	# shellcheck disable=SC2034 # for those who source this
	DEAD_PORT=$((KDC_PORT + 2))
}

# kdc_client_conf FILE PORT [LINE...]: a configuration whose KDC of REALM listens on PORT;
# the lines go into [libdefaults].
kdc_client_conf() {
	local file=$1 port=$2
	shift 2
	{
		printf '[libdefaults]\n\tdefault_realm = %s\n' "$REALM"
		printf '\tdns_lookup_kdc = false\n\tdns_lookup_realm = false\n'
		printf '\tdns_canonicalize_hostname = false\n\trdns = false\n'
		printf '\tdefault_ccache_name = FILE:/tmp/krb5cc_%%{uid}\n'
		[ $# -eq 0 ] || printf '\t%s\n' "$@"
		printf '[realms]\n'
		printf '\t%s = {\n\t\tkdc = 127.0.0.1:%s\n\t}\n' "$REALM" "$port" \
			"$OTHER_REALM" "$OTHER_PORT"
		# Nothing tells the clients that peer.other.test is in the other realm:
		# their own KDC refers them to it.
		printf '[domain_realm]\n\t.credssp.test = %s\n' "$REALM"
	} >"$file"
	chmod 644 "$file"
}

# The KDC's own: it knows in which realm peer.other.test is, which clients do not.
kdc_server_conf() {
	local realm port
	kdc_client_conf "$KDC/kdc-krb5.conf" "$KDC_PORT"
	printf '\t.other.test = %s\n' "$OTHER_REALM" >>"$KDC/kdc-krb5.conf"
	{
		printf '[kdcdefaults]\n\tkdc_listen = ""\n\tkdc_tcp_listen = ""\n[realms]\n'
		for realm in $REALM $OTHER_REALM; do
			port=$KDC_PORT
			[ "$realm" = $REALM ] || port=$OTHER_PORT
			cat <<-CONF
			$realm = {
				database_name = $KDC/$realm.db
				key_stash_file = $KDC/$realm.stash
				acl_file = $KDC/kadm5.acl
				kdc_listen = 127.0.0.1:$port
				kdc_tcp_listen = 127.0.0.1:$port
				max_life = $KDC_LIFE
				max_renewable_life = 7d
				host_based_services = *
				disable_pac = $KDC_NO_PAC
				master_key_type = aes256-cts
				supported_enctypes = $KDC_ENCTYPES
			}
			CONF
		done
		printf '[logging]\n\tkdc = FILE:%s/kdc.log\n\tdefault = FILE:%s/kdc.log\n' \
			"$KDC" "$KDC"
	} >"$KDC/kdc.conf"
	: >"$KDC/kadm5.acl"
}

KDC_ENCTYPES='aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal aes256-cts-hmac-sha384-192:normal aes128-cts-hmac-sha256-128:normal'

# The environment of the KDC's own programs, for env(1)
kdc_env() {
	KDC_ENV=("KRB5_CONFIG=$KDC/kdc-krb5.conf" "KRB5_KDC_PROFILE=$KDC/kdc.conf"
		"PATH=$PATH:/usr/sbin:/sbin")
}

# kdc_admin REALM: kadmin.local's commands come from standard input. It does not fail when
# one of them does.
kdc_admin() {
	env "${KDC_ENV[@]}" kadmin.local -r "$1" >"$KDC/admin.out" 2>&1 &&
		! grep -vE '^(No policy specified|Authenticating as)' "$KDC/admin.out" |
			grep -iE 'while|unknown|usage|invalid' >"$KDC/admin.err" && return
	problem "kadmin.local: $(head -n 3 "$KDC/admin.err" "$KDC/admin.out")"
	return 1
}

kdc_service_lines() {
	local service
	for service in "${KDC_SERVICES[@]}"; do
		printf 'addprinc -randkey %s/%s\n' "$service" "$1"
		printf 'ktadd -k %s %s/%s\n' "$2" "$service" "$1"
	done
}

# For user.credssp.test, as for a user, the KDC answers KDC_ERR_MUST_USE_USER2USER.
kdc_fill() {
	local trust=one-way-trust
	kdc_admin $REALM <<-LINES || return
	addprinc +requires_preauth -pw $PASSWORD alice
	addprinc +requires_preauth -pw $PASSWORD bob
	addprinc -pw $PASSWORD plain
	addprinc +requires_preauth -pw $PASSWORD locked
	modprinc -allow_tix locked
	addprinc +requires_preauth -pw $PASSWORD -expire yesterday gone
	addprinc +requires_preauth -pw $PASSWORD -pwexpire yesterday stale
	addprinc +requires_preauth -pw $PASSWORD +needchange changed
	addprinc -randkey -allow_svr TERMSRV/user.credssp.test
	ktadd -k $KDC/user.keytab TERMSRV/user.credssp.test
	addprinc -pw $trust krbtgt/$OTHER_REALM@$REALM
	addprinc -pw $trust krbtgt/$REALM@$OTHER_REALM
	$(kdc_service_lines $PEER_HOST "$KDC/peer.keytab")
	ktadd -norandkey -k $KDC/alice.keytab alice
	$(kdc_many_lines)
	LINES
	kdc_admin $OTHER_REALM <<-LINES
	addprinc +requires_preauth -pw $PASSWORD carol
	addprinc -pw $trust krbtgt/$OTHER_REALM@$REALM
	addprinc -pw $trust krbtgt/$REALM@$OTHER_REALM
	$(kdc_service_lines peer.other.test "$KDC/other.keytab")
	LINES
}

kdc_many_lines() {
	local i
	for ((i = 1; i <= KDC_MANY; i++)); do
		printf 'addprinc +requires_preauth -pw %s user%d\n' "$PASSWORD" "$i"
	done
}

# The configurations, and what depends on the ports
kdc_files() {
	kdc_ports
	kdc_env
	kdc_server_conf
	kdc_client_conf "$KDC/krb5.conf" "$KDC_PORT"
	cp "$KDC/krb5.conf" "$KDC/peer.conf"
	export KRB5_CONFIG=$KDC/krb5.conf
}

# kdc_databases: for prepare.sh: makes the databases of both realms and the keytabs in $KDC.
kdc_databases() {
	local realm
	kdc_files
	for realm in $REALM $OTHER_REALM; do
		env "${KDC_ENV[@]}" kdb5_util create -s -r "$realm" -P master >"$KDC/create.out" 2>&1 || {
			problem "kdb5_util: $(tail -n 3 "$KDC/create.out")"
			return 1
		}
	done
	kdc_fill || return
	chmod 644 "$KDC"/*.keytab
}

# kdc_make: sets KDC and KRB5_CONFIG.
kdc_make() {
	need kinit klist
	KDC=$(mktemp -d /tmp/credssp-kdc.XXXXXX)
	chmod 755 "$KDC"
	cp -r "$TOP/build/prepared/realms/." "$KDC" || {
		problem "there are no realms: selftests/prepare.sh"
		return 1
	}
	kdc_files
}

kdc_faketime() {
	[ -z "$FAKETIME_LIB" ] || return 0
	FAKETIME_LIB=$(compgen -G '/usr/lib/*/faketime/libfaketime.so.1' | head -n 1)
	[ -n "$FAKETIME_LIB" ] || bail "libfaketime is missing"
}

# kdc_clock SECONDS: CLOCK is the environment of a program whose clock is ahead by so many
# seconds
kdc_clock() {
	CLOCK=()
	[ "$1" != 0 ] || return 0
	kdc_faketime
	CLOCK=("LD_PRELOAD=$FAKETIME_LIB" "FAKETIME=$(printf '%+ds' "$1")"
		FAKETIME_DONT_FAKE_MONOTONIC=1)
}

kdc_listens() { listens "$KDC_PORT" && listens "$OTHER_PORT"; }

# kdc_start [SECONDS]: starts the KDC of both realms, with a clock that is ahead by SECONDS
kdc_start() {
	kdc_stop
	kdc_clock "${1:-0}"
	env "${KDC_ENV[@]}" "${CLOCK[@]}" krb5kdc -n -r $REALM -r $OTHER_REALM \
		>"$KDC/kdc.out" 2>&1 &
	KDC_PID=$!
	until_true 20 kdc_listens && return 0
	problem "the KDC does not listen: $(tail -n 3 "$KDC/kdc.out")"
	return 1
}

kdc_stop() {
	[ -n "$KDC_PID" ] || return 0
	kill -KILL "$KDC_PID" 2>/dev/null
	wait "$KDC_PID" 2>/dev/null
	KDC_PID=''
}

# A KDC whose ports are open, but which does not answer
kdc_pause() { kill -STOP "$KDC_PID"; }
kdc_resume() { kill -CONT "$KDC_PID"; }

# kdc_helper: the helper uses the KDC from now on (with guest/helper.sh)
kdc_helper() {
	export CREDSSP_KRB5_CONF=$KDC/krb5.conf
	stop_helper && helper_up
}

# kdc_reload: the helper forgets which realms had no KDC
kdc_reload() {
	kill -HUP "${helper_pid:?}"
	# The signal goes on from process to process.
	sleep $((SLOW > 1 ? 2 : 1))
}

# For cleanup(): no KDC, no tickets in users' default caches, and the helper as other programs
# need it
kdc_remove() {
	fakekdc_stop
	kdc_stop
	rm -rf "$KDC" /tmp/krb5cc_*
	KDC=''
	[ -n "${CREDSSP_KRB5_CONF:-}" ] || return 0
	unset CREDSSP_KRB5_CONF
	stop_helper
	helper_up
}

# kdc_requests: how many requests the KDC has logged
kdc_requests() { grep -cE '(AS|TGS)_REQ' "$KDC/kdc.log" 2>/dev/null || :; }

# kdc_requests_of PRINCIPAL: how many of them are this principal's own
kdc_requests_of() { grep -cE "(AS|TGS)_REQ .* $1@$REALM for " "$KDC/kdc.log" 2>/dev/null || :; }

# kdc_enctype NAME: from now on the peer's services have keys of this enctype alone, session
# keys are of it, and acceptors with peer.conf permit no other one.
kdc_enctype() {
	local service
	rm -f "$KDC/peer.keytab"
	kdc_admin $REALM < <(for service in "${KDC_SERVICES[@]}"; do
		printf 'ktadd -k %s -e %s:normal %s/%s\n' "$KDC/peer.keytab" "$1" "$service" \
			$PEER_HOST
		printf 'setstr %s/%s session_enctypes %s\n' "$service" $PEER_HOST "$1"
	done) || return
	chmod 644 "$KDC/peer.keytab"
	kdc_client_conf "$KDC/peer.conf" "$KDC_PORT" "permitted_enctypes = $1"
}

# kdc_rekey PRINCIPAL: new keys, which no keytab has
kdc_rekey() { kdc_admin $REALM <<<"cpw -randkey $1"; }

# kdc_ticket USER CCACHE [OPTION...]: kinit with the password
kdc_ticket() {
	local user=$1 ccache=$2
	shift 2
	kinit -c "$ccache" "$@" "$user" <"$WORK/password" >"$KDC/kinit.out" 2>&1 && return
	problem "kinit: $(tail -n 2 "$KDC/kinit.out")"
	return 1
}

# ---- a KDC with a fault ------------------------------------------------------

FAKEKDC_PID='' FAKEKDC_OUT='' FAKEKDC_NUMBER=0

# fakekdc_start FAULT [NUMBER]: the KDC in clients' configuration has this fault (see
# peers/fakekdc.c) until fakekdc_stop
fakekdc_start() {
	fakekdc_stop
	FAKEKDC_NUMBER=$((FAKEKDC_NUMBER + 1))
	FAKEKDC_OUT=$KDC/fakekdc.$FAKEKDC_NUMBER
	fakekdc --to "$KDC_PORT" "$@" >"$FAKEKDC_OUT" 2>&1 &
	FAKEKDC_PID=$!
	if ! until_true 20 has '^listening.*ready' "$FAKEKDC_OUT"; then
		problem "fakekdc $* does not listen: $(head -n 3 "$FAKEKDC_OUT")"
		return 1
	fi
	[[ $(<"$FAKEKDC_OUT") =~ port=([0-9]+) ]]
	kdc_client_conf "$KDC/krb5.conf" "${BASH_REMATCH[1]}"
}

fakekdc_stop() {
	[ -n "$FAKEKDC_PID" ] || return 0
	kill -KILL "$FAKEKDC_PID" 2>/dev/null
	wait "$FAKEKDC_PID" 2>/dev/null
	FAKEKDC_PID=''
	kdc_client_conf "$KDC/krb5.conf" "$KDC_PORT"
}
