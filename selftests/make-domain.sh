#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make-domain.sh DIRECTORY: makes the files of an Active Directory domain controller, of
# Samba: the realm AD.TEST, the computer PEER$, some users with the password of the other test
# programs, and in member/ a machine that has joined. It runs outside of the guests, where it takes
# a tenth of the time; programs serve a copy (domain.sh). A directory that this version has made is
# left alone.

. "$(dirname "$0")/../scripts/lib.sh"

PASSWORD='Passw0rd!'
DIRECTORY=$1
ADMIN_PASSWORD='Adm1n-of-AD'
VERSION=$(cat "$0" "$TOP/selftests/domain.sh" | sha256sum | cut -c 1-16)-$(dpkg-query -W -f '${Version}' samba)

tool() { samba-tool "$@" -s "$SCRATCH/etc/smb.conf" >&2; }

# modify RDN ATTRIBUTE VALUE
modify() {
	printf 'dn: %s,DC=ad,DC=test\nchangetype: modify\nreplace: %s\n%s: %s\n' "$1" "$2" "$2" \
		"$3" | ldbmodify -H "$SCRATCH/private/sam.ldb" >&2
}

provision() {
	samba-tool domain provision --realm=AD.TEST --domain=AD --server-role=dc \
		--dns-backend=NONE --adminpass="$ADMIN_PASSWORD" --host-name=dc1 \
		--host-ip=127.0.0.1 --targetdir="$SCRATCH" --option='interfaces = lo' \
		--option='bind interfaces only = yes' >&2
}

# gone: the account has expired; stale: the password must be changed. The computer has the
# names of its services; 24: AES keys alone.
fill() {
	local user
	for user in alice locked gone stale; do
		tool user create $user "$PASSWORD"
	done
	tool user disable locked
	modify CN=gone,CN=Users accountExpires 131000000000000000
	modify CN=stale,CN=Users pwdLastSet 0
	tool computer create peer
	tool user setpassword 'PEER$' --newpassword='Machine-0-pass'
	modify CN=peer,CN=Computers msDS-SupportedEncryptionTypes 24
	tool spn add TERMSRV/peer.ad.test 'PEER$'
	tool spn add HOST/peer.ad.test 'PEER$'
	tool domain exportkeytab "$SCRATCH/peer.keytab" --principal='PEER$'
}

# join DIRECTORY: in namespaces of its own, whose ports and names are those of the domain
join() (
	set +eu +o pipefail
	# shellcheck source=lib.sh
	. "$TOP/selftests/lib.sh"
	# shellcheck source=domain.sh
	. "$TOP/selftests/domain.sh"
	DC=$1 MEMBER=$1/member
	printf '127.0.0.1 localhost\n127.0.0.1 %s\n' $DC_HOST >"$DC/hosts"
	ip link set lo up && mount --bind "$DC/hosts" /etc/hosts && domain_krb5_conf &&
		dc_start "$DC_ALL" && member_join "$ADMIN_PASSWORD" && dc_stop &&
		rm -rf {"$DC","$MEMBER"}/{msg.*,log*,*.pid} && exit
	printf '%s\n' "${PROBLEMS[@]}" >&2
	exit 1
)

make_domain() {
	[ "$(cat "$DIRECTORY/version" 2>/dev/null)" != "$VERSION" ] || return 0
	note "making an Active Directory domain"
	scratch domain
	provision
	fill
	unshare --net --mount "$0" --join "$SCRATCH"
	rm -rf "$DIRECTORY"
	cp -r "$SCRATCH" "$DIRECTORY"
	chmod 644 "$DIRECTORY/peer.keytab"
	printf '%s\n' "$VERSION" >"$DIRECTORY/version"
}

[ "$1" != --join ] || { join "$2"; exit; }
with_lock "$CACHE/domain.lock" make_domain 2>"$DIRECTORY.log" ||
	{ tail -n 5 "$DIRECTORY.log" >&2; die "no domain: $DIRECTORY.log"; }
