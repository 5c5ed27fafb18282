"""What a reader sees of the board: which sentences, in which two languages, and what can be heard."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from app.domain.languages import direction
from app.domain.phrases import LANGUAGES, NAMES, By, Phrase, PhraseBoard
from app.domain.phrases.recordings import find_recording

AT_ONCE = 5
"""Subjects on one screen; "more" is the sixth choice."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language as a page needs it."""

    code: str

    @property
    def name(self) -> str:
        return NAMES[self.code]

    @property
    def direction(self) -> str:
        return direction(self.code)


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence to press. other: in the second language, None when there is none or it is the same."""

    id: str
    icon: str
    tongue: Tongue
    text: str
    other: str | None
    sounds: bool


@dataclass(frozen=True, slots=True)
class SubjectView:
    id: str
    icon: str
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class BoardView:
    """tongue: the reader's; other: what stands small below it. checked: has a speaker looked at tongue?"""

    by: By
    tongue: Tongue
    other: Tongue | None
    checked: bool
    quick: tuple[Line, ...]
    subjects: tuple[SubjectView, ...]

    @property
    def tongues(self) -> tuple[Tongue, ...]:
        return tuple(Tongue(code) for code in LANGUAGES)

    @property
    def screens(self) -> list[tuple[SubjectView, ...]]:
        """Subjects as they fit on a screen, at least one screen."""
        return [self.subjects[at : at + AT_ONCE] for at in range(0, len(self.subjects), AT_ONCE)] or [()]

    def subject(self, subject_id: str) -> SubjectView | None:
        return next((subject for subject in self.subjects if subject.id == subject_id), None)


def view_board(
    board: PhraseBoard, by: By, language: str, other: str | None, voices: Container[str]
) -> BoardView:
    """language and other: of the board, see board_language(). voices: languages that can be read aloud."""
    second = None if other == language else other

    def lines(phrases: Iterable[Phrase]) -> tuple[Line, ...]:
        return tuple(_line(phrase, language, second, voices) for phrase in phrases)

    subjects = (
        SubjectView(subject.id, subject.icon, subject.names[language], lines(board.phrases(by, subject.id)))
        for subject in board.subjects
    )
    return BoardView(
        by=by,
        tongue=Tongue(language),
        other=Tongue(second) if second else None,
        checked=board.review(language).status == "checked",
        quick=lines(board.quick(by)) if by != "employee" else (),
        subjects=tuple(subject for subject in subjects if subject.lines),
    )


def _line(phrase: Phrase, language: str, other: str | None, voices: Container[str]) -> Line:
    """An own phrase may lack the reader's language: then it stands there in Dutch, and is sent in Dutch."""
    code = language if language in phrase.text else "nl"
    return Line(
        id=phrase.id,
        icon=phrase.icon,
        tongue=Tongue(code),
        text=phrase.text[code],
        other=phrase.text.get(other) if other and other != code else None,
        sounds=code in voices or find_recording(phrase, code) is not None,
    )


def board_language(wish: str | None, otherwise: str) -> str:
    """The wish if the board has it ("ar-MA" is served by "ar"), else the other, else Dutch."""
    for code in ((wish or "").partition("-")[0].lower(), otherwise):
        if code in LANGUAGES:
            return code
    return "nl"
