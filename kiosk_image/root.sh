#!/usr/bin/env bash
# root.sh BASE.tar ROOT CACHE VERSION FACE: the terminal's root as a folder: Debian, the overlay, the desk's program, its
# Python packages from the lock file, speech models. FACE is `app`, or `stand-in`: see kiosk_image/stand_in.
set -euo pipefail
base=$1 root=$2 cache=$3 version=$4 face=$5
here=$(dirname "$(readlink -f "$0")") && project=$(dirname "$here")
lib=$root/usr/lib/wijkbalie
say() { printf '  %s\n' "$*" >&2; }
umask 022
[ ! -d "$root" ] || rm -rf --one-file-system "$root"
mkdir -p "$root"

say "unpacking Debian"
tar -xf "$base" -C "$root" --numeric-owner --xattrs --xattrs-include='*'
rm -rf "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/*/changelog* "$root"/usr/share/locale/[!n]*

say "the overlay"
cp -rT --no-preserve=ownership "$here/overlay" "$root"
[ "$face" = app ] || cp -rT --no-preserve=ownership "$here/stand_in/overlay" "$root"
install -d -m 0755 "$root/data" "$root/efi" "$root/run"

say "the desk's program"
git -C "$project" ls-files -z -- app translations LICENSE ':!:**/test_*.py' | (cd "$project" && xargs -0 cp --parents -t "$lib")
for part in policies keys nftables; do
  [ ! -d "$here/$part" ] || { mkdir -p "$lib/kiosk_image"; cp -rT "$here/$part" "$lib/kiosk_image/$part"; }
done
"$project/.venv/bin/python" - "$lib/translations" <<'PY'
import sys
from pathlib import Path
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
for po in Path(sys.argv[1]).rglob("*.po"):
    with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
        write_mo(target, read_po(source))
PY
install -m 0755 /dev/stdin "$root/usr/bin/wijkbalie" <<'SH'
#!/bin/sh
PYTHONPATH=/usr/lib/wijkbalie:/usr/lib/wijkbalie/packages exec /usr/bin/python3 -m app.cli "$@"
SH

say "Python packages of requirements/run.txt"
wheels=$cache/packages-$(sha256sum "$project/requirements/run.txt" | cut -c1-16)
if [ ! -f "$wheels/complete" ]; then
  rm -rf "$wheels"
  # By Debian's own Python: the lock's markers look at its exact version.
  "$project/.venv/bin/python" -m pip --python /usr/bin/python3 install -q --no-compile --no-warn-script-location \
    --require-hashes --prefer-binary --target "$wheels" -r "$project/requirements/run.txt"
  find "$wheels" -name '__pycache__' -prune -exec rm -rf {} +
  rm -rf "$wheels/bin"
  # Byte code that is never compared with its source: the root is read-only, and times would differ by build.
  /usr/bin/python3 -m compileall -q --invalidation-mode unchecked-hash -s "$wheels" -p /usr/lib/wijkbalie/packages \
    "$wheels" >/dev/null || say "some packages hold files for other Pythons; they are left as they are"
  touch "$wheels/complete"
fi
cp -rT --no-preserve=ownership "$wheels" "$lib/packages"
rm "$lib/packages/complete"
chroot "$root" /usr/bin/python3 -m compileall -q --invalidation-mode unchecked-hash \
  /usr/lib/wijkbalie/app /usr/lib/python3 /usr/lib/python3.11 >/dev/null || true

say "speech models"
install -d "$root/usr/share/wijkbalie/models"
models=$(cd "$project" && .venv/bin/python -c 'from app.speech import models; print(*models.default_models())')
for model in ${MODELS-$models}; do
  if [ -d "$project/var/models/$model" ]; then
    cp -rL --no-preserve=ownership "$project/var/models/$model" "$root/usr/share/wijkbalie/models/"
  else
    say "model $model is not in var/models (wijkbalie models install); the terminal does without"
  fi
done

say "names, users, services"
printf 'IMAGE_ID=wijkbalie\nIMAGE_VERSION=%s\n' "$version" >>"$root/usr/lib/os-release"
printf 'VERSION=%s\nFACE=%s\n' "$version" "$face" >"$lib/version.env"
echo zuil >"$root/etc/hostname"
printf '127.0.0.1 localhost zuil\n::1 localhost\n' >"$root/etc/hosts"
ln -sf /usr/share/zoneinfo/Europe/Amsterdam "$root/etc/localtime"
ln -sf /run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
: >"$root/etc/machine-id"  # each start makes its own, in memory: no number to follow a terminal by
[ -z "${UPDATE_PUBLIC_KEY:-}" ] || install -Dm 0644 "$UPDATE_PUBLIC_KEY" "$lib/update-keys/release.pub"
systemd-sysusers --root="$root" >/dev/null
sed -i 's/^root:[^:]*:/root:!*:/' "$root/etc/shadow"  # nobody logs in
epoch_days=$((SOURCE_DATE_EPOCH / 86400))
sed -i -E "s/^([^:]+:[^:]*):[0-9]+:/\1:$epoch_days:/" "$root/etc/shadow"
systemctl --root="$root" preset-all >/dev/null 2>&1
systemctl --root="$root" set-default multi-user.target >/dev/null 2>&1
systemctl --root="$root" mask -q getty@.service serial-getty@.service console-getty.service autovt@.service \
  emergency.service rescue.service debug-shell.service systemd-firstboot.service systemd-homed.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer e2scrub_all.timer \
  systemd-machine-id-commit.service ldconfig.service systemd-update-done.service >/dev/null 2>&1
[ ! -d "$root/usr/share/i18n/locales" ] || chroot "$root" localedef -i nl_NL -f UTF-8 nl_NL.UTF-8
chroot "$root" systemd-hwdb update
chroot "$root" fc-cache -fs >/dev/null 2>&1 || true
rm -rf "$root"/var/log/* "$root"/var/cache/{apt,debconf,ldconfig} "$root"/etc/{passwd,group,shadow,gshadow}- \
  "$root"/var/lib/dpkg/*-old "$root"/var/lib/systemd/* "$root"/usr/share/i18n "$root"/tmp/* "$root"/.dockerenv
