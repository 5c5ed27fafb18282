"""The coach says what helps, one thing at a time, and does not nag."""

import pytest

from app.domain.plain_language.coach import PACE_REST_UTTERANCES, SENTENCE_WORDS, Coach, Hint
from app.domain.plain_language.tables import ABBREVIATIONS, OFFICIALESE

CALM = "Hebt u uw paspoort bij u?"


def test_there_are_more_than_300_pairs() -> None:
    assert len(OFFICIALESE.plain) + len(ABBREVIATIONS.plain) > 300
    assert len(set(OFFICIALESE.plain.values())) > 200


@pytest.mark.parametrize(
    ("said", "found", "plain"),
    [
        ("Indien u dat wilt, kan dat.", "Indien", "als"),
        ("Dat is kosteloos voor u.", "kosteloos", "gratis"),
        ("U moet dit onverwijld doen.", "onverwijld", "meteen"),
        ("Met betrekking tot uw vraag.", "Met betrekking tot", "over"),
    ],
)
def test_a_hard_word_gets_a_simpler_one(said: str, found: str, plain: str) -> None:
    assert Coach().hear(said, 4) == Hint("hard_word", found, plain)


def test_plain_speech_gets_no_hint() -> None:
    coach = Coach()
    assert [coach.hear(CALM, 2.5) for _ in range(20)] == [None] * 20


def test_a_word_is_told_once() -> None:
    coach = Coach()
    assert coach.hear("Dat is kosteloos.", 2) is not None
    assert coach.hear("Ja, kosteloos.", 2) is None


def test_the_longest_of_two_comes_first_and_the_other_the_next_time() -> None:
    coach = Coach()
    said = "Indien u wilt, met betrekking tot uw huis."
    first, second = coach.hear(said, 4), coach.hear(said, 4)
    assert first
    assert first.found == "met betrekking tot"
    assert second
    assert second.found == "Indien"


def test_a_sentence_may_be_twenty_words_long_and_no_longer() -> None:
    words = ["dag"] * SENTENCE_WORDS
    assert Coach().hear(" ".join(words) + ".", 60) is None
    assert Coach().hear(" ".join([*words, "dag"]) + ".", 60) == Hint("long_sentence", str(SENTENCE_WORDS + 1))


def test_two_short_sentences_are_no_long_one() -> None:
    assert (
        Coach().hear("Dat kan wel een keer op een dag. Wij doen dat dan samen met u op een dag.", 60) is None
    )


def test_a_fast_talker_hears_it_once_and_then_gets_time() -> None:
    coach = Coach()
    ten_words = "dag een twee en dan nog een keer dat huis."
    hints = [coach.hear(ten_words, 2.0) for _ in range(4 + PACE_REST_UTTERANCES)]
    assert hints[:3] == [None] * 3  # too few words to say anything
    assert hints[3] == Hint("too_fast", "300")
    assert hints[4 : 3 + PACE_REST_UTTERANCES] == [None] * (PACE_REST_UTTERANCES - 1)
    assert hints[-1] == Hint("too_fast", "300")


def test_who_slows_down_is_left_in_peace() -> None:
    coach = Coach()
    fast = [coach.hear("dag een twee en dan nog een keer dat huis.", 2.0) for _ in range(4)]
    calm = [coach.hear("dag een twee en dan nog een keer dat huis.", 5.0) for _ in range(30)]
    assert fast[3] is not None
    assert calm == [None] * 30


def test_silence_and_nonsense_do_no_harm() -> None:
    coach = Coach()
    assert [coach.hear(text, 0.0) for text in ("", " ", "…", "?!", "1 2 3")] == [None] * 5
