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
