"""A municipality's own words: phrases it adds, official words with a fixed translation, names to listen for."""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from app.domain.phrases import LANGUAGES, By, PhraseBoard

TERMS_FILE = Path(__file__).parent / "terms.toml"

LONGEST_PHRASE = 200
"""Characters of a phrase in one language: one sentence, fit for a button."""

LONGEST_WORD = 60
"""Characters of a term or a vocabulary word."""

MOST_WORDS = 500
"""Of each kind in one municipality. A recogniser's prompt and a page hold no more."""


class UnfitWord(ValueError):
    """reason: "empty", "long", "unknown" (no such language, subject, service type), "twice" or "many".

    field: which field of the noun, for a phrase "text.<language>".
    """

    def __init__(self, reason: str, field: str) -> None:
        super().__init__(reason, field)
        self.reason = reason
        self.field = field


@dataclass(frozen=True, slots=True)
class OwnPhrase:
    """A sentence that a municipality adds to the phrase board. text: by language, "nl" always there."""

    id: int
    by: By
    subject: str
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Term:
    """An official word whose translation is fixed: (source language, word) → (target language, translation)."""

    id: int
    source: str
    word: str
    target: str
    translation: str


@dataclass(frozen=True, slots=True)
class VocabularyWord:
    """A name or word that the recogniser must know. service_type_id None: of the whole municipality."""

    id: int
    word: str
    service_type_id: int | None


class MunicipalWords(Protocol):
    """The words that count in a conversation. Callable from any thread; quick enough to ask each time."""

    def terms(self, source: str, target: str) -> dict[str, str]:
        """Official words, source → target: the built-in list and the municipality's own; its own wins."""

    def vocabulary(self, conversation_id: str) -> tuple[str, ...]:
        """Of the municipality, then of the talk's service type; () for a talk that is not there."""

    def board(self) -> PhraseBoard:
        """Ours with the municipality's phrases on top."""


class WordKeeping(MunicipalWords, Protocol):
    """What a manager may do with the words. Adding raises UnfitWord, and NotFound before
    the municipality is set up; removing what is gone does nothing.

    Each call is one transaction; what it changed counts from the next call on, in every process.
    """

    def own_phrases(self) -> list[OwnPhrase]: ...

    def own_terms(self) -> list[Term]: ...

    def vocabulary_words(self) -> list[VocabularyWord]: ...

    def add_phrase(self, by: By, subject: str, text: Mapping[str, str]) -> OwnPhrase: ...

    def add_term(self, source: str, word: str, target: str, translation: str) -> Term: ...

    def add_vocabulary_word(self, word: str, service_type_id: int | None) -> VocabularyWord: ...

    def remove_phrase(self, phrase_id: int) -> None: ...

    def remove_term(self, term_id: int) -> None: ...

    def remove_vocabulary_word(self, word_id: int) -> None: ...


@cache
def built_in_terms(source: str, target: str, file: Path = TERMS_FILE) -> Mapping[str, str]:
    """The list that we deliver, source → target; empty for a pair it does not hold. Do not change it."""
    if source == target:
        return {}
    entries: list[dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))["terms"]
    found: dict[str, str] = {}
    for entry in entries:
        if source in entry and target in entry:
            found.setdefault(entry[source], entry[target])
    return found


def clean_text(text: str, longest: int, field: str) -> str:
    """One line, NFC, single spaces, without invisible characters that reorder or hide what others read.

    Raises UnfitWord: "empty" when no letter or digit is left, "long".
    """
    if len(text) > 10 * longest:
        raise UnfitWord("long", field)
    spaced = "".join(_visible(character) for character in unicodedata.normalize("NFC", text))
    line = " ".join(spaced.split())
    if not any(unicodedata.category(character)[0] in "LN" for character in line):
        raise UnfitWord("empty", field)
    if len(line) > longest:
        raise UnfitWord("long", field)
    return line


def _visible(character: str) -> str:
    if character in "\u200c\u200d":  # part of spelling in Persian
        return character
    category = unicodedata.category(character)
    return " " if category[0] == "Z" or character in "\t\r\n" else "" if category[0] == "C" else character


def clean_phrase(text: Mapping[str, str]) -> dict[str, str]:
    """The texts of an own phrase as they may be kept; empty ones are left out. Raises UnfitWord."""
    for language in text:
        if language not in LANGUAGES:
            raise UnfitWord("unknown", f"text.{language[:10]}")
    kept = {
        language: clean_text(text[language], LONGEST_PHRASE, f"text.{language}")
        for language in LANGUAGES
        if text.get(language, "").strip()
    }
    if "nl" not in kept:
        raise UnfitWord("empty", "text.nl")
    return kept
