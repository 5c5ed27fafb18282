"""The sentences and words that people wrote: whole, in the right script, and plain where they are Dutch."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.domain.plain_language import Rule, check_text

HERE = Path(__file__).parent
PHRASES = HERE / "phrases"
NO_PHRASES = {"subjects.toml", "review.toml", "quick.toml"}
LANGUAGES = ("nl", "en", "ar", "tr", "pl", "uk", "fr", "de", "es", "fa", "so", "ti")

_MARKS = r"0-9\s.,;:!?’'()…\-"
_ROMAN_NAMES = re.compile(r"\b(?:DigiD|BSN)\b")
"""What these things are called on paper, in every language."""

_ARABIC = "\u0600-\u06ff\u200c"
"""Arabic and Persian; U+200C is the joint inside a Persian word."""
SCRIPTS = {
    "ar": _ARABIC,
    "fa": _ARABIC,
    "uk": "А-ЩЬЮЯа-щьюяҐґЄєІіЇї",
    "ti": "\u1200-\u137f",
    "nl": "A-Za-zëïéè",
    "en": "A-Za-z",
    "tr": "A-Za-zÇĞİÖŞÜçğıöşüâî",
    "pl": "A-Za-zĄĆĘŁŃÓŚŹŻąćęłńóśźż",
    "fr": "A-Za-zÀÂÇÉÈÊÎÔÛàâçéèêëîïôûùœ",
    "de": "A-Za-zÄÖÜäöüß",
    "es": "A-Za-zÁÉÍÓÚáéíóúñü¿¡",
    "so": "A-Za-z",
}
ONLY_ARABIC = re.compile("[كيىةؤإأ]")
"""Letters of Arabic that Persian writes otherwise (ک, ی, ه); أ and ؤ stand in "تأمین" and "سؤال" and are excused."""
ONLY_PERSIAN = re.compile("[پچژگکی]")

ENDINGS = {
    "ar": (".", "؟", "!"),
    "fa": (".", "؟", "!"),
    "ti": ("።", "፧", "!"),
}
SAME_IN_SEVERAL = {"Ja.", "No."}

NO_SHORTER_WORD = {
    "gefeliciteerd": "What everybody says, and learns in the first weeks of Dutch.",
    "gecondoleerd": "What everybody says; anything shorter sounds as if one does not mean it.",
}
"""Hard by the rules of plain Dutch, excused with a reason."""


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _files() -> Iterator[dict[str, Any]]:
    for path in sorted(PHRASES.glob("*.toml")):
        if path.name not in NO_PHRASES:
            yield {"file": path.stem, **_read(f"phrases/{path.name}")}


def _every_phrase() -> list[dict[str, Any]]:
    return [phrase for file in _files() for phrase in file["phrases"]]


def _terms() -> list[dict[str, str]]:
    terms: list[dict[str, str]] = _read("terms.toml")["terms"]
    return terms


def _subjects() -> list[dict[str, Any]]:
    subjects: list[dict[str, Any]] = _read("phrases/subjects.toml")["subjects"]
    return subjects


def _texts(language: str) -> dict[str, str]:
    """Every text of a language that stands on the board, by where it stands."""
    texts = {phrase["id"]: phrase["text"][language] for phrase in _every_phrase()}
    texts |= {f"subject {subject['id']}": subject["names"][language] for subject in _subjects()}
    return texts | {f"term {term['nl']}": term[language] for term in _terms()}


def _wrong_letters(text: str, language: str) -> set[str]:
    letters = _ROMAN_NAMES.sub("", text)
    return set(re.findall(f"[^{SCRIPTS[language]}{_MARKS}]", letters))


def test_there_are_enough_phrases_each_with_its_own_name() -> None:
    phrases = _every_phrase()
    ids = Counter(phrase["id"] for phrase in phrases)
    assert len(phrases) >= 160
    assert [name for name, count in ids.items() if count > 1] == []
    assert [name for name in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_every_file_is_about_its_own_subject_and_every_subject_has_a_file() -> None:
    subjects = [subject["id"] for subject in _subjects()]
    assert sorted(file["subject"] for file in _files()) == sorted(subjects)
    assert [file["file"] for file in _files() if file["file"] != file["subject"]] == []
    assert [file["file"] for file in _files() if not 8 <= len(file["phrases"]) <= 16] == []


def test_a_phrase_says_who_needs_it_and_shows_a_picture() -> None:
    for phrase in _every_phrase():
        assert set(phrase) == {"id", "by", "icon", "text"}, phrase["id"]
        assert phrase["by"] in {"employee", "citizen", "both"}, phrase["id"]
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", phrase["icon"]), phrase["id"]
    for by in ("employee", "citizen"):
        assert sum(phrase["by"] in {by, "both"} for phrase in _every_phrase()) >= 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_in_its_own_script(language: str) -> None:
    for where, text in _texts(language).items():
        assert text == text.strip() != "", where
        assert _wrong_letters(text, language) == set(), (where, text)
        assert re.search(f"[{SCRIPTS[language]}]", text), (where, text)


def test_nothing_is_in_a_language_that_we_do_not_name() -> None:
    assert [p["id"] for p in _every_phrase() if set(p["text"]) != set(LANGUAGES)] == []
    assert [s["id"] for s in _subjects() if set(s["names"]) != set(LANGUAGES)] == []
    assert [t["nl"] for t in _terms() if set(t) - {"explain_nl"} != set(LANGUAGES)] == []


def test_arabic_and_persian_keep_to_their_own_letters() -> None:
    for where, text in _texts("ar").items():
        assert not ONLY_PERSIAN.search(text), (where, text)
    for where, text in _texts("fa").items():
        assert set(ONLY_ARABIC.findall(text)) <= {"أ", "ؤ"}, (where, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_ends_as_sentences_of_its_language_do(language: str) -> None:
    for phrase in _every_phrase():
        text = phrase["text"][language]
        assert text.endswith(ENDINGS.get(language, (".", "?", "!"))), text
        if language == "es":
            assert text.count("?") == text.count("¿"), text
            assert text.count("!") == text.count("¡"), text
        if language in ENDINGS:
            assert "?" not in text, text
        if language == "fr":
            assert not re.search(r"[^\s][?!]", text), text


def test_no_two_languages_say_the_same() -> None:
    """What is equal in two languages was forgotten in one of them."""
    for phrase in _every_phrase():
        counts = Counter(text.casefold() for text in phrase["text"].values())
        twins = [text for text in phrase["text"].values() if counts[text.casefold()] > 1]
        assert set(twins) <= SAME_IN_SEVERAL, phrase["id"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_has_one_meaning(language: str) -> None:
    """A caption is looked up here by its letters: two phrases with the same ones would be a guess."""
    counts = Counter(re.sub(r"[^\w]", "", phrase["text"][language].casefold()) for phrase in _every_phrase())
    assert [text for text, count in counts.items() if count > 1] == []


def _too_hard(text: str, explained: set[str]) -> list[str]:
    """Findings, but not about an official word that the list of terms explains."""
    excused = {Rule.LONG_WORD, Rule.RARE_WORD, Rule.ABBREVIATION, Rule.OFFICIALESE}
    words = {word for term in explained for word in [term, *term.split()]}
    return [str(f) for f in check_text(text) if f.rule not in excused or f.found.lower() not in words]


def test_every_dutch_text_is_plain() -> None:
    explained = {term["nl"].lower() for term in _terms() if "explain_nl" in term}
    texts = [phrase["text"]["nl"] for phrase in _every_phrase()]
    texts += [subject["names"]["nl"] for subject in _subjects()]
    texts += [term["explain_nl"] for term in _terms() if "explain_nl" in term]
    assert [finding for text in texts for finding in _too_hard(text, explained | set(NO_SHORTER_WORD))] == []
    hard = " ".join(finding for text in texts for finding in _too_hard(text, explained)).lower()
    assert [word for word in NO_SHORTER_WORD if word not in hard] == []


def test_a_hard_word_is_only_excused_when_it_is_explained() -> None:
    assert _too_hard("Ik wil kwijtschelding vragen.", set()) != []
    assert _too_hard("Ik wil kwijtschelding vragen.", {"kwijtschelding"}) == []
    assert _too_hard("Indien u wilt, kan het.", {"kwijtschelding"}) != []


def test_the_terms_are_many_and_clear_in_every_direction() -> None:
    assert len(_terms()) >= 80
    for language in LANGUAGES:
        counts = Counter(term[language].casefold() for term in _terms())
        assert [word for word, count in counts.items() if count > 1] == [], language


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "de"])
def test_a_term_is_written_as_in_the_middle_of_a_sentence(language: str) -> None:
    for term in _terms():
        word = _ROMAN_NAMES.sub("", term[language])
        assert word[:1] == word[:1].lower(), word
        assert not re.search(r"[.!?؟።፧]$", word), word


def test_the_review_says_of_every_language_whether_a_speaker_read_it() -> None:
    review = _read("phrases/review.toml")
    assert set(review) == set(LANGUAGES)
    for language, entry in review.items():
        assert entry["status"] in {"checked", "unchecked"}, language
        if entry["status"] == "checked":
            assert entry["by"], language
            assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", entry["on"]), language
        else:
            assert entry["note"], language
    assert review["nl"]["status"] == "checked"
