"""What is known of single Dutch words: how often they are read, how long they are, whether a suffix fools us.

Frequencies come from wordfreq, syllables from pyphen. Both are data for writers of texts, not for the desk at
work, so they are imported only when a check is made.
"""

from functools import cache
from typing import Protocol

_LINKS = ("", "s", "e", "en", "n")
_ENDINGS = (
    # (ending, what stands there in the form that is counted more often)
    ("t", ""), ("t", "en"), ("e", ""), ("en", ""), ("s", ""), ("d", "en"), ("de", "en"), ("te", "en"),
    ("st", ""), ("tje", ""), ("pje", ""), ("je", ""), ("jes", ""), ("tjes", ""), ("", "en"),
    ("eer", "eren"), ("eert", "eren"), ("eer", "ëren"), ("eert", "ëren"),
)  # fmt: skip
_SHORTEST_STEM = 3
_COMMON_PART_ZIPF = 4.0
_SHORTEST_PART = 3
_COMMON_VERB_ZIPF = 4.5
_SEPARABLE = ("terug", "verder", "samen", "binnen", "langs", "voorbij")
"""First parts that keep their plain meaning. Not "over" or "door": "overleggen" is no "leggen"."""


class WordDataMissing(Exception):
    """wordfreq or pyphen is not installed, so nothing can be said of single words."""


class WordData(Protocol):
    """Facts of a word in lower case."""

    def zipf(self, word: str) -> float:
        """0 (never seen) to about 8 ("de")."""

    def syllables(self, word: str) -> int:
        """At least 1."""


class DutchWords:
    """WordData for Dutch. Raises WordDataMissing when made, never later."""

    def __init__(self) -> None:
        try:
            import pyphen
            import wordfreq
        except ImportError as missing:
            raise WordDataMissing(f"{missing.name} is not installed (see requirements/dev.txt)") from missing
        self._hyphens = pyphen.Pyphen(lang="nl_NL", left=1, right=1)
        self._frequency = wordfreq.zipf_frequency

    def zipf(self, word: str) -> float:
        return float(self._frequency(word, "nl"))

    def syllables(self, word: str) -> int:
        parts = [part for part in word.split("-") if part]
        return sum(len(self._hyphens.positions(part)) + 1 for part in parts) or 1


@cache
def dutch_words() -> DutchWords:
    """One for the whole process: the frequencies take 50 MB and a third of a second."""
    return DutchWords()


def familiar_zipf(word: str, data: WordData) -> float:
    """How often the word is read in any form: who knows "typen" and "slot", knows "typt" and "slotje"."""
    forms = {word}
    for start in {word, word.removeprefix("ge")}:
        for ending, instead in _ENDINGS:
            if start.endswith(ending) and len(stem := start.removesuffix(ending)) >= _SHORTEST_STEM:
                forms.add(stem + instead)
    return max(data.zipf(form) for form in forms)


def is_known_compound(word: str, data: WordData) -> bool:
    """Whether a word is joined from words that everybody reads, as "voorlees-stem" and "wacht-kamer" are.

    Dutch joins freely, so no frequency list holds all such words. Every part must be common by itself.
    """
    if "-" in word:
        return all(data.zipf(part) >= _COMMON_PART_ZIPF for part in word.split("-") if part)
    return any(
        data.zipf(word[:end]) >= _COMMON_PART_ZIPF and _is_rest(word[end:], data)
        for end in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    )


def is_separable_verb(word: str, data: WordData) -> bool:
    """ "terugkomen", "binnenlaten": a reader meets them apart as well ("kom terug"), so they are no long words."""
    return any(
        word.startswith(first) and data.zipf(word.removeprefix(first)) >= _COMMON_VERB_ZIPF
        for first in _SEPARABLE
    )


def _is_rest(rest: str, data: WordData) -> bool:
    return any(
        len(rest) - len(link) >= _SHORTEST_PART
        and rest.startswith(link)
        and (data.zipf(rest[len(link) :]) >= _COMMON_PART_ZIPF or is_known_compound(rest[len(link) :], data))
        for link in _LINKS
    )
