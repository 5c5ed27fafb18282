"""What a translation may not change: found by rules, compared without an engine."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.speech.tongue.protected import Token, broken, find


def kinds(text: str, source: str = "en", target: str = "pt", **known) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in find(text, source, target, **known)]


def survives(text: str, translation: str, source: str = "en", target: str = "pt", **known) -> bool:
    return broken(find(text, source, target, **known), translation) == ([], [])


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("Call 06-12345678 now", ("phone", "06-12345678")),
        ("Call 030 286 10 00.", ("phone", "030 286 10 00")),
        ("Call +31 6 8765 4321.", ("phone", "+31 6 8765 4321")),
        ("Call 14 030.", ("phone", "14 030")),
        ("It is NL91 ABNA 0417 1643 00.", ("iban", "NL91 ABNA 0417 1643 00")),
        ("It is NL20INGB0001234567, yes", ("iban", "NL20INGB0001234567")),
        ("Case Z-2024-00123.", ("reference", "Z-2024-00123")),
        ("Case AB 88123.", ("reference", "AB 88123")),
        ("Case 2026/4471-B?", ("reference", "2026/4471-B")),
        ("I live in 1234 AB Utrecht", ("postcode", "1234 AB")),
        ("I live at Kerkstraat 12.", ("address", "Kerkstraat 12")),
        ("I live at Van Goghlaan 134b.", ("address", "Van Goghlaan 134b")),
        ("I live at Oude Gracht 201-II.", ("address", "Oude Gracht 201-II")),
        ("Mail j.de.vries@gemeente.nl.", ("email", "j.de.vries@gemeente.nl")),
        ("See https://gemeente.nl/a?b=1.", ("url", "https://gemeente.nl/a?b=1")),
        ("See mijn.overheid.nl.", ("url", "mijn.overheid.nl")),
        ("Pay € 1.250,75.", ("amount", "€ 1.250,75")),
        ("Pay €40,- now", ("amount", "€40,-")),
        ("Pay 40 euros.", ("euros", "40 euros")),
        ("It is 10 % more", ("percent", "10 %")),
        ("Come at 10:30.", ("time", "10:30")),
        ("Come at 3 p.m. please", ("clock", "3 p.m.")),
        ("On 14 March 2026.", ("written_date", "14 March 2026")),
        ("On March 14th, 2026.", ("written_date", "March 14th, 2026")),
        ("On 03-11-2025.", ("date", "03-11-2025")),
        ("On 2026-07-30.", ("date", "2026-07-30")),
        ("There are 1.200 people", ("number", "1.200")),
        ("Only 7.", ("number", "7")),
    ],
)
def test_what_stays_is_found(text: str, token: tuple[str, str]) -> None:
    assert kinds(text) == [token]


def test_it_finds_what_stands_close_together() -> None:
    assert kinds("Fatima, Kerkstraat 12, 1234 AB, € 40 on 1 April at 9:00", names=["Fatima El Amrani"]) == [
        ("name", "Fatima"),
        ("address", "Kerkstraat 12"),
        ("postcode", "1234 AB"),
        ("amount", "€ 40"),
        ("written_date", "1 April"),
        ("time", "9:00"),
    ]


def test_dutch_dates_have_dutch_months() -> None:
    assert kinds("Op 14 maart 2026.", source="nl") == [("written_date", "14 maart 2026")]
    assert kinds("Op 14 maart.", source="so") == [("number", "14")], "not a month in that language"


def test_parts_of_a_name_are_the_name_but_particles_are_not() -> None:
    names = ["Sander van den Berg"]
    assert kinds("Mr. Van den Berg, Sander, den", names=names) == [("name", "Berg"), ("name", "Sander")]
    assert kinds("I will sander it", names=names) == []


def test_a_date_may_be_written_as_the_reader_writes_it() -> None:
    assert survives("On 14 March 2026.", "Em 14 de março de 2026.")
    assert survives("On 1 April.", "No dia 1º de abril.")
    assert not survives("On 14 March 2026.", "Em 14 de maio de 2026.")
    assert not survives("On 14 March 2026.", "Em 15 de março de 2026.")
    assert not survives("On 14 March 2026.", "Em 14 de março.")


def test_what_a_placeholder_becomes_is_in_the_readers_language() -> None:
    date, term = find("On 14 March 2026: bijstand", "en", "pt", terms={"bijstand": "assistência social"})
    assert (date.stays, term.stays) == ("14 de março de 2026", "assistência social")
    assert find("on 1 April", "en", "xx")[0].stays == "1 April"


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Pay € 12.400.", "Pague $1,400."),
        ("Pay € 12.400.", "Pague 12,400 euros."),
        ("Pay 40 euros.", "Pague $40."),
        ("Take number 12.", "Tire a senha 112."),
        ("Take number 12.", "Tire a senha 12,5."),
        ("Take number 12.", "Tire a senha."),
        ("12 and 12.", "12 e isso."),
        ("Come at 10:30.", "Venha às 10:03."),
        ("Mail a@b.nl.", "Envie a-b.nl."),
        ("It is 10 % more.", "São mais 10."),
        ("Is it free?", "Custa 1.250,75?"),
    ],
)
def test_a_changed_value_is_seen(text: str, translation: str) -> None:
    assert not survives(text, translation)


def test_the_same_value_in_another_form_is_fine() -> None:
    assert survives("Come at 14:00.", "Venha às 14h.")
    assert survives("Venha às 9h15.", "Come at 9:15.", "pt", "en")
    assert survives("It is 10 % more.", "É mais 10 por cento.")
    assert survives("I have two children.", "Tenho 2 filhos.")
    assert survives("Take number 12.", "خذ الرقم ١٢.", target="ar")


def test_names_keep_every_letter() -> None:
    assert survives("I am Fatima.", "Sou Fatima.", names=["Fatima"])
    assert not survives("I am Fatima.", "Sou Fátima.", names=["Fatima"])
    assert not survives("I am Ana.", "Sou Anabela.", names=["Ana"])


def test_an_official_word_is_fixed_and_may_have_an_ending() -> None:
    terms = {"bijstand": "social assistance", "bijzondere bijstand": "special assistance"}
    assert survives("Bijstand?", "Social assistances?", "nl", "en", terms=terms)
    assert not survives("Bijstand?", "Help?", "nl", "en", terms=terms)
    assert kinds("bijzondere bijstand", "nl", "en", terms=terms) == [("term", "bijzondere bijstand")]
    assert kinds("de bijstandswet", "nl", "en", terms=terms) == [], "another word"


TEXTS = st.text(st.sampled_from("0123456789 .,:-/€%@ABabNLzé\n١٢straen"), max_size=60)


@given(TEXTS, st.sampled_from(["en", "nl", "pt", "ar", "xx"]))
@example("1.", "nl")
def test_every_digit_is_protected_once_and_the_text_itself_has_lost_nothing(text: str, language: str) -> None:
    tokens = find(text, language, language, names=["Ab"], terms={"str": "z"})
    covered: list[int] = []
    for token in tokens:
        assert text[token.start : token.end] == token.text
        covered += range(token.start, token.end)
    assert len(covered) == len(set(covered)), "tokens overlap"
    assert {place for place, sign in enumerate(text) if sign.isdecimal()} <= set(covered)
    if not any(token.kind == "term" for token in tokens):
        missing, invented = broken(tokens, text)
        assert (missing, invented) == ([], [])


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_no_number_passes_for_another(said: int, shown: int) -> None:
    tokens = find(f"Number {said} is yours", "en", "pt")
    assert (broken(tokens, f"O número {shown} é seu")[0] == []) is (said == shown)


def test_a_token_needs_a_place_of_its_own() -> None:
    token = Token(0, 2, "number", "12", "12", ("12",))
    assert broken([token, token], "12")[0] == [token]
