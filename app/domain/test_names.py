"""Huge, odd and hostile names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.names import LONGEST_NAME, UnfitName, clean_name


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Sanne", "Sanne"),
        ("  Jan\tvan\r\nder   Berg ", "Jan van der Berg"),
        ("Zoe\u0308", "Zoë"),
        ("O\u2019Neill-d'Arc", "O\u2019Neill-d'Arc"),
        ("محمد", "محمد"),
        ("نرگس\u200cسادات", "نرگس\u200cسادات"),  # a joiner that belongs to the spelling
        ("\u202eenaS\u202c", "enaS"),  # turned round by an override
        ("\u2066Amina\u2069\u200f", "Amina"),
        ("A\u200bd\u200da\x00m\u2028!", "Ad\u200dam !"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),  # text; the template escapes it
        (
            "Z" + "\u0301\u0302\u0303\u0304\u0305\u0306" * 3,
            unicodedata.normalize("NFC", "Z\u0301\u0302\u0303\u0304"),
        ),
        ("\u0301\u0302Eva", "Eva"),
        ("李明", "李明"),
    ],
)
def test_what_is_shown(written: str, shown: str) -> None:
    assert clean_name(written) == shown


@pytest.mark.parametrize(
    "written", ["", " ", "\u200b\u202e", "\u3164\u2800", "\u0301", "--", "\ud800", "\u200d"]
)
def test_nothing_to_read_is_no_name(written: str) -> None:
    with pytest.raises(UnfitName) as refusal:
        clean_name(written)
    assert refusal.value.reason == "empty"


@pytest.mark.parametrize("written", ["a" * 61, "a" * 10_000_000, "\u202e" * 5_000 + "Eva"])
def test_a_huge_name_is_told_to_be_long(written: str) -> None:
    with pytest.raises(UnfitName) as refusal:
        clean_name(written)
    assert refusal.value.reason == "long"


odd_text = st.text(max_size=80) | st.text(
    st.sampled_from("aé\u0301\u0308\u202e\u2066\u200d\u200c\u200b \t\n\u3164\u0000\ud800क्ن\u1100\u1161"),
    max_size=80,
)


@given(odd_text)
def test_what_passes_hides_and_reorders_nothing(written: str) -> None:
    try:
        name = clean_name(written)
    except UnfitName:
        return
    assert 1 <= len(name) <= LONGEST_NAME
    assert name == unicodedata.normalize("NFC", name)
    assert name == " ".join(name.split())
    assert not any(
        unicodedata.category(c)[0] == "C"
        or unicodedata.bidirectional(c) in {"LRO", "RLO", "RLI", "LRI", "PDF"}
        for c in name
        if c not in "\u200c\u200d"
    )
    name.encode()


@given(odd_text)
def test_cleaning_twice_is_cleaning_once(written: str) -> None:
    try:
        name = clean_name(written)
    except UnfitName:
        return
    assert clean_name(name) == name
