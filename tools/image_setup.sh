#!/usr/bin/env bash
# Installs what making and trying the terminal's image needs. Not part of `make setup`: the desk does without it.
set -euo pipefail
packages=(mmdebstrap squashfs-tools cryptsetup-bin systemd-boot-efi binutils mtools dosfstools e2fsprogs fdisk
  qemu-system-x86 qemu-utils ovmf)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
echo "Installing: ${missing[*]}" >&2
[ "$(id -u)" = 0 ] || { echo "As root: apt-get install ${missing[*]}" >&2; exit 1; }
log=$(mktemp)
{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } \
  >"$log" 2>&1 || { tail -5 "$log" >&2; exit 1; }
rm -f "$log"
