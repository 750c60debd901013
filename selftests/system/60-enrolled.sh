#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Secure Boot once more, after MokManager has enrolled the key: the module is loaded, and one
# with another signature or none is not.
# boots: enrolled
# timeout: 180

. "$(dirname "$0")/lib.sh"

SIGN_FILE=$(compgen -G '/usr/lib/linux-kbuild-*/scripts/sign-file' | tail -n 1)

mokutil --sb-state | tee "$WORK/state" | sed 's/^/# /'
has 'SecureBoot enabled' "$WORK/state" || problem "mokutil"
want lockdown "$(</sys/kernel/security/lockdown)" '*\[integrity\]*'
mokutil --test-key /var/lib/dkms/mok.pub >"$WORK/key" 2>&1
has 'already enrolled' "$WORK/key" || problem "$(<"$WORK/key")"
verdict "Secure Boot, a kernel that is locked down, and an enrolled key"

until_true 20 helper_is_there || problem "no helper"
until_true 20 is_active credsspd.service ||
	problem "credsspd: $(property credsspd.service SubState)"
want "signer" "$(modinfo -F signer credssp)" '?*'
freerdp_start
logon "the module is loaded: a logon to FreeRDP's server" --mech ntlm \
	"127.0.0.1:$FREERDP_PORT"
freerdp_stop
no_denials "AppArmor has denied nothing"

systemctl stop credsspd.service
rmmod credssp || problem "rmmod"
KO=$(modinfo -n credssp)
unpacked() {
	case $KO in
	*.xz) xz -dc "$KO" ;;
	*.zst) zstd -dc "$KO" ;;
	*) cat "$KO" ;;
	esac
}
unpacked >"$WORK/signed.ko"
# strip drops what is behind the last section.
strip -g -o "$WORK/unsigned.ko" "$WORK/signed.ko" || problem "strip"
openssl req -x509 -nodes -newkey rsa:2048 -days 3 -subj /CN=nobody -outform DER \
	-keyout "$WORK/other.key" -out "$WORK/other.der" 2>/dev/null
"$SIGN_FILE" sha256 "$WORK/other.key" "$WORK/other.der" "$WORK/unsigned.ko" "$WORK/other.ko" ||
	problem "sign-file"
cp "$WORK/signed.ko" "$WORK/changed.ko"
printf 'X' | dd of="$WORK/changed.ko" bs=1 seek=20000 conv=notrunc status=none
for kind in unsigned other changed; do
	! insmod "$WORK/$kind.ko" 2>"$WORK/insmod" || problem "$kind: it was loaded"
	note "$kind: $(<"$WORK/insmod")"
	[ ! -d /sys/module/credssp ] || rmmod credssp
done
verdict "without a signature, with another key's, or changed, it is refused"
ENFORCE=/sys/module/module/parameters/sig_enforce
echo 1 >$ENFORCE
want "sig_enforce" "$(<$ENFORCE)" Y
modprobe credssp || problem "modprobe"
until_true 20 helper_is_there || problem "no helper"
verdict "the right one can be loaded again, also with module.sig_enforce"
finish
