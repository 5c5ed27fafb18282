"""When the ear says that somebody speaks another language than was chosen."""

from app.speech.other_language import OtherLanguage
from app.speech.recogniser import UNCLEAR


def told(*heard: str | None) -> list[str | None]:
    ear = OtherLanguage("nl")
    return [ear.follow(language) for language in heard]


def test_once_is_chance_and_twice_is_told() -> None:
    assert told("en", "en", "en") == [None, "en", "en"]


def test_ones_own_language_is_not_told() -> None:
    assert told("nl", "nl", "nl") == [None, None, None]


def test_one_sentence_of_ones_own_begins_the_count_anew() -> None:
    assert told("en", "nl", "en", "nl", "en") == [None] * 5
    assert told("en", "de", "en") == [None] * 3


def test_an_unclear_sentence_begins_the_count_anew_and_a_short_one_does_not() -> None:
    assert told("en", UNCLEAR, "en", UNCLEAR, UNCLEAR) == [None] * 5
    assert told("en", None, "en") == [None, None, "en"]
