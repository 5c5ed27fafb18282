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


# Written here once more, so that the rules under test are not their own judge.
_MONTHS = {
    "march": "março", "april": "abril", "september": "setembro", "january": "janeiro", "october": "outubro",
}  # fmt: skip


def still_holds(value: tuple[str, str], translation: str) -> bool:
    """Whether a translation between English and Portuguese holds this (kind, value)."""
    kind, text = value
    found = translation.casefold()
    words = text.casefold().replace(" de ", " ").split()
    if kind == "date" and len(words) > 1:
        pairs = [pair for pair in _MONTHS.items() if words[1] in pair]
        months = pairs[0]
        return all(_alone(number, found) for number in words if number.isdigit()) and any(
            month in found for month in months
        )
    if kind == "time":
        hour, minute = re.split("[:.h]", text)
        written = f"{int(hour)}h" if minute == "00" else text.casefold()
        return any(_alone(form, found) for form in (text, f"{hour}:{minute}", f"{hour}h{minute}", written))
    if kind == "percent":
        return _alone(text.rstrip(" %"), found) and (
            "%" in found or "por cento" in found or "percent" in found
        )
    if kind == "number":
        return _alone(text, found)
    return text in translation


def _alone(text: str, found: str) -> bool:
    return re.search(rf"(?<![\d.,]){re.escape(text)}(?![\d]|[.,]\d)", found) is not None
