"""A municipality's own phrases, terms and vocabulary as the database keeps them."""

from collections.abc import Mapping, Sequence
from typing import TypeVar, cast

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from app.domain.conversations import NotFound
from app.domain.phrases import LANGUAGES, By, PhraseBoard, load_phrases
from app.domain.phrases.board import OWN_SUBJECT, SAYERS
from app.domain.words import (
    LONGEST_WORD,
    MOST_WORDS,
    OwnPhrase,
    Term,
    UnfitWord,
    VocabularyWord,
    built_in_terms,
    clean_phrase,
    clean_text,
)
from app.storage.database import Database
from app.storage.tables import (
    ConversationRow,
    MunicipalityRow,
    OwnPhraseRow,
    ServiceTypeRow,
    TermRow,
    VocabularyWordRow,
)

Row = TypeVar("Row", OwnPhraseRow, TermRow, VocabularyWordRow)

_LARGEST_ID = 2**31 - 1
"""What PostgreSQL's integer holds; an address or a form may ask for more."""


class StoredWords:
    """Implements app.domain.words.WordKeeping for the municipality that this installation serves.

    Whoever adds first locks the municipality's row, so that two who add the same word come one after another.
    """

    def __init__(self, database: Database, phrases: PhraseBoard | None = None) -> None:
        self._database = database
        self._phrases = phrases or load_phrases()
        self._made: tuple[tuple[OwnPhrase, ...], PhraseBoard] = ((), self._phrases)

    def board(self) -> PhraseBoard:
        """Made anew only when the own phrases changed: looking a sentence up costs one small query."""
        own = tuple(self.own_phrases())
        made_of, board = self._made
        if own != made_of:
            board = self._phrases.with_own(own)
            self._made = (own, board)
        return board

    def terms(self, source: str, target: str) -> dict[str, str]:
        own = select(TermRow.word, TermRow.translation).where(
            TermRow.municipality_id.in_(_served()), TermRow.source == source, TermRow.target == target
        )
        with self._database.reading() as session:
            found = {row.word: row.translation for row in session.execute(own)}
        kept = {word.casefold() for word in found}
        ours = built_in_terms(source, target).items()
        return {word: text for word, text in ours if word.casefold() not in kept} | found

    def vocabulary(self, conversation_id: str) -> tuple[str, ...]:
        general = VocabularyWordRow.service_type_id.is_(None)
        words = (
            select(VocabularyWordRow.word)
            .join(ConversationRow, ConversationRow.municipality_id == VocabularyWordRow.municipality_id)
            .where(ConversationRow.id == conversation_id)
            .where(or_(general, VocabularyWordRow.service_type_id == ConversationRow.service_type_id))
            .order_by(general.desc(), VocabularyWordRow.id)
        )
        with self._database.reading() as session:
            return tuple(dict.fromkeys(session.scalars(words)))

    def own_phrases(self) -> list[OwnPhrase]:
        with self._database.reading() as session:
            return [_phrase(row) for row in _all(session, OwnPhraseRow)]

    def own_terms(self) -> list[Term]:
        with self._database.reading() as session:
            return [_term(row) for row in _all(session, TermRow)]

    def vocabulary_words(self) -> list[VocabularyWord]:
        with self._database.reading() as session:
            return [_word(row) for row in _all(session, VocabularyWordRow)]

    def add_phrase(self, by: By, subject: str, text: Mapping[str, str]) -> OwnPhrase:
        texts = clean_phrase(text)
        if by not in SAYERS:
            raise UnfitWord("unknown", "by")
        if subject not in {OWN_SUBJECT, *(known.id for known in self._phrases.subjects)}:
            raise UnfitWord("unknown", "subject")
        with self._database.writing() as session:
            town = _lock(session)
            there = _few(_all(session, OwnPhraseRow), "text.nl")
            if any(row.texts["nl"].casefold() == texts["nl"].casefold() for row in there):
                raise UnfitWord("twice", "text.nl")
            row = OwnPhraseRow(municipality_id=town, said_by=by, subject=subject, texts=texts)
            session.add(row)
            session.flush()
            return _phrase(row)

    def add_term(self, source: str, word: str, target: str, translation: str) -> Term:
        for field, language in (("source", source), ("target", target)):
            if language not in LANGUAGES:
                raise UnfitWord("unknown", field)
        if source == target:
            raise UnfitWord("unknown", "target")
        word = clean_text(word, LONGEST_WORD, "word")
        translation = clean_text(translation, LONGEST_WORD, "translation")
        with self._database.writing() as session:
            town = _lock(session)
            for row in _few(_all(session, TermRow), "word"):
                if (row.source, row.target, row.word.casefold()) == (source, target, word.casefold()):
                    raise UnfitWord("twice", "word")
            row = TermRow(
                municipality_id=town, source=source, word=word, target=target, translation=translation
            )
            session.add(row)
            session.flush()
            return _term(row)

    def add_vocabulary_word(self, word: str, service_type_id: int | None) -> VocabularyWord:
        word = clean_text(word, LONGEST_WORD, "word")
        with self._database.writing() as session:
            town = _lock(session)
            if service_type_id is not None and not _has_service_type(session, town, service_type_id):
                raise UnfitWord("unknown", "service_type")
            for row in _few(_all(session, VocabularyWordRow), "word"):
                if (row.service_type_id, row.word.casefold()) == (service_type_id, word.casefold()):
                    raise UnfitWord("twice", "word")
            row = VocabularyWordRow(municipality_id=town, service_type_id=service_type_id, word=word)
            session.add(row)
            session.flush()
            return _word(row)

    def remove_phrase(self, phrase_id: int) -> None:
        self._remove(OwnPhraseRow, phrase_id)

    def remove_term(self, term_id: int) -> None:
        self._remove(TermRow, term_id)

    def remove_vocabulary_word(self, word_id: int) -> None:
        self._remove(VocabularyWordRow, word_id)

    def _remove(self, kind: type[Row], row_id: int) -> None:
        if not 0 < row_id <= _LARGEST_ID:
            return
        with self._database.writing() as session:
            session.execute(delete(kind).where(kind.id == row_id, kind.municipality_id.in_(_served())))


def _served() -> Select[int]:
    """The one municipality that this installation serves: the first that was set up."""
    return select(MunicipalityRow.id).order_by(MunicipalityRow.id).limit(1)


def _lock(session: Session) -> int:
    """Its id. Raises NotFound before it is set up."""
    town = session.scalar(_served().with_for_update())
    if town is None:
        raise NotFound
    return town


def _all(session: Session, kind: type[Row]) -> Sequence[Row]:
    return session.scalars(select(kind).where(kind.municipality_id.in_(_served())).order_by(kind.id)).all()


def _few(rows: Sequence[Row], field: str) -> Sequence[Row]:
    if len(rows) >= MOST_WORDS:
        raise UnfitWord("many", field)
    return rows


def _has_service_type(session: Session, town: int, service_type_id: int) -> bool:
    if not 0 < service_type_id <= _LARGEST_ID:
        return False
    found = session.get(ServiceTypeRow, service_type_id)
    return found is not None and found.municipality_id == town


def _phrase(row: OwnPhraseRow) -> OwnPhrase:
    return OwnPhrase(row.id, cast(By, row.said_by), row.subject, dict(row.texts))


def _term(row: TermRow) -> Term:
    return Term(row.id, row.source, row.word, row.target, row.translation)


def _word(row: VocabularyWordRow) -> VocabularyWord:
    return VocabularyWord(row.id, row.word, row.service_type_id)
