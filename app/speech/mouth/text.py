"""Text as an engine may safely have it, and the way back from its positions to ours."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from app.domain.speech import WordTiming

_WORD = re.compile(r"\S+")
_SILENT = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
"""Soft hyphen and characters of no width: they would break a word in two."""


@dataclass(frozen=True, slots=True)
class SafeText:
    """text: what the engine gets. origins[i]: where its character i stands in the text that was given."""

    text: str
    origins: tuple[int, ...]


def safe_text(given: str) -> SafeText:
    """Without what an engine could take for a command or would stumble over.

    Control characters become spaces: espeak takes U+0001 for an embedded command, NUL for the end. Marks of
    direction, joiners, variation selectors and halves of surrogate pairs have no sound and are left out.
    """
    characters: list[str] = []
    origins: list[int] = []
    for origin, character in enumerate(given):
        category = unicodedata.category(character)
        if category == "Cs" or character in _SILENT or "\ufe00" <= character <= "\ufe0f":
            continue
        if category == "Cf":
            continue
        characters.append(" " if category in ("Cc", "Co", "Cn", "Zl", "Zp") else character)
        origins.append(origin)
    return SafeText("".join(characters), tuple(origins))


def time_words(given: str, safe: SafeText, marks: Iterable[tuple[int, int]]) -> tuple[WordTiming, ...]:
    """Whole words of the given text, each once, in the order in which they sound.

    marks: (start in ms, character of the safe text counted from 0). An engine marks "12", ".5" and "00"
    apart, takes "of the" for one word and now and then points beside the text; a reader sees words.
    """
    spans = _word_spans(given)
    number_at = {place: number for number, span in enumerate(spans) for place in range(*span)}
    marked: list[tuple[int, int]] = []
    for start_ms, place in marks:
        number = number_at.get(safe.origins[place]) if 0 <= place < len(safe.origins) else None
        if number is not None and (not marked or number > marked[-1][0]):
            marked.append((number, max(start_ms, marked[-1][1] if marked else 0)))
    timings: list[WordTiming] = []
    for (number, start_ms), (next_number, next_ms) in pairwise([*marked, (0, 0)]):
        first = spans[number][0]
        for start, end in spans[number : max(next_number, number + 1)]:
            # Words that the engine ran together share the time, by their letters.
            share = (start - first) / (spans[next_number][0] - first) if start > first else 0
            timings.append(WordTiming(start_ms + round((next_ms - start_ms) * share), start, end - start))
    return tuple(timings)


def _word_spans(given: str) -> list[tuple[int, int]]:
    """Words without the quotes and full stops around them; a lone sign stays a word."""
    spans: list[tuple[int, int]] = []
    for found in _WORD.finditer(given):
        start, end = found.span()
        inner = [place for place in range(start, end) if not _is_edge(given[place])]
        spans.append((inner[0], inner[-1] + 1) if inner else (start, end))
    return spans


def _is_edge(character: str) -> bool:
    return unicodedata.category(character) in ("Po", "Ps", "Pe", "Pi", "Pf", "Pd", "Cf", "Cc")
