# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# An Active Directory domain, AD.TEST, from the files of make-domain.sh: Samba's domain controller,
# dc1.ad.test, and the winbindd of a member. Both are on loopback, with files of their own.
# Sourced, after lib.sh. It needs no module: make-domain.sh uses it outside of the guests.

DOMAIN_REALM=AD.TEST DC_HOST=dc1.ad.test DC_PORT=8810
DC='' DC_PID='' MEMBER='' MEMBER_PID=''
# What a member needs. Without winbindd, smbd has no users.
# shellcheck disable=SC2034 # for those who source this
DC_ALL='kdc, rpc, ldap, cldap, s3fs, winbindd'

# domain_copy: sets DC and MEMBER
domain_copy() {
	DC=$WORK/dc MEMBER=$DC/member
	chmod 755 "$WORK"
	cp -r "$TOP/build/domain" "$DC"
}

# samba_conf FILE DIRECTORY LINE...: the files are in the directory, the lines in [global].
samba_conf() {
	local file=$1 dir=$2
	shift 2
	{
		printf '[global]\n\trealm = %s\n\tworkgroup = AD\n' $DOMAIN_REALM
		printf '\tinterfaces = lo\n\tbind interfaces only = yes\n'
		printf '\tprivate dir = %s/private\n\tstate directory = %s/state\n' "$dir" "$dir"
		printf '\tcache directory = %s/cache\n\tlock directory = %s\n' "$dir" "$dir"
		printf '\tpid directory = %s\n\tncalrpc dir = %s/ncalrpc\n' "$dir" "$dir"
		printf '\tlog file = %s/log\n' "$dir"
		printf '\t%s\n' "$@"
	} >"$file"
}

# domain_krb5_conf: KRB5_CONFIG is a configuration that knows the domain.
domain_krb5_conf() {
	export KRB5_CONFIG=$DC/krb5.conf
	cat >"$KRB5_CONFIG" <<-CONF
	[libdefaults]
		default_realm = $DOMAIN_REALM
		dns_lookup_kdc = false
		dns_canonicalize_hostname = false
		rdns = false
	[realms]
		$DOMAIN_REALM = {
			kdc = 127.0.0.1:$DC_PORT
		}
	[domain_realm]
		.ad.test = $DOMAIN_REALM
	CONF
	chmod 644 "$KRB5_CONFIG"
}

dc_has_winbind() {
	nsenter --target "$DC_PID" --mount test -S /run/samba/winbindd/pipe 2>/dev/null
}

dc_is_up() {
	listens $DC_PORT || return
	case $1 in *s3fs*) listens 445 && listens 135 && dc_has_winbind ;; esac
}

# dc_start SERVICES: of Samba's domain controller. It has a /run/samba of its own, so that its
# winbindd does not take the place of the member's.
dc_start() {
	samba_conf "$DC/etc/dc.conf" "$DC" 'netbios name = DC1' "server services = $1" \
		'server role = active directory domain controller' "krb5 port = $DC_PORT" \
		'kpasswd port = 0' 'tls enabled = no' "binddns dir = $DC/bind-dns"
	mkdir -p /run/samba
	unshare --mount sh -c 'mount -t tmpfs tmpfs /run/samba && exec "$@"' sh \
		samba -s "$DC/etc/dc.conf" -i -M single >"$DC/samba.out" 2>&1 &
	DC_PID=$!
	until_true 60 dc_is_up "$1" && return
	problem "the domain controller does not listen: $(tail -n 3 "$DC/samba.out")"
	return 1
}

# dc_stop: with the processes that it has started
dc_stop() {
	[ -n "$DC_PID" ] || return 0
	kill -TERM "$DC_PID" 2>/dev/null
	wait "$DC_PID" 2>/dev/null
	DC_PID=''
}

member_conf() {
	mkdir -p "$MEMBER"/{private,state,cache}
	install -d -m 750 -g winbindd_priv "$MEMBER/state/winbindd_privileged"
	samba_conf "$MEMBER/smb.conf" "$MEMBER" 'netbios name = MEMBER' 'security = ads' \
		'server role = member server' "password server = $DC_HOST" \
		'name resolve order = host' 'create krb5 conf = no' \
		'idmap config * : backend = tdb' 'idmap config * : range = 10000-20000'
}

# member_join: the account MEMBER$, and its secrets in $MEMBER; DC_HOST must be known.
member_join() {
	member_conf
	net ads join -s "$MEMBER/smb.conf" -S $DC_HOST -U "Administrator%$1" --no-dns-updates \
		>"$MEMBER/join.out" 2>&1 && return
	problem "net ads join: $(tail -n 3 "$MEMBER/join.out")"
	return 1
}

# member_start: winbindd of a machine that has joined
member_start() {
	member_conf
	winbindd -F --no-process-group -s "$MEMBER/smb.conf" >"$MEMBER/winbindd.out" 2>&1 &
	MEMBER_PID=$!
	until_true 60 wbinfo -t >"$MEMBER/trust.out" 2>&1 && return
	problem "winbindd has no domain: $(tail -n 3 "$MEMBER/trust.out" "$MEMBER/winbindd.out")"
	return 1
}

member_stop() {
	[ -n "$MEMBER_PID" ] || return 0
	kill -TERM "$MEMBER_PID" 2>/dev/null
	wait "$MEMBER_PID" 2>/dev/null
	MEMBER_PID=''
}
