"""`make bench [ONLY=prefix] [AUDIO=dir]`: runs the groups one after another and prints one JSON line per figure."""

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tests.bench


def benchmarks() -> Iterator[tuple[str, Callable[[Path], Iterator[dict[str, Any]]]]]:
    for module in sorted(pkgutil.iter_modules(tests.bench.__path__), key=lambda m: m.name):
        if not module.name.startswith("_"):
            yield from getattr(
                importlib.import_module(f"tests.bench.{module.name}"), "BENCHMARKS", {}
            ).items()


def main() -> int:
    options = argparse.ArgumentParser(prog="make bench")
    options.add_argument("--only", default="", help="run figures whose name begins so")
    options.add_argument(
        "--audio", type=Path, default=Path("../shared/recordings"), help="WAV with .txt beside it"
    )
    chosen = options.parse_args()
    failed = 0
    for group, run in benchmarks():
        if not (group.startswith(chosen.only) or chosen.only.startswith(group)):
            continue
        try:
            for figure in run(chosen.audio):
                if str(figure["name"]).startswith(chosen.only):
                    print(json.dumps(figure, ensure_ascii=False), flush=True)
        except Exception as problem:  # one broken group must not hide the others' figures
            failed += 1
            print(f"{group}: {problem!r}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
