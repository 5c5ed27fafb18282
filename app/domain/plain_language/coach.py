"""What an employee just said, heard as a citizen would: a hard word, a long sentence, too fast. Pure.

It listens to one person in one talk, keeps what it must for that talk in memory, and is forgotten with it.
"""

from collections import deque
from dataclasses import dataclass
from typing import Literal

from app.domain.plain_language.sentences import split_sentences
from app.domain.plain_language.tables import ABBREVIATIONS, OFFICIALESE

HintKind = Literal["hard_word", "long_sentence", "too_fast"]

SENTENCE_WORDS = 20
"""People speak in longer sentences than they write (15), and the recogniser guesses where they end."""
WORDS_PER_MINUTE = 170
"""Talking calmly is about 120 to 150; above this a listener who reads along cannot keep up: captions for
television stay under about 160 to 180 words a minute (BBC Subtitle Guidelines)."""
PACE_WORDS = 40
"""Fewer words say nothing about a pace: "ja hoor, dat klopt" is always fast."""
PACE_REST_UTTERANCES = 6
"""Having said it once, let the person try before saying it again."""


@dataclass(frozen=True, slots=True)
class Hint:
    """found: the very words, a number of words, or words a minute. plain: the simpler words; empty: leave it out."""

    kind: HintKind
    found: str
    plain: str = ""


class Coach:
    """One employee's ear for one talk. At most one hint at a time: a second one is not read while talking."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        self._pace: deque[tuple[int, float]] = deque()
        self._rest = 0

    def hear(self, text: str, duration_s: float) -> Hint | None:
        """One final caption of the employee's own voice, in Dutch. duration_s: how long it sounded."""
        too_fast = self._too_fast(text, duration_s)
        return self._hard_word(text) or _long_sentence(text) or too_fast

    def _hard_word(self, text: str) -> Hint | None:
        """The longest of those not yet told: one that was told is known, and nagging is switched off."""
        found = [
            (words, plain)
            for table in (OFFICIALESE, ABBREVIATIONS)
            for words, plain in table.find(text)
            if words.lower() not in self._told
        ]
        if not found:
            return None
        words, plain = max(found, key=lambda one: len(one[0]))
        self._told.add(words.lower())
        return Hint("hard_word", words, plain)

    def _too_fast(self, text: str, duration_s: float) -> Hint | None:
        self._rest -= 1
        self._pace.append((len(text.split()), max(duration_s, 0.1)))
        while sum(words for words, _ in list(self._pace)[1:]) >= PACE_WORDS:
            self._pace.popleft()
        words = sum(count for count, _ in self._pace)
        per_minute = round(words / sum(seconds for _, seconds in self._pace) * 60)
        if words < PACE_WORDS or per_minute <= WORDS_PER_MINUTE or self._rest > 0:
            return None
        self._rest = PACE_REST_UTTERANCES
        return Hint("too_fast", str(per_minute))


def _long_sentence(text: str) -> Hint | None:
    longest = max((len(sentence.words) for sentence in split_sentences(text)), default=0)
    return Hint("long_sentence", str(longest)) if longest > SENTENCE_WORDS else None
