# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Booting a guest by UEFI with Secure Boot, as a PC does: OVMF with Microsoft's keys starts
# shim, which Microsoft has signed; shim starts GRUB, and GRUB the kernel, which Debian has
# signed. Sourced, after scripts/lib.sh.
#
# A machine's directory keeps over its boots
#   vars.fd	the firmware's variables: keys, also those of MokManager

FIRMWARE_FILES=$CACHE/firmware

# firmware_disk DIRECTORY VMLINUZ INITRD WORDS: the EFI system partition of a boot in
# DIRECTORY, with this kernel command line
firmware_disk() {
	local dir=$1
	rm -rf "$dir"
	mkdir -p "$dir/EFI/BOOT" "$dir/EFI/debian"
	cp "$FIRMWARE_FILES/usr/lib/shim/shimx64.efi.signed" "$dir/EFI/BOOT/BOOTX64.EFI"
	cp "$FIRMWARE_FILES/usr/lib/shim/mmx64.efi.signed" "$dir/EFI/BOOT/mmx64.efi"
	cp "$FIRMWARE_FILES/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" \
		"$dir/EFI/BOOT/grubx64.efi"
	cp "$2" "$dir/vmlinuz"
	cp "$3" "$dir/initrd"
	printf 'linux /vmlinuz %s\ninitrd /initrd\nboot\n' "$4" >"$dir/EFI/debian/grub.cfg"
}

# firmware_machine MACHINE DISK: QEMU gets the arguments. The disk is the first to boot from
# and the last one that Linux finds.
# shellcheck disable=SC2054 # QEMU's commas
firmware_machine() {
	local code=$FIRMWARE_FILES/usr/share/OVMF
	[ -e "$1/vars.fd" ] || cp "$code/OVMF_VARS_4M.ms.fd" "$1/vars.fd"
	QEMU+=(-machine q35,smm=on -global driver=cfi.pflash01,property=secure,value=on
		-drive "if=pflash,unit=0,format=raw,readonly=on,file=$code/OVMF_CODE_4M.secboot.fd"
		-drive "if=pflash,unit=1,format=raw,file=$1/vars.fd"
		-drive "file=fat:$2,format=raw,if=none,id=esp,readonly=on"
		-device virtio-blk-pci,drive=esp,bootindex=1,addr=0x1e)
}
