"""A host's file is taken as hosts write it; what is wrong is told so that they can mend it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kiosk.device.site_settings import SettingsWrong, SiteSettings, Wifi, read_settings

GOOD = """\
server = "https://balie.voorbeeld.nl"
taal = "nl"
wifi_naam = "Bibliotheek gast"
wifi_wachtwoord = "boek en koffie"
"""


def test_a_good_file():
    assert read_settings(GOOD.encode()) == SiteSettings(
        server="https://balie.voorbeeld.nl",
        language="nl",
        wifi=Wifi("Bibliotheek gast", "boek en koffie"),
        updates="https://balie.voorbeeld.nl/terminal/updates/",
    )


@pytest.mark.parametrize(
    "raw",
    [
        GOOD.encode("utf-8-sig"),
        GOOD.encode("utf-16"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace('"', "”").replace("= ”", "= “").encode(),
        GOOD.replace('"', "”").encode("cp1252"),
        GOOD.replace("server", "Server").encode(),
        GOOD.replace("wifi_naam", "ssid").replace("wifi_wachtwoord", "password").encode(),
        b'[server]\nadres = "https://balie.voorbeeld.nl"\n[wifi]\nnaam = "Bibliotheek gast"\n'
        b'wachtwoord = "boek en koffie"\n',
        GOOD.replace("https://", "").encode(),
        GOOD.replace(".nl", ".nl/").encode(),
    ],
    ids=[
        "bom",
        "utf-16",
        "windows",
        "old mac",
        "curly",
        "cp1252",
        "capital",
        "ssid",
        "sections",
        "no scheme",
        "slash",
    ],
)
def test_what_editors_and_people_do_to_it(raw):
    assert read_settings(raw) == read_settings(GOOD.encode())


def test_only_the_server_is_needed():
    found = read_settings(b'server = "https://balie.voorbeeld.nl:8443"')
    assert found == SiteSettings(
        "https://balie.voorbeeld.nl:8443", "nl", None, "https://balie.voorbeeld.nl:8443/terminal/updates/"
    )


def test_an_open_and_hidden_network():
    found = read_settings(b'server="https://a.nl"\nwifi_naam="Gast"\nwifi_verborgen=true')
    assert found.wifi == Wifi("Gast", "", hidden=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Het adres van de gemeente mist"),
        ('server = "http://balie.nl"', "niet veilig"),
        ('server = "https://balie.nl/pad"', "klopt niet"),
        ('server = "https://naam:geheim@balie.nl"', "klopt niet"),
        ('server = "https://balie.nl:99999"', "klopt niet"),
        ('server = "https://balie .nl"', "klopt niet"),
        ('server = "https://balie.nl\\nX=1"', "klopt niet"),
        ("server = https://balie.nl", "Regel 1 klopt niet"),
        ('server "https://balie.nl"', "het teken ="),
        ('taal = "nl"\nserver = "https://balie.nl', "Regel 2 klopt niet"),
        ('server = "https://a.nl"\nserver = "https://b.nl"', "twee keer"),
        ('server = "https://a.nl"\ntaal = "fr"', "De taal fr is er niet"),
        ('server = "https://a.nl"\ntaal = 3', "aanhalingstekens"),
        ('server = "https://a.nl"\nkleur = "rood"', "We kennen de naam kleur niet"),
        ('server = "https://a.nl"\nwifi_wachtwoord = "12345678"', "geen wifi"),
        ('server = "https://a.nl"\nwifi_naam = "Gast"\nwifi_wachtwoord = "kort"', "8 tot 63 tekens"),
        ('server = "https://a.nl"\nwifi_naam = "Gast"\nwifi_wachtwoord = 12345678', "aanhalingstekens"),
        (
            'server = "https://a.nl"\nwifi_naam = "Gast"\nwifi_wachtwoord = "wachtwoorden\\n}"',
            "een teken dat niet kan",
        ),
        ('server = "https://a.nl"\nwifi_naam = "' + "n" * 33 + '"', "te lang"),
        ("#" * 20_000, "te groot"),
    ],
)
def test_what_is_wrong_is_told(text, told):
    with pytest.raises(SettingsWrong, match=told):
        read_settings(text.encode())


def test_a_word_document_is_recognised():
    with pytest.raises(SettingsWrong, match="niet met Word"):
        read_settings(b"PK\x03\x04\x14\x00\x06\x00")


def test_all_problems_are_told_at_once():
    with pytest.raises(SettingsWrong) as wrong:
        read_settings(b'server = "http://a.nl"\ntaal = "xx"\nwifi_naam = "A"\nwifi_wachtwoord = "1"')
    assert len(wrong.value.problems) == 3


def test_a_password_is_never_in_a_message():
    """The message is written on the stick, and shown on the screen."""
    for line in ('wifi_wachtwoord = geheim woord"', 'wifi_wachtwoord = "geheim', 'wifi_wachtwoord "geheim"'):
        with pytest.raises(SettingsWrong) as wrong:
            read_settings(f'server = "https://a.nl"\n{line}\n'.encode())
        assert "geheim" not in str(wrong.value)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace")))
def test_no_file_stops_the_terminal(raw):
    try:
        read_settings(raw)
    except SettingsWrong as problem:
        assert str(problem)  # noqa: PT017
