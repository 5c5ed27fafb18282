"""Finds a sentence again, however it was typed or heard: case, marks and spaces do not matter."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

_QUESTION_MARKS = frozenset("?؟፧՞")
_FULL_STOPS = frozenset(".!。።۔")
_VOWEL_SIGNS = re.compile("[\u0640\u064b-\u0652\u0670]")
"""Arabic writes them or leaves them out, and stretches letters, without another meaning."""

_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\w]+(?=\d)")
_TURKISH_I = str.maketrans({"I": "ı", "İ": "i"})
_ARABIC_YEH_KAF = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک"})
"""Persian keyboards give either."""


def same_sentence_key(text: str, language: str) -> str:
    """Two texts with one key are one sentence. "" when no letter or digit is left.

    Signs that carry meaning stay: what stands between digits (1,5 is not 15), money and other symbols, %.
    """
    if language == "tr":
        text = text.translate(_TURKISH_I)
    text = unicodedata.normalize("NFKC", text).casefold()
    if language in ("ar", "fa"):
        text = _VOWEL_SIGNS.sub("", text)
    if language == "fa":
        text = text.translate(_ARABIC_YEH_KAF)
    text = _BETWEEN_DIGITS.sub("|", text)
    key = "".join(c for c in text if c == "%" or unicodedata.category(c)[0] in "LMNS")
    return key if any(unicodedata.category(c)[0] in "LN" for c in key) else ""


def _mood(text: str) -> str | None:
    """ "?" asked, "." told, None when the text ends without a mark, as speech and hurried typing do."""
    closed = text.rstrip(" \t\n\u00a0\u202f\"'”’»)")
    if not closed:
        return None
    if closed[-1] in _QUESTION_MARKS:
        return "?"
    return "." if closed[-1] in _FULL_STOPS else None


class PhraseIndex:
    """texts: per sentence, its texts by language; where two share one, the earlier sentence is found."""

    def __init__(self, texts: Iterable[Mapping[str, str]]) -> None:
        self._found: dict[tuple[str, str], list[Mapping[str, str]]] = {}
        for each in texts:
            for language, text in each.items():
                if key := same_sentence_key(text, language):
                    self._found.setdefault((language, key), []).append(each)

    def holds(self, text: str, language: str) -> bool:
        return bool(self._fitting(text, language))

    def find(self, text: str, source: str, target: str) -> str | None:
        """The sentence in target, or None. A question is never found for a statement, nor the reverse.

        In Polish and other languages only the mark tells them apart; without a mark either fits.
        """
        return next((texts[target] for texts in self._fitting(text, source) if target in texts), None)

    def _fitting(self, text: str, language: str) -> list[Mapping[str, str]]:
        found = self._found.get((language, same_sentence_key(text, language)), [])
        mood = _mood(text)
        return [each for each in found if not mood or _mood(each[language]) in (None, mood)]
