#!/usr/bin/env bash
# base.sh OUT.tar CACHE: Debian 12 with the packages of packages.txt, nothing of the desk yet. The package files are
# kept in CACHE, so that making it again fetches only what Debian has renewed.
set -euo pipefail
out=$1 cache=$2
here=$(dirname "$(readlink -f "$0")")
mkdir -p "$cache/deb"
mapfile -t sources < <(/usr/bin/python3 "$here/sources.py")
[ ${#sources[@]} -gt 0 ] || exit 1
packages=$(sed 's/#.*//' "$here/packages.txt" | xargs | tr ' ' ',')
# A machine that reaches the packages through a proxy hands it on.
mapfile -t proxy < <(apt-config dump | grep -E '^Acquire::(http|https)(::[^ ]*)?::?Proxy ' || true)
options=()
for line in "${proxy[@]}"; do options+=("--aptopt=$line"); done
umask 022
mmdebstrap --mode=root --variant=minbase --format=tar --include="$packages" "${options[@]}" \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-include=/usr/share/locale/nl*' \
  --skip=download/empty --skip=essential/unlink --skip=cleanup/apt/cache \
  --setup-hook="mkdir -p \"\$1/var/cache/apt/archives\"" \
  --setup-hook="sync-in '$cache/deb' /var/cache/apt/archives" \
  --customize-hook="rm -f \"\$1/var/cache/apt/archives/lock\"; rm -rf \"\$1/var/cache/apt/archives/partial\"" \
  --customize-hook="sync-out /var/cache/apt/archives '$cache/deb'" \
  --customize-hook="rm -f \"\$1\"/var/cache/apt/archives/*.deb \"\$1\"/var/cache/apt/*.bin" \
  bookworm "$out.part" "${sources[@]}"
mv "$out.part" "$out"
