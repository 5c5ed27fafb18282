"""The phrase board: found again however it is typed, own phrases win, and our data is whole in every language."""

import string
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accessible_ui.web import APP_ROOT
from app.domain.phrases import (
    LANGUAGES,
    NAMES,
    MalformedPhrases,
    PhraseIndex,
    load_phrases,
    same_sentence_key,
)
from app.domain.phrases.loading import _FOLDER
from app.domain.words import OwnPhrase, built_in_terms

SAMPLE = load_phrases(Path(__file__).parent / "sample_phrases")
REAL = load_phrases()


@pytest.mark.parametrize(
    "typed",
    [
        "Ik begrijp het niet.",
        "ik begrijp het niet",
        "  IK  BEGRIJP\u00a0HET\nNIET!",
        "Ik begrijp het niet…",
        "“Ik begrijp het niet.”",
    ],
)
def test_case_marks_and_spaces_do_not_matter(typed: str) -> None:
    assert SAMPLE.find(typed, "nl", "en") == "I don't understand."


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("fr", "Je n’ai pas compris", "je n'ai pas compris."),
        ("tr", "IŞIK İSTİYORUM", "ışık istiyorum"),
        ("de", "GROSSE STRASSE", "große Straße"),
        ("ar", "أُرِيدُ مُتَرْجِماً", "أريد مترجما"),
        ("fa", "نمی‌شوم", "نمي شوم"),
        ("uk", "Мені п’ять", "мені п'ять"),
        ("ti", "ኣስተርጓሚ እደሊ።", "ኣስተርጓሚ እደሊ"),
        ("es", "¿Puede hablar?", "puede hablar?"),
        ("nl", "Cafe\u0301 om 9:30", "café om 9.30"),
    ],
)
def test_spelling_that_means_the_same_is_one_sentence(language: str, one: str, other: str) -> None:
    assert same_sentence_key(one, language) == same_sentence_key(other, language) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("Dat kost 1,5 euro", "Dat kost 15 euro"), ("€ 5", "$ 5"), ("5", "5%"), ("9 30", "930"), ("ja", "nee")],
)
def test_what_means_something_else_is_another_sentence(one: str, other: str) -> None:
    assert same_sentence_key(one, "nl") != same_sentence_key(other, "nl")


def test_a_question_is_never_found_for_a_statement() -> None:
    index = PhraseIndex([{"pl": "Ma Pan paszport?", "nl": "Hebt u een paspoort?"}])
    assert index.find("Ma Pan paszport.", "pl", "nl") is None
    assert index.find("ma pan paszport", "pl", "nl") == "Hebt u een paspoort?", "speech has no marks"
    assert index.find("Ma Pan paszport?", "pl", "nl") == "Hebt u een paspoort?"


def test_nothing_finds_nothing() -> None:
    for text in ("", "?", " . ", "\u200c", "🙂", "Ik begrijp het wel.", "Ik begrijp het niet. Echt niet."):
        assert SAMPLE.find(text, "nl", "en") is None, text
    assert SAMPLE.find("Ik begrijp het niet.", "nl", "nl") is None
    assert SAMPLE.find("Ik begrijp het niet.", "en", "nl") is None, "not in that language"
    assert SAMPLE.find("Ik begrijp het niet.", "nl", "pt") is None


@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_any_text_is_looked_up_without_harm(text: str, language: str) -> None:
    key = same_sentence_key(text, language)
    assert same_sentence_key(text + " .", language) == key
    SAMPLE.find(text, language, "nl")


@given(st.text(string.ascii_letters + "áéñçğışşžł", min_size=1, max_size=30))
def test_shouting_is_the_same_sentence(text: str) -> None:
    if text.upper().lower() == text.lower():
        assert same_sentence_key(text.upper(), "nl") == same_sentence_key(text.lower(), "nl")


def test_an_own_phrase_wins_comes_first_and_leaves_ours_elsewhere() -> None:
    own = OwnPhrase(7, "citizen", "conversation", {"nl": "ik begrijp het niet", "en": "Come again?"})
    board = SAMPLE.with_own([own])
    assert board.find("Ik begrijp het niet.", "nl", "en") == "Come again?"
    assert board.find("Ik begrijp het niet.", "nl", "so") == "Ma fahmayo."
    assert board.phrases("citizen", "conversation")[0].id == "own-7"
    assert [subject.id for subject in board.subjects] == [subject.id for subject in SAMPLE.subjects]
    assert SAMPLE.find("Ik begrijp het niet.", "nl", "en") == "I don't understand.", "the board itself stays"
    assert board.with_own([]).find("Ik begrijp het niet.", "nl", "en") == "I don't understand."


def test_an_own_phrase_of_a_lost_subject_stands_under_the_municipality() -> None:
    board = SAMPLE.with_own(
        [OwnPhrase(1, "both", "gone", {"nl": "Ja."}), OwnPhrase(2, "both", "own", {"nl": "Nee."})]
    )
    assert [phrase.text["nl"] for phrase in board.phrases("employee", "own")] == ["Ja.", "Nee."]
    assert board.subjects[-1].id == "own"


def test_who_presses_a_phrase_may_read_another_language() -> None:
    assert SAMPLE.language_of("Ma fahmayo", "nl") == "so"
    assert SAMPLE.language_of("Ik begrijp het niet", "nl") == "nl"
    assert SAMPLE.language_of("Iets anders", "nl") == "nl"


def test_review_is_honest_and_unknown_is_unchecked() -> None:
    assert SAMPLE.review("nl").status == "checked"
    assert SAMPLE.review("ti").status == "unchecked"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("conversation.toml", 'so = "Ma fahmayo."', 'so = " "', "so"),
        ("conversation.toml", 'id = "speak-slower"', 'id = "not-understand"', "not-understand"),
        ("conversation.toml", 'id = "speak-slower"', 'id = "../x"', "../x"),
        ("conversation.toml", 'by = "both"', 'by = "mayor"', "mayor"),
        ("conversation.toml", 'subject = "conversation"', 'subject = "x"', "subjects.toml"),
        ("subjects.toml", "[[subjects]]", "[[subjects", "subjects.toml"),
        ("quick.toml", "want-to-stop", "want-to-fly", "want-to-fly"),
        ("review.toml", '"checked"', '"perfect"', "perfect"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, file: str, old: str, new: str, told: str) -> None:
    for source in (Path(__file__).parent / "sample_phrases").glob("*.toml"):
        text = source.read_text(encoding="utf-8")
        changed = text.replace(old, new) if source.name == file else text
        assert source.name != file or changed != text
        (tmp_path / source.name).write_text(changed, encoding="utf-8")
    with pytest.raises(MalformedPhrases, match=told.replace(".", r"\.")):
        load_phrases(tmp_path)


# What we deliver.


def test_there_are_enough_phrases_for_both_sides() -> None:
    assert len(REAL.all_phrases) >= 150
    assert len(REAL.phrases("citizen")) >= 40
    assert len(REAL.phrases("employee")) >= 80
    assert [phrase.id for phrase in REAL.quick("citizen")] == [
        "not-understand", "speak-slower", "want-interpreter", "want-to-stop",
    ]  # fmt: skip
    assert 4 <= len(REAL.subjects) <= 25


def test_every_phrase_is_found_by_its_own_text_in_every_language() -> None:
    for phrase in REAL.all_phrases:
        assert set(phrase.text) == set(LANGUAGES) == set(NAMES)
        for language, text in phrase.text.items():
            target = "en" if language == "nl" else "nl"
            assert REAL.find(text, language, target), (phrase.id, language)


def test_one_sentence_has_one_meaning() -> None:
    """Two phrases that read the same in a language would be translated by whichever stands first."""
    for language in LANGUAGES:
        texts = defaultdict(list)
        for phrase in REAL.all_phrases:
            texts[same_sentence_key(phrase.text[language], language)].append(phrase.id)
        assert {key: ids for key, ids in texts.items() if len(ids) > 1} == {}, language


def test_no_text_is_anothers_by_accident() -> None:
    """A text copied and not translated would read the same in two languages."""
    for phrase in REAL.all_phrases:
        keys = defaultdict(list)
        for language, text in phrase.text.items():
            if len(text) > 4:  # "Ja." is German too
                keys[text.casefold()].append(language)
        assert all(len(languages) == 1 for languages in keys.values()), (phrase.id, dict(keys))


SCRIPTS = {"ar": "ARABIC", "fa": "ARABIC", "uk": "CYRILLIC", "ti": "ETHIOPIC"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_in_its_own_script_and_hides_nothing(language: str) -> None:
    for phrase in REAL.all_phrases:
        text = phrase.text[language]
        dutch = phrase.text["nl"].replace(".", "").replace("?", "").split() if language in SCRIPTS else []
        translated = " ".join(
            word for word in text.split() if word.strip(".?") not in dutch
        )  # DigiD stays DigiD
        letters = [unicodedata.name(c, "") for c in translated if unicodedata.category(c)[0] == "L"]
        own = [name for name in letters if name.startswith(SCRIPTS.get(language, "LATIN"))]
        assert len(own) > len(letters) * 0.6, (phrase.id, language, text)
        hidden = [c for c in text if unicodedata.category(c)[0] == "C" and c not in "\u200c\u200d"]
        assert not hidden, (phrase.id, language)
        assert text == text.strip() == unicodedata.normalize("NFC", text), (phrase.id, language)
        assert len(text) <= 200, "it must fit on a button and in one typed line"


def test_every_icon_is_drawn() -> None:
    drawn = (APP_ROOT / "accessible_ui" / "icon" / "icon.html").read_text()
    used = {phrase.icon for phrase in REAL.all_phrases} | {subject.icon for subject in REAL.subjects}
    assert {icon for icon in used if f'"{icon}": \'' not in drawn} == set()


def test_dutch_is_ours_and_all_others_wait_for_a_speaker() -> None:
    assert REAL.review("nl").status == "checked"
    for language in LANGUAGES:
        review = REAL.review(language)
        assert review.status == "unchecked" or (review.by and review.on), language


def test_every_file_of_the_folder_is_read() -> None:
    subjects = {phrase.subject for phrase in REAL.all_phrases}
    assert subjects == {subject.id for subject in REAL.subjects}, "no subject without a sentence"
    assert len(list(_FOLDER.glob("*.toml"))) == len(subjects) + 3


def test_built_in_terms_go_both_ways() -> None:
    dutch = built_in_terms("nl", "en")
    assert "bijstand" in dutch
    assert built_in_terms("en", "nl")[dutch["bijstand"]] == "bijstand"
    assert built_in_terms("nl", "nl") == {}
