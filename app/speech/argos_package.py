"""Reading an .argosmodel: a zip with one folder that holds metadata.json, a CTranslate2 model and its pieces."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from app.speech.model_archives import unpack
from app.speech.model_downloads import ModelRefused

UNPACKED_LIMIT_BYTES = 2_000_000_000
UNPACKED_TIMES = 30
"""Weights hardly shrink; more than this many times the package's size is a trap."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """pair: (source, target) language codes. fixture: the package itself says that it is for tests only."""

    pair: tuple[str, str]
    fixture: bool

    @property
    def name(self) -> str:
        return f"argos-{self.pair[0]}-{self.pair[1]}" + ("-fixture" if self.fixture else "")


def unpack_package(package: Path, to: Path) -> Metadata:
    """Raises ModelRefused when it is damaged, a trap or no translation package."""
    unpack(package, "*", to, min(UNPACKED_LIMIT_BYTES, UNPACKED_TIMES * package.stat().st_size + 1_000_000))
    return read_metadata(to)


def read_metadata(folder: Path) -> Metadata:
    """Of an unpacked package. Raises ModelRefused."""
    try:
        words = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
        source, target = words["from_code"], words["to_code"]
        is_translation = words.get("type", "translate") == "translate"
        codes = all(re.fullmatch(r"[a-z]{2,3}", code) for code in (source, target))
        fixture = words.get("fixture") is True
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise ModelRefused(
            "This is no package of Argos Translate: its metadata.json cannot be read."
        ) from problem
    if not is_translation or not codes or source == target:
        raise ModelRefused("This package of Argos Translate does not translate one language into another.")
    pieces = any((folder / name).is_file() for name in ("sentencepiece.model", "bpe.model"))
    if not pieces or not (folder / "model" / "model.bin").is_file():
        raise ModelRefused("This package of Argos Translate is not complete: it holds no model.")
    return Metadata((source, target), fixture)
