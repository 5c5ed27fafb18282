"""Which expected words are told to a recogniser, and when it is believed."""

import time

from app.speech.vocabulary import believable, resembling

EXPECTED = ("Oudegracht", "Zandhuizen", "bijzondere bijstand", "Grumbelaar", "Molenwijk", "Hoi")


def test_what_was_heard_otherwise_is_recognised_by_its_letters() -> None:
    assert resembling("The office on the outagrat is closed today.", EXPECTED) == ("Oudegracht",)
    assert resembling("De brief is voor meneer Grumbillard.", EXPECTED) == ("Grumbelaar",)
    assert resembling("Ik vraag bij zonder bijstand aan.", EXPECTED) == ("bijzondere bijstand",)


def test_words_may_be_heard_in_pieces() -> None:
    assert resembling("De school in Zantu is in Caldmy.", EXPECTED) == ("Zandhuizen",)


def test_other_sentences_ask_for_nothing() -> None:
    assert resembling("Ik wil graag mijn paspoort verlengen.", EXPECTED) == ()
    assert resembling("", EXPECTED) == ()


def test_what_was_heard_right_needs_no_help() -> None:
    assert resembling("Ik woon aan de Oudegracht.", EXPECTED) == ()


def test_a_second_hearing_is_believed_only_with_the_word_and_the_rest_as_it_was() -> None:
    before = "The office on the outagrat is closed today."
    assert believable(before, "The office on the Oudegracht is closed today.", ("Oudegracht",))
    assert not believable(before, "The office on the Outagrat is closed today.", ("Oudegracht",))
    assert not believable(before, "Oudegracht.", ("Oudegracht",))
    assert not believable(
        before, "Oudegracht, Oudegracht, Oudegracht, Oudegracht, Oudegracht", ("Oudegracht",)
    )


def test_a_whole_municipality_is_looked_through_in_no_time() -> None:
    streets = [
        f"{a}{b}{c}"
        for a in ("Oude", "Nieuwe", "Korte")
        for b in ("Molen", "Kerk", "Water")
        for c in ("straat", "laan", "weg", "plein", "hof", "dijk", "kade")
    ] * 5
    began = time.perf_counter()
    resembling(
        "Ik woon sinds vorig jaar met mijn twee kinderen aan de oude molenstraat in het dorp.", streets
    )
    assert time.perf_counter() - began < 1
