"""Translations: `check` names what is missing, stale or broken; `update` writes .po, `compile` .mo files."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.accessible_ui.bare_texts import bare_texts
from app.accessible_ui.catalogues import PLURAL_FORMS, catalogue_faults, compile_catalogue, update_all
from app.accessible_ui.source_texts import ROOT, extract_source_texts
from app.accessible_ui.translation_rules import source_faults


def check(root: Path = ROOT) -> int:
    """Prints each problem on a line. 0 if there is none, else 1."""
    texts = extract_source_texts(root)
    problems = [
        f"{', '.join(sorted(text.files))}: {text.singular!r} {fault}"
        for text in texts
        for fault in source_faults(text)
    ]
    problems += bare_texts(root)
    for language in PLURAL_FORMS:
        problems += catalogue_faults(language, texts, root)
    for problem in problems:
        print(problem)
    print(f"strings: {len(texts)} Dutch texts, languages {', '.join(PLURAL_FORMS)}: {len(problems)} problems")
    if any("missing" in problem or "stale" in problem for problem in problems):
        print("`tools/strings.py update` adds and drops entries; then translate what is empty.")
    return 1 if problems else 0


def update(root: Path = ROOT) -> int:
    """Writes the .po files. 0, also when translations are still to be made."""
    for language, (empty, dropped) in update_all(root).items():
        print(f"{language}: {empty} to translate, {dropped} dropped")
    return 0


def compile_all(root: Path = ROOT) -> int:
    """Writes the .mo files."""
    for language in PLURAL_FORMS:
        print(f"{language}: {compile_catalogue(language, root)} texts")
    return 0


COMMANDS = {"check": check, "update": update, "compile": compile_all}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"usage: strings.py {' | '.join(COMMANDS)}")
    sys.exit(COMMANDS[sys.argv[1]]())
