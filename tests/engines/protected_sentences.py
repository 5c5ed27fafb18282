"""200 sentences of a municipal desk with what must survive a translation."""

import itertools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class ProtectedSentence:
    """values: what stands in the text and must stand in its translation; names: those of people among it."""

    text: str
    language: str
    values: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(value for kind, value in self.values if kind == "name")


def protected_sentences() -> list[ProtectedSentence]:
    """Always the same ones: 100 English, 100 Portuguese."""
    templates = tomllib.loads(
        (Path(__file__).parent / "data" / "protected_templates.toml").read_text(encoding="utf-8")
    )
    sentences = []
    for language in ("en", "pt"):
        given = {
            kind: itertools.cycle(values if isinstance(values, list) else values[language])
            for kind, values in templates["values"].items()
        }
        for template in templates[language] * _ROUNDS:
            values: list[tuple[str, str]] = []

            def fill(hole: re.Match[str], values: list[tuple[str, str]] = values) -> str:
                values.append((hole[1], next(given[hole[1]])))  # noqa: B023  called before the next round
                return values[-1][1]

            text = re.sub(r"\{(\w+)\}", fill, template)
            sentences.append(ProtectedSentence(text, language, tuple(values)))
    return sentences
