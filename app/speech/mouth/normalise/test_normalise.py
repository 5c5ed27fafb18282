"""What holds in every language: the way back, the languages with fewer rules, and texts that mean harm."""

import random
import time

import pytest

from app.speech.mouth.normalise import LANGUAGES, spoken_form
from app.speech.mouth.text import time_words

SAID = [
    ("tr", "12-03-2026, 14:05", "12 Mart 2026, 14 sıfır 5"),
    ("tr", "% 50 veya 50%", "yüzde 50 veya yüzde 50"),
    ("tr", "€ 1.250,50", "1250 avro 50 sent"),
    ("tr", "örn. 5 km", "örneğin 5 kilometre"),
    ("pl", "12-03-2026, godz. 14:30", "12 marca 2026, godzina 14 30"),
    ("pl", "€ 12,22", "12 euro i 22 centy"),
    ("pl", "m.in. 50% lub 10-12", "między innymi 50 procent lub 10 do 12"),
    ("uk", "12-03-2026 о 14:30", "12 березня 2026 о 14 годин 30 хвилин"),
    ("uk", "21:01", "21 година 1 хвилина"),
    ("uk", "€ 12,50 або 50%", "12 євро 50 центів або 50 відсотків"),
    ("fr", "01/03/2026 à 14h30", "premier mars 2026 à 14 heures 30"),
    ("fr", "€ 1 250,50", "1250 euros 50"),
    ("fr", "le 1er et la 2e, 50 %", "le premier et la deuxième, 50 pour cent"),
    ("de", "12.03.1985 um 14:30 Uhr", "12. März 19hundert85 um 14 Uhr 30"),
    ("de", "z.B. 12,50 € bzw. 3,5 %", "zum Beispiel 12 Euro 50 beziehungsweise 3,5 Prozent"),
    ("es", "12-03-2026, 14:30 h", "12 de marzo de 2026, 14 horas y 30"),
    ("es", "p. ej. € 1 o € 12,50", "por ejemplo un euro o 12 euros con 50"),
    ("fa", "۱۲-۰۳-۲۰۲۶", "12 مارس 2026"),
    ("fa", "€ 12,50 و ۵۰٪", "12 یورو و 50 سنت و 50 درصد"),
]  # fmt: skip

NASTY = [
    "1" * 5_000, "1." * 2_500, "1 " * 2_500, "1-" * 2_500, "a@" * 2_500, "a." * 2_500, "www." * 1_250, "0 " * 2_500,
    "€" * 5_000, "€ 1." * 1_250, "12:" * 1_666, "https://" * 625, "A1 " * 1_666, "+31 " * 1_250, "(010)" * 1_000,
    "NL91" * 1_250, "12 " * 1_666, "1,000," * 833, "BSN " * 1_250, "-" * 5_000, "٣" * 5_000, "a-a." * 1_250,
    "99-99-9999 99:99 0 00 € 0 % 0% 31-02-0000",
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "said"), SAID)
def test_other_languages_say_dates_times_and_amounts(language: str, written: str, said: str):
    assert spoken_form(written, language).text == said


def test_a_language_without_rules_keeps_its_text():
    assert spoken_form("12-03-2026 \x01 € 5", "ti").text == "12-03-2026   € 5"


def test_each_character_that_is_said_has_a_place_in_the_text():
    given = "Op \u200f12-03 om 14:30 uur: € 12,50 via\x01info@wijkstad.nl 😀 (bijv.)"
    for language in LANGUAGES:
        said = spoken_form(given, language)
        assert len(said.origins) == len(said.text)
        assert all(0 <= place < len(given) for place in said.origins)
        assert list(said.origins) == sorted(said.origins)


def test_the_words_on_the_page_light_up_while_their_spoken_form_sounds():
    given = "Voor 12-03 om 14:30 uur kost het € 12,50 en bijv. 3,5%."
    said = spoken_form(given, "nl")
    assert said.text == "Voor 12 maart om 14 uur 30 kost het 12 euro 50 en bijvoorbeeld 3,5 procent."
    # A mark at each word that is said, a tenth of a second apart.
    marks = [(100 * number, place) for number, place in enumerate(_beginnings(said.text))]
    lit = [(given[word.offset :][: word.length], word.start_ms) for word in time_words(given, said, marks)]
    assert lit == [
        ("Voor", 0), ("12-03", 100), ("om", 300), ("14:30", 400), ("uur", 580), ("kost", 700), ("het", 800),
        ("€", 900), ("12,50", 1000), ("en", 1200), ("bijv", 1300), ("3,5", 1400),
    ]  # fmt: skip


def _beginnings(text: str) -> list[int]:
    return [
        place for place in range(len(text)) if text[place] != " " and (not place or text[place - 1] == " ")
    ]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_text_takes_long(language: str):
    spoken_form("1", language)
    alphabet = "0123456789 .,:-/€%@+()aAeEx№°²\u00a0٣"
    chance = random.Random(7)
    for text in [*NASTY, *("".join(chance.choices(alphabet, k=5_000)) for _ in range(20))]:
        began = time.thread_time()
        said = spoken_form(text, language)
        assert time.thread_time() - began < 0.5, text[:40]
        assert len(said.origins) == len(said.text) < 20_000
