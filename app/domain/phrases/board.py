"""What a phrase board is: subjects, phrases, their review, and finding a sentence's translation."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from app.domain.languages import OWN_NAMES
from app.domain.phrases.lookup import PhraseIndex

if TYPE_CHECKING:
    from app.domain.words import OwnPhrase

LANGUAGES = ("nl", "en", "ar", "tr", "pl", "uk", "fr", "de", "es", "fa", "so", "ti")
"""The languages that every phrase of ours has; a municipality's own phrase may have fewer, never without nl."""

NAMES: Mapping[str, str] = {code: OWN_NAMES[code] for code in LANGUAGES}

By = Literal["employee", "citizen", "both"]
"""Who says it. An interpreter or relative says what the citizen says."""

SAYERS: tuple[By, ...] = get_args(By)

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
    """One sentence, written by people, not by a machine. id: also names its recordings."""

    id: str
    subject: str
    by: By
    icon: str
    text: Mapping[str, str]
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


OWN = Subject(
    OWN_SUBJECT,
    "speech",
    {
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
    },
)


class PhraseBoard:
    """Immutable; one object serves every thread. subjects and phrases: in the order of showing.

    quick: ids of what a citizen may need at any moment ("Ik begrijp het niet"); these come first.
    """

    languages = LANGUAGES
    """In which somebody can press a phrase, whether or not a review was done."""

    def __init__(
        self,
        subjects: Iterable[Subject],
        phrases: Iterable[Phrase],
        reviews: Mapping[str, Review],
        quick: Iterable[str] = (),
    ) -> None:
        self._ours = (tuple(subjects), tuple(phrases))
        self._own: tuple[Phrase, ...] = ()
        self._reviews = dict(reviews)
        self._quick = tuple(quick)
        self._index = PhraseIndex(phrase.text for phrase in self._ours[1])
        self._own_index = PhraseIndex(())

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The municipality's own comes last, if any phrase stands there."""
        apart = any(phrase.subject == OWN_SUBJECT for phrase in self._own)
        return (*self._ours[0], OWN) if apart else self._ours[0]

    @property
    def all_phrases(self) -> tuple[Phrase, ...]:
        return (*self._own, *self._ours[1])

    def phrases(self, by: By, subject: str | None = None) -> tuple[Phrase, ...]:
        """What this person may say, of one subject or of all; own ones first. by "both": everybody's."""
        return tuple(
            phrase
            for phrase in self.all_phrases
            if phrase.is_for(by) and (subject is None or phrase.subject == subject)
        )

    def quick(self, by: By) -> tuple[Phrase, ...]:
        found = (self.phrase(phrase_id) for phrase_id in self._quick)
        return tuple(phrase for phrase in found if phrase and phrase.is_for(by))

    def phrase(self, phrase_id: str) -> Phrase | None:
        return next((phrase for phrase in self.all_phrases if phrase.id == phrase_id), None)

    def find(self, text: str, source: str, target: str) -> str | None:
        """The translation that people wrote of this sentence, or None. Case, marks and spaces do not matter.

        A municipality's own phrase wins over ours. Also None when source and target are one language.
        """
        if source == target:
            return None
        return self._own_index.find(text, source, target) or self._index.find(text, source, target)

    def language_of(self, text: str, believed: str) -> str:
        """In which language this sentence is a phrase; believed when it is none, or one in that language too.

        Who presses a phrase may read another language than the one they speak.
        """
        others = (language for language in self.languages if language != believed)
        for language in (believed, *others):
            if self._own_index.holds(text, language) or self._index.holds(text, language):
                return language
        return believed

    def review(self, language: str) -> Review:
        """ "unchecked" for a language without a review."""
        return self._reviews.get(language, UNCHECKED)

    def with_own(self, own: Iterable["OwnPhrase"]) -> "PhraseBoard":
        """A new board with a municipality's phrases instead of any that it had."""
        known = {subject.id for subject in self._ours[0]}
        board = copy(self)
        board._own = tuple(
            Phrase(
                id=f"own-{each.id}",
                subject=each.subject if each.subject in known else OWN_SUBJECT,
                by=each.by,
                icon="speech",
                text=dict(each.text),
                own=True,
            )
            for each in own
        )
        board._own_index = PhraseIndex(phrase.text for phrase in board._own)
        return board
