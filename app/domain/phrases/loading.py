"""Reads the board from TOML: one file per subject, subjects.toml, review.toml and quick.toml."""

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.phrases.board import LANGUAGES, SAYERS, Phrase, PhraseBoard, Review, Subject

_FOLDER = Path(__file__).parent
_NO_PHRASES = frozenset({"subjects.toml", "review.toml", "quick.toml"})
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class MalformedPhrases(ValueError):
    """A file says something the board cannot be made of. args[0] tells which file and what."""


@cache
def load_phrases(folder: Path = _FOLDER) -> PhraseBoard:
    """The board as it is delivered, read once.

    Raises MalformedPhrases: a text missing in a language, an id twice, a subject that is not in subjects.toml.
    """
    subjects = [
        _subject(entry, folder / "subjects.toml") for entry in _read(folder / "subjects.toml")["subjects"]
    ]
    order = {subject.id: number for number, subject in enumerate(subjects)}
    phrases: list[Phrase] = []
    for file in sorted(folder.glob("*.toml")):
        if file.name not in _NO_PHRASES:
            phrases += _phrases(file, order)
    for id_, times in Counter(phrase.id for phrase in phrases).items():
        if times > 1 or not _ID.fullmatch(id_) or id_.startswith("own-"):
            raise MalformedPhrases(f"{folder}: id {id_!r} stands {times} times or is no plain name")
    phrases.sort(key=lambda phrase: order[phrase.subject])
    quick: list[str] = _read(folder / "quick.toml")["quick"]
    if unknown := set(quick) - {phrase.id for phrase in phrases}:
        raise MalformedPhrases(f"{folder / 'quick.toml'}: no phrase is called {sorted(unknown)}")
    return PhraseBoard(subjects, phrases, _reviews(folder / "review.toml"), quick)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise MalformedPhrases(f"{file}: {problem}") from problem


def _texts(entry: dict[str, Any], key: str, file: Path) -> dict[str, str]:
    texts: dict[str, str] = entry[key]
    for language in LANGUAGES:
        if not texts.get(language, "").strip():
            raise MalformedPhrases(f"{file}: {entry.get('id')} has no text in {language}")
    return texts


def _subject(entry: dict[str, Any], file: Path) -> Subject:
    return Subject(entry["id"], entry["icon"], _texts(entry, "names", file))


def _phrases(file: Path, subjects: dict[str, int]) -> list[Phrase]:
    content = _read(file)
    subject = content["subject"]
    if subject not in subjects:
        raise MalformedPhrases(f"{file}: subject {subject!r} is not in subjects.toml")
    found = []
    for entry in content["phrases"]:
        if entry["by"] not in SAYERS:
            raise MalformedPhrases(f"{file}: {entry['id']} is said by {entry['by']!r}")
        found.append(
            Phrase(
                id=entry["id"],
                subject=subject,
                by=entry["by"],
                icon=entry["icon"],
                text=_texts(entry, "text", file),
            )
        )
    return found


def _reviews(file: Path) -> dict[str, Review]:
    reviews = {}
    for language, entry in _read(file).items():
        status = entry["status"]
        if status not in ("checked", "unchecked"):
            raise MalformedPhrases(f"{file}: {language} is {status!r}")
        reviews[language] = Review(status, str(entry.get("by", "")), str(entry.get("on", "")))
    return reviews
