#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# systems.sh SYSTEM...: makes sure that the disks of these systems are in the cache. A system
# is a bootable Debian with systemd, udev, apt and DKMS, and two kernels with their headers:
#   bookworm    Debian 12, Linux 6.1 and 6.12
#   trixie      Debian 13, its own Linux and the newest of its backports
# Its packages are the group root-SYSTEM-system of scripts/packages. systems.sh --path SYSTEM
# prints the directory of a cached one, --kernels SYSTEM its kernels as names of kernels.sh.
#
# "firmware" is not a system but what boots one with Secure Boot, from Debian's packages:
# OVMF, shim with MokManager, and GRUB.
#
# The directory of a system holds
#   disk.img    an ext4 file system, not partitioned; a run writes to a copy
#   build.log   how it was made
#
# Other packages or kernels make another system. A directory appears by rename, when it is
# complete.

. "$(dirname "$0")/lib.sh"
. "$TOP/scripts/archive.sh"

# As in roots.sh: a number for all that is on the disk besides packages and kernels. Raise it
# with a change here, or of fill_root() there.
RECIPE=2
# Room for what is written in a run
DISK_SIZE=4G

kernels_of() {
	case $1 in
	bookworm) echo 6.1 6.12 ;;
	trixie) echo trixie backports ;;
	*) die "no such system: $1 (bookworm, trixie)" ;;
	esac
}

link_of() {
	local kernel releases=''
	[ "$1" != firmware ] || { echo firmware; return; }
	for kernel in $(kernels_of "$1"); do
		releases+=" $("$TOP/scripts/kernels.sh" --release "$kernel")"
	done
	printf 'system-%s-%.12s' "$1" "$(
		{ echo $RECIPE "$releases" &&
			grep "^root-$1-system" "$TOP/scripts/packages" | sort; } | sha256sum)"
}

# What of the kernel's modules a virtual machine can need. DKMS calls depmod whenever it installs
# or removes a module, and in an emulated machine that takes a minute with all of them.
MODULES=(--include='/kernel/drivers/'{block,char,virtio,net,crypto,firmware,rtc}/
	--exclude='/kernel/drivers/net/*/' --exclude='/kernel/drivers/*/'
	--include='/kernel/net/'{9p,ipv4,packet,tls,unix}/
	--exclude='/kernel/net/ipv4/*/' --exclude='/kernel/net/*/'
	--include='/kernel/fs/'{9p,autofs,configfs,efivarfs,ext4,fat,fscache,fuse,jbd2,netfs,nls}/
	--exclude='/kernel/fs/*/' --exclude=/kernel/sound)

# add_kernel DIRECTORY KERNEL-DIRECTORY: headers as Debian's packages install them, and modules
add_kernel() {
	local dir=$1 kdir=$2 rel
	rel=$(cat "$kdir/release")
	mkdir -p "$dir/lib/modules/$rel" "$dir/usr/lib" "$dir/usr/src" "$dir/boot"
	cp -a "$kdir"/usr/src/. "$dir/usr/src/"
	[ ! -d "$kdir/usr/lib" ] || rsync -a --exclude=/modules "$kdir/usr/lib/" "$dir/usr/lib/"
	# kernels.sh has put its own path there.
	sed -i "s|$kdir/usr/src/|/usr/src/|" "$dir/usr/src/linux-headers-$rel/Makefile"
	rsync -a "${MODULES[@]}" "$kdir/lib/modules/$rel/" "$dir/lib/modules/$rel/"
	ln -sfn "/usr/src/linux-headers-$rel" "$dir/lib/modules/$rel/build"
	depmod -b "$dir" "$rel"
	# dkms looks for them.
	cp "$kdir/vmlinuz" "$dir/boot/vmlinuz-$rel"
	[ ! -e "$kdir/boot/config-$rel" ] || cp "$kdir/boot/config-$rel" "$dir/boot/"
}

# Services that nothing here tests, and that take time in an emulated machine
QUIET="getty@tty1.service serial-getty@ttyS0.service krb5-kdc.service apt-daily.timer
	apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service
	fstrim.timer logrotate.timer man-db.timer systemd-timesyncd.service ldconfig.service
	systemd-firstboot.service"

# Of AppArmor's profiles only these stay. Debian 13 has a hundred others, of programs that are
# not there; to compile them takes a minute.
PROFILES=" unix-chkpwd unprivileged_userns "

# configure DIRECTORY: a system as an administrator would leave it, without network
configure() {
	local dir=$1 unit profile
	# What spare() in roots.sh has set: this system installs packages like any other.
	rm -f "$dir/etc/dpkg/dpkg.cfg.d/credssp" "$dir/etc/apt/apt.conf.d/credssp" \
		"$dir/usr/sbin/policy-rc.d" "$dir/etc/apt/sources.list"
	printf 'force-unsafe-io\n' >"$dir/etc/dpkg/dpkg.cfg.d/fast"
	printf 'guest\n' >"$dir/etc/hostname"
	printf '127.0.0.1 localhost\n127.0.1.1 guest\n::1 localhost\n' >"$dir/etc/hosts"
	printf '/dev/vda / ext4 rw,noatime 0 0\n' >"$dir/etc/fstab"
	for unit in $QUIET; do
		ln -sfn /dev/null "$dir/etc/systemd/system/$unit"
	done
	for profile in "$dir"/etc/apparmor.d/*; do
		[ -d "$profile" ] || [[ $PROFILES = *" ${profile##*/} "* ]] || rm "$profile"
	done
	rm -rf "$dir"/var/cache/apt/* "$dir"/var/log/* "$dir"/boot/initrd*
	mkdir -p "$dir/var/cache/apt/archives/partial" "$dir/var/log/journal"
}

# fill DIRECTORY SYSTEM KERNEL-DIRECTORY...: runs as root, in a mount namespace of its own
fill() {
	local scratch=$1 system=$2 kdir
	shift 2
	"$TOP/scripts/roots.sh" --fill "$system-system" "$scratch/root"
	configure "$scratch/root"
	for kdir; do add_kernel "$scratch/root" "$kdir"; done
	mkdir "$scratch/out"
	mke2fs -q -t ext4 -O ^has_journal -E root_owner=0:0,lazy_itable_init=1 -m 0 \
		-d "$scratch/root" "$scratch/out/disk.img" $DISK_SIZE
	rm -rf "$scratch/root"
}

make_system() {
	local system=$1 final log=$CACHE/system-$1.log start=$SECONDS kernel kdirs=()
	final=$CACHE/$(link_of "$system")
	# Another caller may have made it while this one waited for the lock.
	[ ! -d "$final" ] || return 0
	for kernel in $(kernels_of "$system"); do
		kdirs+=("$("$TOP/scripts/kernels.sh" --path "$kernel")")
	done
	note "making a system of Debian's $system (about three minutes; log: $log)"
	SCRATCH=$CACHE/tmp.system-$system
	as_root rm -rf "$SCRATCH"
	mkdir -p "$SCRATCH"
	as_root unshare --mount env CREDSSP_CACHE="$CACHE" "$0" --fill "$SCRATCH" "$system" \
		"${kdirs[@]}" >"$log" 2>&1 || { tail -n 40 "$log" >&2; die "no system of $system"; }
	as_root chown -R "$(id -u):$(id -g)" "$SCRATCH/out"
	mv "$log" "$SCRATCH/out/build.log"
	mv "$SCRATCH/out" "$final"
	rmdir "$SCRATCH"
	note "${final##*/} made in $((SECONDS - start)) s," \
		"$(du -m "$final/disk.img" | cut -f 1) MB"
}

make_firmware() {
	[ ! -d "$CACHE/firmware" ] || return 0
	local deb packages=(ovmf shim-signed shim-helpers-amd64-signed grub-efi-amd64-signed)
	scratch firmware
	cd "$SCRATCH" || return
	fetch "${packages[@]}" || { refresh_lists; fetch "${packages[@]}"; }
	for deb in ./*.deb; do dpkg -x "$deb" firmware; done
	mv firmware "$CACHE/firmware"
}

case ${1:-} in
'') die "usage: systems.sh [--path|--kernels] SYSTEM..." ;;
--path) readlink -e "$CACHE/$(link_of "$2")" || die "no system $2" ;;
--kernels) kernels_of "$2" ;;
--fill) shift; fill "$@" ;;
*)
	for system; do
		if [ "$system" = firmware ]; then
			[ -d "$CACHE/firmware" ] || with_lock "$CACHE/firmware.lock" make_firmware
			continue
		fi
		# shellcheck disable=SC2046 # names are words
		"$TOP/scripts/kernels.sh" $(kernels_of "$system")
		[ -d "$CACHE/$(link_of "$system")" ] ||
			with_lock "$CACHE/system-$system.lock" make_system "$system"
	done
	;;
esac
