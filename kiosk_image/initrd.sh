#!/usr/bin/env bash
# initrd.sh ROOT KERNEL_OUT INITRD_OUT: the kernel of the root, and an initrd that opens it verified.
set -euo pipefail
root=$1 kernel=$2 initrd=$3
release=$(basename "$(ls -d "$root"/lib/modules/*)")
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
trap 'umount "$root/sys" "$root/proc" "$root/dev"' EXIT
chroot "$root" dracut --quiet --force --kver "$release" /boot/initrd.wijkbalie
cp "$root/boot/vmlinuz-$release" "$kernel"
mv "$root/boot/initrd.wijkbalie" "$initrd"
chmod 0644 "$initrd"
