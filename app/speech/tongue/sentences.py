"""Splitting what somebody said into sentences, without a model and so without downloading one."""

import re

LONGEST_SENTENCE = 300
"""Characters. Engines are trained on single sentences and wander off in longer ones."""

_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[؟۔።。！？]+[\"'”’)\]]*|\n")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-ZÀ-Þ]|dhr|mevr|mw|dr|drs|mr|mrs|ms|prof|ing|ir|nr|no|tel|bijv|bv|evt|incl|excl|max|min|ca|"
    r"resp|st|art|blz|jl|jr|sr|sra|dra|exmo|exma|n|ex|pág|av|e\.g|i\.e|d\.w\.z|o\.a|m\.b\.t|a\.u\.b|t\.n\.v|z\.b|"
    r"bzw|str|hr|fr|vgl|m|mme|mlle|ul|tzn|np|al)\.$",
    re.IGNORECASE,
)
_BREATH = re.compile(r"[,;:،؛]\s|\s[-–—]\s|\s")


def split(text: str, kept: list[tuple[int, int]] | None = None) -> list[str]:
    """Sentences with the white space after them; joined they are the text again.

    kept: spans (start, end) that are not cut through.
    """
    pieces, start = [], 0
    for match in _END.finditer(text):
        end = match.end()
        if _within(end, kept) or _ABBREVIATION.search(text[start:end]):
            continue
        end += len(text[end:]) - len(text[end:].lstrip())
        if end > start:
            pieces += _shorten(text, start, end, kept)
            start = end
    return pieces + (_shorten(text, start, len(text), kept) if start < len(text) else [])


def _within(place: int, kept: list[tuple[int, int]] | None) -> bool:
    return any(start < place < end for start, end in kept or ())


def _shorten(text: str, start: int, end: int, kept: list[tuple[int, int]] | None) -> list[str]:
    """A sentence that goes on and on is cut, where possible at a comma."""
    pieces = []
    while end - start > LONGEST_SENTENCE:
        breaths = [
            match
            for match in _BREATH.finditer(text, start + LONGEST_SENTENCE // 3, start + LONGEST_SENTENCE)
            if not _within(match.end(), kept)
        ]
        pauses = [match for match in breaths if not match[0].isspace()]
        best = (pauses or breaths)[-1].end() if breaths else start + LONGEST_SENTENCE
        if _within(best, kept):
            best = next(stop for begin, stop in kept or () if begin < best < stop)
        pieces.append(text[start:best])
        start = best
    return [*pieces, text[start:end]] if end > start else pieces
