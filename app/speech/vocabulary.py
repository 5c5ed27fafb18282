"""Which expected words an utterance may hold: those that look like something that was heard.

Whisper can be told words to expect, but told at every utterance it mishears others and, at noise, says the list.
So it is told only those that what it heard already resembles, and is believed only if that gives one of them
and leaves the rest as it was (docs/change/speech.md).
"""

from collections.abc import Sequence
from difflib import SequenceMatcher

_SHORTEST = 5
"""Letters. Anything resembles a shorter word."""
_UNLIKE = 0.42
"""Share of a word's letters that may be heard otherwise: "Outagrat" for "Oudegracht"."""
_MOST = 5
_REST_ALIKE = 0.6


def resembling(text: str, vocabulary: Sequence[str]) -> tuple[str, ...]:
    """At most five, the likeliest first. Words that were heard exactly are not among them."""
    heard = _letters(text)
    pairs = _pairs(heard)
    found = []
    for word in vocabulary:
        letters = _letters(word)
        # Most words share next to nothing with the sentence; counting pairs is quicker than comparing.
        if len(letters) < _SHORTEST or not _pairs(letters) & pairs or word in text:
            continue
        unlike = _least_edits(letters, heard) / len(letters)
        if unlike <= _UNLIKE:
            found.append((unlike, word))
    return tuple(word for _, word in sorted(found)[:_MOST])


def believable(before: str, after: str, expected: Sequence[str]) -> bool:
    """Whether the text after telling the words holds one more of them, and otherwise what it held before."""
    gained = [w for w in expected if w.casefold() in after.casefold()]
    if not gained or abs(len(after.split()) - len(before.split())) > 2 + len(gained):
        return False
    return SequenceMatcher(None, _letters(before), _letters(after), autojunk=False).ratio() >= _REST_ALIKE


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _pairs(letters: str) -> set[str]:
    return {letters[at : at + 2] for at in range(len(letters) - 1)}


def _least_edits(word: str, text: str) -> int:
    """Of the part of the text that is most like the word (Sellers' algorithm)."""
    row = [0] * (len(text) + 1)
    for number, letter in enumerate(word, 1):
        before, row = row, [number]
        for at, other in enumerate(text, 1):
            row.append(min(before[at] + 1, row[-1] + 1, before[at - 1] + (letter != other)))
    return min(row)
