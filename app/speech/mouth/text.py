"""Text as an engine may safely have it, and the way back from its positions to ours."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

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
    apart and now and then points beside the text; a reader sees one word, "12.500".
    """
    spans = _word_spans(given)
    word_at = {place: span for span in spans for place in range(span[0], span[1])}
    timings: list[WordTiming] = []
    latest_ms, reached = 0, -1
    for start_ms, place in marks:
        if not 0 <= place < len(safe.origins):
            continue
        span = word_at.get(safe.origins[place])
        if span is None or span[0] <= reached:
            continue
        reached = span[0]
        latest_ms = max(latest_ms, start_ms)
        timings.append(WordTiming(latest_ms, span[0], span[1] - span[0]))
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
