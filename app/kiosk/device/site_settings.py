"""What whoever installs a terminal writes on a USB stick: `wijkbalie.toml`.

    server = "https://balie.voorbeeld.nl"
    taal = "nl"
    wifi_naam = "Bibliotheek"
    wifi_wachtwoord = "…"

A host makes this file in a plain text editor, so what editors do to text is taken: a byte order mark, UTF-16,
Windows' line ends, curly quotes. What is wrong is told in Dutch, with the line, and what would be right.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

Checked = TypeVar("Checked")
FILE_NAME = "wijkbalie.toml"
MAX_BYTES = 16 * 1024
LANGUAGES = ("nl", "en", "ar")
_KEYS = ("server", "taal", "wifi_naam", "wifi_wachtwoord", "wifi_verborgen", "updates")
_ALSO = {  # what people write instead
    "adres": "server", "server_adres": "server", "server_url": "server", "language": "taal", "wifi": "wifi_naam",
    "ssid": "wifi_naam", "wifi_ssid": "wifi_naam", "password": "wifi_wachtwoord", "wachtwoord": "wifi_wachtwoord",
    "wifi_password": "wifi_wachtwoord",
}  # fmt: skip


class SettingsWrong(Exception):
    """The file cannot be used. str() is a text for whoever wrote it, one problem a line."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Wifi:
    name: str
    password: str
    """Empty: an open network."""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class SiteSettings:
    server: str
    """The municipality's address, without a path or a slash at the end."""
    language: str
    wifi: Wifi | None
    updates: str
    """Folder with releases, with a slash at the end."""


def read_settings(raw: bytes) -> SiteSettings:
    """Raises SettingsWrong."""
    values = _known(_read_toml(_text(raw)))
    problems: list[str] = []
    server = _gather(problems, _server, values)
    language = _gather(problems, _language, values)
    wifi = _gather(problems, _wifi, values)
    updates = _gather(problems, lambda given: _updates(given, server or ""), values)
    if problems or server is None or language is None or updates is None:
        raise SettingsWrong(*problems)
    return SiteSettings(server, language, wifi, updates)


def _gather(
    problems: list[str], check: Callable[[dict[str, object]], Checked], values: dict[str, object]
) -> Checked | None:
    """All problems are told at once: each try is a walk to the terminal."""
    try:
        return check(values)
    except SettingsWrong as problem:
        problems.extend(problem.problems)
        return None


def _text(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise SettingsWrong("Het bestand is te groot. Maak een nieuw bestand met alleen de instellingen.")
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            raise SettingsWrong(
                "Dit is geen gewone tekst. Maak het bestand met Kladblok, niet met Word."
            ) from None
    if "\0" in text or text.startswith("PK"):
        raise SettingsWrong("Dit is geen gewone tekst. Maak het bestand met Kladblok, niet met Word.")
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_STRAIGHT)


_STRAIGHT = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})


def _read_toml(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        place = re.search(r"line (\d+)", str(problem))
        lines = text.splitlines()
        number = int(place.group(1)) if place else len(lines)
        line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
        # The name alone: the value may be a password, and this text lies on the stick for all to read.
        name, equals, _value = line.partition("=")
        name = (name.split() or [""])[0]
        hint = (
            f'Zet de waarde tussen aanhalingstekens, zo: {name} = "…"'
            if equals
            else "Zet achter een naam het teken = en dan de waarde."
        )
        if "overwrite" in str(problem):
            hint = "Deze naam staat er twee keer. Haal er één weg."
        raise SettingsWrong(f"Regel {number} klopt niet: {name}", hint) from None


def _known(read: dict[str, object]) -> dict[str, object]:
    """Flat names of ours: sections are opened, other names for the same thing are taken."""
    flat: dict[str, object] = {}
    for name, value in read.items():
        if isinstance(value, dict):
            prefix = f"{name.lower()}_"
            flat |= {f"{prefix}{inner.lower()}": inner_value for inner, inner_value in value.items()}
        else:
            flat[name.lower().replace("-", "_")] = value
    known: dict[str, object] = {}
    problems = []
    for name, value in flat.items():
        ours = _ALSO.get(name, name)
        if ours in _KEYS:
            known[ours] = value
        else:
            problems.append(f"We kennen de naam {name} niet. Deze namen mag u gebruiken: {', '.join(_KEYS)}.")
    if problems:
        raise SettingsWrong(*problems)
    return known


def _word(values: dict[str, object], name: str, default: str = "") -> str:
    value = values.get(name, default)
    if not isinstance(value, str):
        raise SettingsWrong(f'Zet de waarde van {name} tussen aanhalingstekens, zo: {name} = "…"')
    return value.strip()


def _server(values: dict[str, object]) -> str:
    text = _word(values, "server")
    if not text:
        raise SettingsWrong(
            'Het adres van de gemeente mist. Schrijf een regel zoals: server = "https://balie.voorbeeld.nl"'
        )
    return _address("server", text if "://" in text else f"https://{text}").rstrip("/")


def _address(name: str, text: str) -> str:
    example = f'{name} = "https://balie.voorbeeld.nl"'
    if not re.fullmatch(r"[A-Za-z0-9:/._~%\[\]-]+", text):
        raise SettingsWrong(f"Het adres {text} klopt niet. Schrijf het zo: {example}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise SettingsWrong(f"Het adres {text} klopt niet. Schrijf het zo: {example}") from None
    if parts.scheme == "http" and parts.hostname == "127.0.0.1":  # a terminal and its server on one machine
        return text
    if parts.scheme == "http":
        raise SettingsWrong(f"Het adres {text} is niet veilig. Het begint met https://, zo: {example}")
    if (
        parts.scheme != "https"
        or not re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", parts.hostname or "")
        or parts.username is not None
        or port == 0
        or parts.query
        or parts.fragment
        or (name == "server" and parts.path not in ("", "/"))
    ):
        raise SettingsWrong(f"Het adres {text} klopt niet. Schrijf het zo: {example}")
    return text


def _language(values: dict[str, object]) -> str:
    text = _word(values, "taal", "nl").lower()
    if text not in LANGUAGES:
        raise SettingsWrong(
            f'De taal {text} is er niet. Kies er een: {", ".join(LANGUAGES)}. Zo: taal = "nl"'
        )
    return text


def _wifi(values: dict[str, object]) -> Wifi | None:
    name, password = _word(values, "wifi_naam"), values.get("wifi_wachtwoord", "")
    hidden = values.get("wifi_verborgen", False)
    if not isinstance(password, str):
        raise SettingsWrong('Zet het wachtwoord tussen aanhalingstekens, zo: wifi_wachtwoord = "…"')
    if not isinstance(hidden, bool):
        raise SettingsWrong("Schrijf wifi_verborgen = true of laat die regel weg.")
    if not name:
        if password:
            raise SettingsWrong('Er is een wachtwoord, maar geen wifi. Schrijf erbij: wifi_naam = "…"')
        return None
    if len(name.encode()) > 32:
        raise SettingsWrong("De naam van de wifi is te lang. Een wifi-naam heeft hooguit 32 tekens.")
    if password and not 8 <= len(password) <= 63:
        raise SettingsWrong("Het wachtwoord van de wifi klopt niet. Het heeft 8 tot 63 tekens.")
    if not (password.isascii() and password.isprintable() and name.isprintable()):
        raise SettingsWrong("In het wachtwoord van de wifi staat een teken dat niet kan. Typ het opnieuw.")
    return Wifi(name, password, hidden)


def _updates(values: dict[str, object], server: str) -> str:
    text = _word(values, "updates")
    return (_address("updates", text) if text else f"{server}/terminal/updates").rstrip("/") + "/"
