"""Text rewritten piece by piece, each piece knowing where it came from."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Piece = tuple[str, int]
"""Words as they are said, and the place in the given text that they are said for."""

Said = str | Sequence[Piece] | None
"""str: all of it for the beginning of what was found. None: it was something else after all, leave it."""


@dataclass(frozen=True, slots=True)
class Rule:
    pattern: re.Pattern[str]
    say: Callable[[re.Match[str]], Said]


def rewrite(text: str, rules: Iterable[Rule]) -> tuple[str, list[int]]:
    """The text as it is said; for each of its characters the place in `text` that it is said for.

    An earlier rule goes before a later one; what one has taken, no other sees.
    """
    taken: list[tuple[int, int, Sequence[Piece]]] = []
    free = bytearray(b"\1" * len(text))
    for rule in rules:
        for found in rule.pattern.finditer(text):
            start, end = found.span()
            if start == end or not all(free[start:end]):
                continue
            said = rule.say(found)
            if said is None:
                continue
            free[start:end] = bytes(end - start)
            taken.append((start, end, [(said, start)] if isinstance(said, str) else said))
    taken.sort(key=lambda one: one[0])
    parts: list[str] = []
    origins: list[int] = []

    def add(words: str, places: Iterable[int]) -> None:
        parts.append(words)
        origins.extend(places)

    at = 0
    for start, end, pieces in taken:
        add(text[at:start], range(at, start))
        said = " ".join(words for words, _ in pieces)
        if said and start and text[start - 1].isalnum():
            add(" ", [start])
        for number, (words, place) in enumerate(pieces):
            if number:
                add(" ", [place])
            add(words, [place] * len(words))
        if said and end < len(text) and text[end].isalnum():
            add(" ", [end])
        at = end
    add(text[at:], range(at, len(text)))
    return "".join(parts), origins
