#!/usr/bin/env bash
# Installs what Wijkbalie needs on Debian 12 or Ubuntu with Python 3.11 or newer. `setup.sh run` for serving,
# `setup.sh dev` for tests and checks too. Quick when nothing is to be done; says plainly what it could not do.
set -euo pipefail
cd "$(dirname "$0")/.."
part=${1:-run}
python=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

# Packages: name, the file or command that proves it, and what is missing without it.
packages=(
  "python3-venv|module:ensurepip|Python packages cannot be installed"
  "libespeak-ng1|lib:libespeak-ng.so.1|nothing is read aloud with word timing"
  "espeak-ng|cmd:espeak-ng|the second voice engine is missing"
)
if [ "$part" = dev ]; then
  packages+=(
    "chromium|cmd:chromium|browser tests cannot run"
    "postgresql|glob:/usr/lib/postgresql/*/bin/pg_ctl|PostgreSQL tests cannot run"
    "coturn|cmd:turnserver|the relay test cannot run"
    "cups-daemon|glob:/usr/sbin/cupsd|the printing tests are skipped"
    "cups-client|cmd:lpadmin|the printing tests are skipped"
    "strace|cmd:strace|the test of a lost disk is skipped"
    "redis-server|cmd:redis-server|the tests of speech on several machines are skipped"
    "nodejs|cmd:node|scripts are not type-checked"
    "npm|cmd:npm|axe and the script checker cannot be installed"
    "xvfb|cmd:Xvfb|the keys of a terminal's browser are not tested"
    "xdotool|cmd:xdotool|the keys of a terminal's browser are not tested"
    "nftables|glob:/usr/sbin/nft|the packet filter of a terminal is not tested"
    "iproute2|glob:/sbin/ip|the packet filter of a terminal is not tested"
    "udev|cmd:systemd-hwdb|the key list of a terminal is not tested"
    "cage|cmd:cage|the screen of a terminal is not tested"
    "xwayland|cmd:Xwayland|the screen of a terminal is not tested"
    "fonts-noto-core|glob:/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf|Arabic is drawn in a fallback font"
  )
fi

have() {
  case $1 in
    module:*) "$python" -c "import ${1#module:}" 2>/dev/null ;;
    cmd:*) command -v "${1#cmd:}" >/dev/null ;;
    lib:*) ldconfig -p 2>/dev/null | grep -q "${1#lib:}" || /sbin/ldconfig -p 2>/dev/null | grep -q "${1#lib:}" ;;
    glob:*) compgen -G "${1#glob:}" >/dev/null ;;
  esac
}

missing=()
for row in "${packages[@]}"; do
  IFS='|' read -r name proof _ <<<"$row"
  have "$proof" || missing+=("$name")
done
if [ ${#missing[@]} -gt 0 ] && command -v apt-get >/dev/null; then
  root=()
  [ "$(id -u)" = 0 ] || root=(sudo -n)
  if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then
    say "Installing system packages: ${missing[*]}"
    { "${root[@]}" apt-get update && DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y \
      --no-install-recommends "${missing[@]}"; } >/dev/null 2>/tmp/wijkbalie-apt.$$ \
      || { say "apt-get could not install them:"; tail -3 /tmp/wijkbalie-apt.$$ >&2; }
    rm -f /tmp/wijkbalie-apt.$$
  fi
fi
for row in "${packages[@]}"; do
  IFS='|' read -r name proof loss <<<"$row"
  have "$proof" || say "Not installed: $name ($loss). As root: apt-get install $name"
done

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || { say "Python 3.11 or newer is needed; this is $("$python" --version). Set PYTHON=/path/to/python3.11"; exit 1; }
[ -x .venv/bin/python ] || "$python" -m venv .venv \
  || { rm -rf .venv; say "Python could not make a virtual environment. As root: apt-get install python3-venv"; exit 1; }

# A stamp holds the lock file's hash, so that a second start installs nothing.
stamp() { cat "$@" | sha256sum | cut -c1-16; }
fresh() { [ -f ".venv/$1.stamp" ] && [ "$(cat ".venv/$1.stamp")" = "$2" ]; }

lock=$(stamp requirements/$part.txt pyproject.toml)
if ! fresh "$part" "$lock" && ! { [ "$part" = run ] && fresh dev "$(stamp requirements/dev.txt pyproject.toml)"; }; then
  say "Installing Python packages (about a minute the first time)…"
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "requirements/$part.txt"
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
  echo "$lock" >".venv/$part.stamp"
fi

if [ "$part" = dev ] && command -v npm >/dev/null; then
  node=$(stamp package-lock.json)
  fresh node "$node" || {
    say "Installing the script checker and axe…"
    npm ci --silent --no-audit --no-fund --ignore-scripts && echo "$node" >.venv/node.stamp
  }
fi

catalogues=$(find translations -name '*.po' -print0 2>/dev/null | sort -z | xargs -0 -r cat | sha256sum | cut -c1-16)
if ! fresh catalogues "$catalogues" || ! compgen -G 'translations/*/LC_MESSAGES/messages.mo' >/dev/null; then
  .venv/bin/python tools/strings.py compile >&2 && echo "$catalogues" >.venv/catalogues.stamp
fi
