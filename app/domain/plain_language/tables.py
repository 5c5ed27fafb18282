"""Lists of Dutch words that the rules know, read from the TOML files beside this one."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


class PhraseTable:
    """Finds any of many phrases. entries: "form | other form" → plain twin, "" for "leave it out"."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self.plain = {
            form.strip().lower(): plain for forms, plain in entries.items() for form in forms.split("|")
        }
        longest_first = sorted(self.plain, key=len, reverse=True)
        joined = "|".join(re.escape(form) for form in longest_first)
        self._pattern = re.compile(rf"(?<![\w.])(?:{joined})(?!\w)", re.IGNORECASE)

    def find(self, text: str) -> Iterator[tuple[str, str]]:
        """(as it stands in the text, its plain twin), the longest phrase first where several fit."""
        for hit in self._pattern.finditer(text):
            yield hit.group(), self.plain[hit.group().lower()]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


_PHRASES = _read("officialese.toml")
OFFICIALESE = PhraseTable(_PHRASES["officialese"])
ABBREVIATIONS = PhraseTable(_PHRASES["abbreviations"])

_DUTCH = _read("dutch.toml")
NO_PARTICIPLES = frozenset(_DUTCH["no_participles"].split())
NUMBERS: Mapping[str, str] = _DUTCH["numbers"]
