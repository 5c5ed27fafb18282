"""Writes app/speech/tongue/calendar_words.toml from Unicode CLDR, as it comes with Babel.

    python tools/calendar_words.py > app/speech/tongue/calendar_words.toml

The speech process knows no Babel, and needs only this much of it.
"""

from babel import Locale
from babel.dates import get_date_format

LANGUAGES = "ar bg cs de el en es fa fr hi hr hu id it nl pl pt ro ru sk so ti tr uk ur vi"


def main() -> None:
    print("# Made by tools/calendar_words.py from Unicode CLDR (Unicode License v3). Do not edit.")
    print(
        "# day_month, full: how a date is written; months: as in a date, then (if different) standing alone."
    )
    for language in LANGUAGES.split():
        # Europeans write 14 March 2026, not March 14, 2026.
        locale = Locale("en", "GB") if language == "en" else Locale(language)
        months = [
            list(dict.fromkeys((locale.months["format"]["wide"][n], locale.months["stand-alone"]["wide"][n])))
            for n in range(1, 13)
        ]
        full = get_date_format("long", locale).pattern
        day_month = locale.datetime_skeletons.get("MMMMd")
        pattern = day_month.pattern if day_month else "d MMMM"
        print(f"\n[{language}]")
        print(f'full = "{_plain(full)}"')
        print(f'day_month = "{_plain(pattern)}"')
        print("months = [")
        for names in months:
            print("  [" + ", ".join(f'"{name}"' for name in names) + "],")
        print("]")


def _plain(pattern: str) -> str:
    """CLDR's "d 'de' MMMM 'de' y" → "{day} de {month} de {year}"."""
    text = pattern.replace(" G", "").replace("'", "")
    for sign, field in (
        ("MMMM", "{month}"),
        ("LLLL", "{month}"),
        ("MMM", "{month}"),
        ("dd", "{day}"),
        ("y", "{year}"),
    ):
        text = text.replace(sign, field)
    return text if "{day}" in text else _day(text)


def _day(text: str) -> str:
    """The one d that stands alone, not one in a word."""
    words = text.split(" ")
    return " ".join("{day}" + word[1:] if word in ("d", "d,", "d.") else word for word in words)


if __name__ == "__main__":
    main()
