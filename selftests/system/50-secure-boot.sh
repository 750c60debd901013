#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The second kernel, started by Secure Boot: firmware, shim, GRUB and kernel are Debian's. The
# firmware does not know yet the key with which DKMS has signed the module.
# boots: secure
# timeout: 120

. "$(dirname "$0")/lib.sh"

mokutil --sb-state | tee "$WORK/state" | sed 's/^/# /'
has 'SecureBoot enabled' "$WORK/state" || problem "mokutil"
want lockdown "$(</sys/kernel/security/lockdown)" '*\[integrity\]*'
verdict "Secure Boot, and a kernel that is locked down"

want "signer" "$(modinfo -F signer credssp)" '?*'
[ ! -e /dev/credssp ] || problem "there is a device"
! modprobe credssp 2>"$WORK/modprobe" || problem "it could be loaded"
sed 's/^/# /' "$WORK/modprobe"
has 'Key was rejected by service|Required key not available|Operation not permitted' \
	"$WORK/modprobe" || problem "another reason"
verdict "a module that is signed with an unknown key is refused"

credsspctl status >"$WORK/status" 2>&1 && problem "credsspctl status does not fail"
sed 's/^/# /' "$WORK/status"
has 'module credssp is not loaded' "$WORK/status" ||
	problem "credsspctl does not tell what is missing"
verdict "credsspctl says what is missing"

# as Documentation/packaging.rst has it; the password comes from a file here
mokutil --generate-hash="$MOK_PASSWORD" >"$WORK/hash" || problem "no hash"
mokutil --import /var/lib/dkms/mok.pub --hash-file "$WORK/hash" || problem "no import"
mokutil --list-new >"$WORK/new"
has 'CN *= *.*DKMS' "$WORK/new" || problem "no key that waits: $(head -n 3 "$WORK/new")"
verdict "mokutil --import of DKMS's key"
finish
