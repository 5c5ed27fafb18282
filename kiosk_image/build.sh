#!/usr/bin/env bash
# Makes the terminal's disk in var/image. Each step keeps what it made, so that a second build does only what changed.
#   FACE=stand-in    a page of two colours in place of the face: only the image is tried
#   UPDATE_KEY=file  Ed25519 private key (PEM) that signs releases; without it a key is made in var/image/keys
#   MODELS="…"       speech models to take along, from var/models; by default the catalogue's default ones
set -euo pipefail
here=$(dirname "$(readlink -f "$0")") && project=$(dirname "$here") && cd "$project"
place=$project/var/image cache=$project/var/image/cache work=$project/var/image/work
face=${FACE:-app}
say() { printf '%s\n' "$*" >&2; }
[ "$(id -u)" = 0 ] || { say "The image is made as root: it holds files of other users."; exit 1; }
mkdir -p "$cache" "$work" "$place/keys"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)} TZ=UTC LC_ALL=C.UTF-8
version=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y.%-m%d.%-H%M)
key=${UPDATE_KEY:-$place/keys/release.pem}
.venv/bin/python "$here/release.py" key "$key" "$place/keys/release.pub"
export UPDATE_PUBLIC_KEY=$place/keys/release.pub
started=$(date +%s)
took() { say "— $1 ($(($(date +%s) - started)) s)"; }

base=$work/base-$(cat "$here"/packages.txt "$here"/base.sh | sha256sum | cut -c1-12).tar
[ -f "$base" ] || { took "Debian's packages"; rm -f "$work"/base-*.tar; "$here/base.sh" "$base" "$cache"; }

took "the root"
umask 022
"$here/root.sh" "$base" "$work/root" "$cache" "$version" "$face"

parts=$work/parts-$(echo "$(basename "$base")" "$(cat "$here"/overlay/etc/dracut.conf.d/* "$here"/initrd.sh | sha256sum)" | sha256sum | cut -c1-12)
[ -f "$parts/initrd" ] || { took "kernel and initrd"; rm -rf "$work"/parts-*; mkdir "$parts"; "$here/initrd.sh" "$work/root" "$parts/kernel" "$parts/initrd.new"; mv "$parts/initrd.new" "$parts/initrd"; }
find "$work/root" -xdev -depth -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

# The same tree gives the same squashfs, so it is made once. The number also tells whether two builds are equal.
took "looking at every file of the root"
tree=$(tar -C "$work/root" --sort=name --numeric-owner --format=posix --pax-option=delete=atime,delete=ctime \
  --exclude='./boot/*' --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' --exclude='./run/*' -cf - . | sha256sum | cut -c1-64)
kept=$(cat "$place/release/root.tree" 2>/dev/null || true)
took "squashfs, verity, boot files"
[ "$tree" = "$kept" ] || rm -f "$place/release/root" "$place/release/root.tree"
.venv/bin/python "$here/slot.py" "$work/root" "$parts" "$place/release"
echo "$tree" >"$place/release/root.tree"
.venv/bin/python "$here/release.py" sign "$key" "$place/release" "$version" "${MINIMUM_VERSION:-$version}"

took "the disk"
.venv/bin/python "$here/disk.py" "$place/release" "$work/root/usr/lib/systemd/boot/efi/systemd-bootx64.efi" "$version" "$work" "$place/wijkbalie-terminal.img"
chroot "$work/root" dpkg-query -W >"$place/packages.tsv"
took "done: var/image/wijkbalie-terminal.img, version $version, face $face"
(cd "$place" && sha256sum wijkbalie-terminal.img release/*) | tee "$place/sha256sums" >&2
du -h --apparent-size "$place/release/root" "$place/release/boot_a" >&2
du -h "$place/wijkbalie-terminal.img" >&2
