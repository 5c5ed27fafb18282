"""A municipality's own words: phrases it adds, official words with a fixed translation, names to listen for."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from app.domain.phrases import By, PhraseBoard

TERMS_FILE = Path(__file__).parent / "terms.toml"

LONGEST_PHRASE = 200
"""Characters of a phrase in one language: one sentence, fit for a button."""

LONGEST_WORD = 60
"""Characters of a term or a vocabulary word."""

MOST_WORDS = 500
"""Of each kind in one municipality. A recogniser's prompt and a page hold no more."""


class UnfitWord(ValueError):
    """reason: "empty", "long", "language" (not ours), "twice" (it is there already) or "many".

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
    """What a manager may do with the words. Adding raises UnfitWord; removing what is gone does nothing.

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
    if source == target or not file.exists():
        return {}
    entries: list[dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))["terms"]
    found: dict[str, str] = {}
    for entry in entries:
        if source in entry and target in entry:
            found.setdefault(entry[source], entry[target])
    return found
