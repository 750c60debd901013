#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Another kernel is installed: DKMS builds the module for it, as the kernel's package asks.
# timeout: 120

. "$(dirname "$0")/lib.sh"

show_second
second=$(second_kernel)
for hooks in header_postinst.d postinst.d; do
	# as linux-headers and linux-image do
	DEB_MAINT_PARAMS=configure run-parts --report --exit-on-error --arg="$second" \
		--arg="/boot/vmlinuz-$second" "/etc/kernel/$hooks" >"$WORK/hooks" 2>&1 ||
		problem "$hooks: $(tail -n 5 "$WORK/hooks")"
done
verdict "the hooks of a kernel's packages"

dkms_status
for kernel in "$(uname -r)" "$second"; do
	dkms_has "$kernel" || problem "not for $kernel"
	want "its vermagic" "$(modinfo -k "$kernel" -F vermagic credssp)" "$kernel *"
	note "$kernel: signed by '$(modinfo -k "$kernel" -F signer credssp)'"
done
verdict "DKMS has built the module for both kernels"
[ -s /var/lib/dkms/mok.pub ] || problem "DKMS has no key"
want "signer" "$(modinfo -k "$second" -F signer credssp)" '?*'
verdict "the module is signed with this machine's key"
finish
