#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# prepare.sh: makes in build/prepared what takes long in an emulated machine, so that test
# programs in the guests only copy it:
#   realms/	databases, keytabs and stash files of the KDC's realms (kdc.sh)
#   pkinit/	certificates for PKINIT (credsspd/tests/test_certs.sh), which are good for a week
#   rsa.key	an RSA key
# What this version has made today is left alone.

. "$(dirname "$0")/../scripts/lib.sh"

PREPARED=$BUILD/prepared
CERTS=$TOP/userspace-helper/credsspd/tests/test_certs.sh
VERSION="$(date +%F) $(cat "$0" "$CERTS" "$TOP/selftests/kdc.sh" | sha256sum | cut -c 1-16)"

# realms DIRECTORY
realms() {
	# shellcheck source=kdc.sh
	(
		set +eu +o pipefail
		. "$TOP/selftests/lib.sh"
		. "$TOP/selftests/kdc.sh"
		KDC=$1
		kdc_databases || die "no realms: ${PROBLEMS[*]}"
		# Those of the programs have other directories and ports in them.
		rm -f "$KDC"/*.conf "$KDC"/*.out "$KDC"/*.err
		KDC=''
	)
}

make_all() {
	[ "$(cat "$PREPARED/version" 2>/dev/null)" != "$VERSION" ] || return 0
	note "the KDC's realms, and keys"
	scratch prepared
	mkdir "$SCRATCH/realms" "$SCRATCH/pkinit"
	realms "$SCRATCH/realms"
	"$CERTS" "$SCRATCH/pkinit" CREDSSP.TEST alice bob
	openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
		-out "$SCRATCH/rsa.key"
	printf '%s\n' "$VERSION" >"$SCRATCH/version"
	rm -rf "$PREPARED"
	mkdir -p "$BUILD"
	cp -r "$SCRATCH" "$PREPARED"
}

with_lock "$CACHE/prepared.lock" make_all
