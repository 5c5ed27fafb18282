#!/usr/bin/env bash
# Everything a machine can check without running the desk. Goes on after a failure, so that one run tells all.
cd "$(dirname "$0")/.." || exit 1
bin=.venv/bin
failed=()
step() {
  local name=$1; shift
  printf '— %s\n' "$name"
  "$@" || failed+=("$name")
}
step "ruff" $bin/ruff check .
step "ruff format" $bin/ruff format --check --quiet .
step "mypy" $bin/mypy
step "layers" $bin/lint-imports --no-cache
if [ -x node_modules/.bin/tsc ]; then
  step "scripts" node_modules/.bin/tsc --project jsconfig.json
else
  echo "Node.js is missing, so the scripts are not type-checked."; failed+=("scripts")
fi
step "strings" $bin/python tools/strings.py check
step "plain language" $bin/python -m app.cli check plain-language
[ ${#failed[@]} -eq 0 ] && echo "All checks passed." && exit 0
printf 'Failed: %s\n' "${failed[@]}"
exit 1
