"""Sentences, without a model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.speech.tongue.sentences import LONGEST_SENTENCE, split


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Hello. How are you?  Fine!", ["Hello. ", "How are you?  ", "Fine!"]),
        ("Dhr. De Vries komt. Mevr. Bakker niet.", ["Dhr. De Vries komt. ", "Mevr. Bakker niet."]),
        ("See J. Smith, e.g. here. Then go.", ["See J. Smith, e.g. here. ", "Then go."]),
        ("It costs 1.250 euros", ["It costs 1.250 euros"]),
        ("One\nTwo\n\nThree", ["One\n", "Two\n\n", "Three"]),
        ("Wait… what?! Yes.", ["Wait… ", "what?! ", "Yes."]),
        ("هل أنت بخير؟ نعم", ["هل أنت بخير؟ ", "نعم"]),
        ("ሰላም። ደሓን፧", ["ሰላም። ", "ደሓን፧"]),
        ("", []),
        ("   ", ["   "]),
    ],
)
def test_it_splits_where_a_sentence_ends(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


def test_it_does_not_cut_through_what_is_kept() -> None:
    assert split("On 14. March we go. Bye", [(3, 12)]) == ["On 14. March we go. ", "Bye"]


def test_a_sentence_without_end_is_cut_at_a_comma() -> None:
    pieces = split("and then I went there, " * 60)
    assert max(map(len, pieces)) <= LONGEST_SENTENCE
    assert all(piece.endswith(", ") for piece in pieces)
    assert max(map(len, split("a" * 2000))) <= LONGEST_SENTENCE


@given(st.text(st.sampled_from("ab. !?\n,;1"), max_size=900), st.integers(0, 500), st.integers(1, 400))
def test_nothing_is_added_or_lost(text: str, start: int, length: int) -> None:
    kept = [(start, start + length)] if start + length <= len(text) else []
    pieces = split(text, kept)
    assert "".join(pieces) == text
    assert all(pieces)
    place = 0
    for piece in pieces:
        assert not any(begin < place < end for begin, end in kept), "cut through what is kept"
        place += len(piece)
