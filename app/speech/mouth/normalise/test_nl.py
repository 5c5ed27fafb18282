"""Dutch: what is written, and what is said."""

import pytest

from app.speech.mouth.normalise import spoken_form
from app.speech.mouth.normalise.nl import ordinal

SAID = [
    # dates
    ("12-03-2026", "12 maart 2026"),
    ("1/2/2027", "1 februari 2027"),
    ("2026-11-22", "22 november 2026"),
    ("12.03.2026", "12 maart 2026"),
    ("geboren op 5-6-85", "geboren op 5 juni 1985"),
    ("Vóór 12-03 graag.", "Vóór 12 maart graag."),
    ("24-12", "24 december"),
    ("12 maart 2026", "12 maart 2026"),
    ("12 mrt. 2026", "12 maart 2026"),
    ("42-03-2026", "42-03-2026"),
    ("op 12-03-2026.", "op 12 maart 2026."),
    # times
    ("14:30", "14 uur 30"),
    ("om 14.30 uur.", "om 14 uur 30."),
    ("9:00 uur", "9 uur"),
    ("9:05", "9 uur 5"),
    ("10.00u", "10 uur"),
    ("9.00-12.30 uur", "9 uur tot 12 uur 30"),
    ("van 9:00 - 17:00", "van 9 uur tot 17 uur"),
    ("9:00 tot 17:00 uur", "9 uur tot 17 uur"),
    ("0:15", "0 uur 15"),
    ("Psalm 25:61", "Psalm 25:61"),
    # euros
    ("€ 1.250,50", "1250 euro 50"),
    ("€12,50", "12 euro 50"),
    ("€\u00a012", "12 euro"),
    ("€ 12,-", "12 euro"),
    ("€ 12,–.", "12 euro."),
    ("€ 0,75", "75 cent"),
    ("12,50 euro", "12 euro 50"),
    ("EUR 1.000", "1000 euro"),
    ("€ 1.250.000", "1250000 euro"),
    ("-€ 5", "min 5 euro"),
    ("€ 10 - € 20", "10 euro tot 20 euro"),
    ("€ 1.500,00", "1500 euro"),
    # telephone numbers
    ("010 123 45 67", "0 1 0, 1 2 3, 4 5, 6 7"),
    ("06-12345678", "0 6, 1 2, 3 4, 5 6, 7 8"),
    ("+31 10 123 45 67", "plus 3 1, 1 0, 1 2 3, 4 5, 6 7"),
    ("(010) 123 45 67", "0 1 0, 1 2 3, 4 5, 6 7"),
    ("0800-1351", "0 8 0 0, 1 3 5 1"),
    ("bel 14 010.", "bel 14, 0 1 0."),
    ("14010", "14, 0 1 0"),
    ("Bel 112", "Bel 112"),
    # addresses
    ("1234 AB Wijkstad", "12 34, A B Wijkstad"),
    ("3011AD", "30 11, A D"),
    ("Coolsingel 40b", "Coolsingel 40 B"),
    ("Coolsingel 40 B", "Coolsingel 40 B"),
    ("Laan 12-A", "Laan 12 A"),
    ("in 2025 EU", "in 20 25, E U"),
    # numbers of persons and accounts
    ("NL91 ABNA 0417 1643 00", "N L 9 1, A B N A, 0 4 1 7, 1 6 4 3, 0 0"),
    ("NL91ABNA0417164300", "N L 9 1, A B N A, 0 4 1 7, 1 6 4 3, 0 0"),
    ("123456782", "1 2 3, 4 5 6, 7 8 2"),
    ("BSN: 123.456.782", "BSN 1 2 3, 4 5 6, 7 8 2"),
    ("burgerservicenummer 1234.56.782", "burgerservicenummer 1 2 3, 4 5 6, 7 8 2"),
    ("zaak Z-2026-00123", "zaak Z-2026-0 0 1, 2 3"),
    # numbers
    ("12.500 mensen", "12500 mensen"),
    ("3,5 meter", "3,5 meter"),
    ("21%", "21 procent"),
    ("3,5 %", "3,5 procent"),
    ("5-10%", "5 tot 10 procent"),
    ("10-12 jaar", "10 tot 12 jaar"),
    ("2024–2026", "2024 tot 2026"),
    ("5 km en 20 m²", "5 kilometer en 20 vierkante meter"),
    ("de 1e, 2de en 8ste", "de eerste, tweede en achtste"),
    ("21e", "eenentwintigste"),
    ("versie 1.2.3", "versie 1.2.3"),
    # abbreviations
    ("bijv. een pas", "bijvoorbeeld een pas"),
    ("a.u.b.", "alstublieft"),
    ("t.a.v. mevr. Jansen", "ter attentie van mevrouw Jansen"),
    ("DigiD", "Digi D"),
    ("uw BSN bij de SVB of het UWV", "uw B S N bij de S V B of het U W V"),
    ("ma t/m vr", "maandag tot en met vrijdag"),
    ("ma-do", "maandag tot en met donderdag"),
    ("ik do niets", "ik do niets"),
    ("i.v.m. z.s.m. enz.", "in verband met zo snel mogelijk enzovoort"),
    ("een nieuwe WOZ-waarde", "een nieuwe WOZ-waarde"),
    # addresses on the web
    ("info@wijkstad.nl", "info apenstaartje wijkstad punt N L"),
    ("jan-de.vries@gemeente.nl.", "jan streepje de punt vries apenstaartje gemeente punt N L."),
    ("www.wijkstad.nl/paspoort", "W W W punt wijkstad punt N L schuine streep paspoort"),
    ("https://wijkstad.nl/", "wijkstad punt N L"),
    ("(zie digid.nl)", "(zie digid punt N L)"),
    ("https://wijkstad.nl/a?code=8f3a9c&x=1", "wijkstad punt N L"),
    ("Klaar.Nu verder", "Klaar.Nu verder"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), SAID)
def test_dutch_is_said_as_people_say_it(written: str, said: str):
    assert spoken_form(written, "nl").text == said


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (1, "eerste"), (2, "tweede"), (3, "derde"), (8, "achtste"), (12, "twaalfde"), (19, "negentiende"),
        (20, "twintigste"), (22, "tweeëntwintigste"), (100, "honderdste"), (101, "honderdeerste"),
        (112, "honderdtwaalfde"), (230, "tweehonderddertigste"), (999, "negenhonderdnegenennegentigste"),
    ],
)  # fmt: skip
def test_ordinals(number: int, word: str):
    assert ordinal(number) == word
