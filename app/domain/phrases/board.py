"""What a phrase board is: subjects, phrases, their review, and finding a sentence's translation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.domain.phrases.lookup import PhraseIndex

if TYPE_CHECKING:
    from app.domain.words import OwnPhrase

LANGUAGES = ("nl", "en", "ar", "tr", "pl", "uk", "fr", "de", "es", "fa", "so", "ti")
"""The languages that every phrase of ours has; a municipality's own phrase may have fewer, never without nl."""

By = Literal["employee", "citizen", "both"]
"""Who says it. An interpreter or relative says what the citizen says."""

OWN_SUBJECT = "own"
"""Where a municipality's phrase stands when its subject is not, or no longer, one of ours."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a phrase is about, e.g. "documents". names: in all of LANGUAGES."""

    id: str
    icon: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence, said by people in a municipality, not by a machine. id: also names its recordings.

    quick: what a citizen may need at any moment ("Ik begrijp het niet"); these come first.
    """

    id: str
    subject: str
    by: By
    icon: str
    text: Mapping[str, str]
    quick: bool = False
    own: bool = False

    def is_for(self, by: By) -> bool:
        return by == "both" or self.by in (by, "both")


@dataclass(frozen=True, slots=True)
class Review:
    """Has somebody who speaks the language looked at the phrases? by and on are "" while unchecked."""

    status: Literal["checked", "unchecked"]
    by: str = ""
    on: str = ""


UNCHECKED = Review("unchecked")


class PhraseBoard:
    """Immutable; one object serves every thread. subjects and phrases: in the order of showing."""

    def __init__(
        self, subjects: Iterable[Subject], phrases: Iterable[Phrase], reviews: Mapping[str, Review]
    ) -> None:
        self.subjects = tuple(subjects)
        self.all_phrases = tuple(phrases)
        self._reviews = dict(reviews)
        own_first = sorted(self.all_phrases, key=lambda phrase: not phrase.own)
        self._index = PhraseIndex(phrase.text for phrase in own_first)

    @property
    def languages(self) -> tuple[str, ...]:
        """In which somebody can press a phrase: ours, whether or not a review was done."""
        return LANGUAGES

    def phrases(self, by: By, subject: str | None = None) -> tuple[Phrase, ...]:
        """What this person may say, of one subject or of all. by "both": everybody's."""
        return tuple(
            phrase
            for phrase in self.all_phrases
            if phrase.is_for(by) and (subject is None or phrase.subject == subject)
        )

    def quick(self, by: By) -> tuple[Phrase, ...]:
        return tuple(phrase for phrase in self.phrases(by) if phrase.quick)

    def phrase(self, phrase_id: str) -> Phrase | None:
        return next((phrase for phrase in self.all_phrases if phrase.id == phrase_id), None)

    def find(self, text: str, source: str, target: str) -> str | None:
        """The translation that people wrote of this sentence, or None. Case, marks and spaces do not matter.

        A municipality's own phrase wins over ours. Also None when source and target are one language.
        """
        return None if source == target else self._index.find(text, source, target)

    def review(self, language: str) -> Review:
        """ "unchecked" for a language without a review."""
        return self._reviews.get(language, UNCHECKED)

    def with_own(self, own: Iterable["OwnPhrase"]) -> "PhraseBoard":
        """A new board with a municipality's phrases on top; they come first within their subject."""
        known = {subject.id for subject in self.subjects}
        added = [
            Phrase(
                id=f"own-{each.id}",
                subject=each.subject if each.subject in known else OWN_SUBJECT,
                by=each.by,
                icon="speech",
                text=dict(each.text),
                own=True,
            )
            for each in own
        ]
        subjects = self.subjects
        if any(phrase.subject == OWN_SUBJECT for phrase in added):
            subjects = (*subjects, Subject(OWN_SUBJECT, "speech", OWN_SUBJECT_NAMES))
        return PhraseBoard(subjects, (*added, *self.all_phrases), self._reviews)


OWN_SUBJECT_NAMES: Mapping[str, str] = {
    "nl": "Van de gemeente",
    "en": "From the municipality",
    "ar": "من البلدية",
    "tr": "Belediyeden",
    "pl": "Od gminy",
    "uk": "Від муніципалітету",
    "fr": "De la commune",
    "de": "Von der Gemeinde",
    "es": "Del ayuntamiento",
    "fa": "از شهرداری",
    "so": "Dawladda hoose",
    "ti": "ካብ ምምሕዳር ከተማ",
}
