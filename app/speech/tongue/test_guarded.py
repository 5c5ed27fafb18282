"""Guarding a translation, with engines that do wrong in one way each."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from app.speech.tongue.guarded import Sentence, translate_guarded
from app.speech.tongue.protected import find

SAID = "Ana pays € 12.400 before 14 March, see a@b.nl"


@dataclass
class Done:
    asked: list[str]
    translation: str | None
    lost: list[str]


def translate(text: str, engine: Callable[[str], str], **known) -> Done:
    sentence = Sentence(text, find(text, "en", "pt", **known))
    asked: list[str] = []

    def run(texts: list[str]) -> list[str]:
        asked.extend(texts)
        return [engine(text) for text in texts]

    translate_guarded([sentence], run)
    return Done(asked, sentence.translation, sentence.lost)


def portuguese(text: str) -> str:
    return re.sub(r"14 March", "14 de março", text).replace("pays", "paga").replace("before", "antes de")


def test_what_engines_need_not_understand_is_held_and_the_rest_stands() -> None:
    done = translate(SAID, portuguese, names=["Ana"])
    assert done.asked == ["Ana pays XQ1 before 14 March, see XQ2"]
    assert done.translation == "Ana paga € 12.400 antes de 14 de março, see a@b.nl"
    assert done.lost == []


def test_what_was_lost_is_held_the_second_time() -> None:
    done = translate(SAID, lambda text: portuguese(text).replace("Ana", "Anna"), names=["Ana"])
    assert done.asked[1] == "XQ1 pays XQ2 before 14 March, see XQ3"
    assert done.translation == "Ana paga € 12.400 antes de 14 de março, see a@b.nl"


def test_a_date_that_was_lost_is_written_for_the_reader() -> None:
    done = translate("Before 14 March 2026", lambda text: text.replace("March", "maio"))
    assert done.translation == "Before 14 de março de 2026"


def test_an_engine_that_eats_one_placeholder_gets_another() -> None:
    done = translate(SAID, lambda text: portuguese(text).replace("XQ", "X "), names=["Ana"])
    assert len(done.asked) == 3
    assert done.translation == "Ana paga € 12.400 antes de 14 de março, see a@b.nl"


@pytest.mark.parametrize("engine", [lambda _: "nada", lambda _: "", lambda text: text + text])
def test_what_cannot_be_saved_is_not_translated_and_reported(engine: Callable[[str], str]) -> None:
    done = translate(SAID, engine, names=["Ana"])
    assert done.translation is None
    assert "€ 12.400" in done.lost


def test_an_engine_that_repeats_itself_is_not_shown() -> None:
    done = translate("What is it?", lambda _: "o que " * 50)
    assert (done.translation, done.lost) == (None, ["What is it?"])


def test_a_number_that_nobody_said_is_not_shown() -> None:
    done = translate("How much is it?", lambda _: "São 1.234,50?")
    assert (done.translation, done.lost) == (None, ["1.234,50"])


def test_without_words_no_engine_is_asked() -> None:
    done = translate("14 March, € 40!", portuguese)
    assert done.asked == []
    assert done.translation == "14 de março, € 40!"


def test_somebody_may_say_our_placeholder() -> None:
    done = translate("Write XQ1 to a@b.nl", lambda text: text)
    assert done.translation == "Write XQ1 to a@b.nl"


def test_capitals_at_the_beginning_stay_and_shouting_is_understood() -> None:
    assert translate("Hello there", lambda _: "olá").translation == "Olá"
    assert translate("a@b.nl is mine", lambda text: text).translation == "a@b.nl is mine"
    shouted = translate("PLEASE WAIT", lambda text: text.replace("Please wait", "Por favor espere"))
    assert shouted.translation == "POR FAVOR ESPERE"
