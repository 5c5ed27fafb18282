"""Which words are shown before the sentence is over."""

from app.speech.agreement import Agreement


def test_words_are_shown_once_two_decodings_agree() -> None:
    agreement = Agreement()
    assert not agreement.add("De plan")
    assert agreement.add("De plant van")
    assert agreement.text == "De"
    assert agreement.add("De plant van de aard")
    assert agreement.text == "De plant van"


def test_capitals_and_commas_are_no_disagreement() -> None:
    agreement = Agreement()
    agreement.add("ja, dat")
    agreement.add("Ja dat kan")
    assert agreement.text == "Ja dat"


def test_a_guess_supports_what_is_believed() -> None:
    agreement = Agreement()
    assert not agreement.add("De", guess=True)
    assert agreement.add("De plant")
    assert agreement.text == "De"
    assert agreement.add("De plant van", guess=True)
    assert agreement.text == "De plant"
    assert not agreement.add("De aard"), "the guess is no better than what was believed"


def test_two_guesses_are_nothing_to_show() -> None:
    agreement = Agreement()
    for _ in range(3):
        assert not agreement.add("Dank u", guess=True)
    assert agreement.text == ""


def test_a_wrong_guess_takes_no_support_away() -> None:
    agreement = Agreement()
    agreement.add("De plant van")
    agreement.add("Een krant", guess=True)
    assert agreement.add("De plant van de")
    assert agreement.text == "De plant van"


def test_what_is_shown_never_changes_or_shrinks() -> None:
    agreement = Agreement()
    agreement.add("Ik wil graag")
    agreement.add("Ik wil graag een")
    assert not agreement.add("Hij wil")
    assert not agreement.add("Hij wil")
    assert agreement.text == "Ik wil graag"
    agreement.add("Hij wil graag een paspoort")
    agreement.add("Hij wil graag een paspoort")
    assert agreement.text == "Ik wil graag een paspoort"


def test_at_a_pause_there_is_nothing_to_wait_for() -> None:
    agreement = Agreement()
    assert agreement.settle("Goedemorgen allemaal.")
    assert agreement.text == "Goedemorgen allemaal."
