"""English, as people in Europe write it and read it aloud: the day first, the time with a.m. and p.m."""

import re

from app.speech.mouth.normalise.language import Language
from app.speech.mouth.normalise.rewriting import Rule, Said

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SHORT_MONTHS = {month[:3]: month for month in _MONTHS} | {"Sept": "September"}


def _ordinal(day: int) -> str:
    """The engine reads 1st, 2nd, 3rd, 4th itself."""
    return f"{day}{'th' if 10 <= day % 100 <= 19 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def _date(day: int, month: str, year: str) -> str:
    return f"the {_ordinal(day)} of {month} {_year(year)}".rstrip()


def _year(year: str) -> str:
    """19 85, 20 26: in pairs, but two thousand (and one to nine)."""
    if len(year) != 4 or not "1100" <= year <= "2099" or "2000" <= year <= "2009" or year.endswith("00"):
        return year
    return f"{year[:2]} oh {year[3]}" if year[2] == "0" else f"{year[:2]} {year[2:]}"


def _time(hour: int, minute: int) -> str:
    if not minute and hour % 24 == 0:
        return "midnight"
    if not minute and hour == 12:
        return "12 noon"
    minutes = f" oh {minute}" if 0 < minute < 10 else f" {minute}" if minute else ""
    return f"{hour % 12 or 12}{minutes} {'P M' if 12 <= hour < 24 else 'A M'}"


def _amount(euros: str, cents: int) -> str:
    if euros == "0" and cents:
        return f"{cents} {'cent' if cents == 1 else 'cents'}"
    unit = "euro" if euros == "1" else "euros"
    return f"{euros} {unit} {cents}" if cents else f"{euros} {unit}"


def _written_date(found: re.Match[str]) -> Said:
    day = int(found["day"])
    if not 1 <= day <= 31:
        return None
    return [
        (found["the"] or "the", found.start()),
        (f"{_ordinal(day)} of", found.start("day")),
        (_month(found["month"]), found.start("month")),
        *_after(found),
    ]


def _american_date(found: re.Match[str]) -> Said:
    day = int(found["day"])
    if not 1 <= day <= 31:
        return None
    return [
        (_month(found["month"]), found.start("month")),
        (f"the {_ordinal(day)}", found.start("day")),
        *_after(found),
    ]


def _after(found: re.Match[str]) -> list[tuple[str, int]]:
    return [(_year(found["year"]), found.start("year"))] if found["year"] else []


def _month(written: str) -> str:
    return _SHORT_MONTHS.get(written.rstrip("."), written)


def _hour_only(found: re.Match[str]) -> Said:
    hour = int(found[1])
    if not 1 <= hour <= 12:
        return None
    return f"{hour} {'P M' if found[2][0] in 'pP' else 'A M'}"


_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|(?:{'|'.join(_SHORT_MONTHS)})\.?)(?!\w)"
_OWN = (
    Rule(
        re.compile(
            rf"(?<![\w.,-])(?:(?P<the>[Tt]he)\s)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}"
            r"(?:,?\s(?P<year>\d{4})(?!\w))?"
        ),
        _written_date,
    ),
    Rule(
        re.compile(
            rf"(?<!\w){_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\w:]|[.,]\d)(?:,\s(?P<year>\d{{4}})(?!\w))?"
        ),
        _american_date,
    ),
    Rule(re.compile(r"(?<![\w.,:-])(\d{1,2})\s?([ap]\.?m\b\.?)", re.I), _hour_only),
)

_SPELLED = (
    "BSN", "SVB", "UWV", "IND", "KVK", "GGD", "CAK", "DUO", "OV", "PGB", "RDW", "EU", "UK", "GP", "ID",
    "VAT", "NGO", "FAQ", "PC", "TV", "USB", "WMO", "WLZ", "WW",
)  # fmt: skip

_ABBREVIATIONS = {
    "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "approx.": "approximately", "no.": "number",
    "No.": "Number", "nr.": "number", "tel.": "telephone", "Tel.": "Telephone", "Mr.": "Mister", "Mr": "Mister",
    "Mrs.": "Missis", "Mrs": "Missis", "Ms.": "Miz", "Ms": "Miz", "Dr.": "Doctor", "vs.": "versus",
    "max.": "maximum", "min.": "minimum", "incl.": "including", "excl.": "excluding",
        "attn.": "for the attention of",
    "Attn.": "For the attention of", "c/o": "care of", "a.s.a.p.": "as soon as possible",
        "ASAP": "as soon as possible",
    "p.m.": "P M", "a.m.": "A M", "24/7": "24 hours a day", "DigiD": "Diggy D", "KvK": "K V K", "&": "and",
    "Mon": "Monday", "Tue": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Fri": "Friday", "§": "section",
} | {word: " ".join(word) for word in _SPELLED}  # fmt: skip

LANGUAGE = Language(
    months=_MONTHS,
    date=_date,
    time=_time,
    amount=_amount,
    percent="percent",
    until="to",
    minus="minus",
    plus="plus",
    at="at",
    dot="dot",
    dash="dash",
    slash="slash",
    underscore="underscore",
    decimal=".",
    hour_words="hours|o'clock|o’clock",
    am_pm=True,
    abbreviations=_ABBREVIATIONS,
    units={
        "km": "kilometres", "m": "metres", "cm": "centimetres", "mm": "millimetres", "kg": "kilos",
        "g": "grams",
        "m2": "square metres", "m²": "square metres", "m³": "cubic metres", "°C": "degrees", "°": "degrees",
        "km/h": "kilometres an hour", "MB": "megabytes", "GB": "gigabytes", "kWh": "kilowatt hours",
        "hrs": "hours", "mins": "minutes", "x": "times",
    },
    own=_OWN,
)  # fmt: skip
