"""German."""

from app.speech.mouth.normalise.language import DUTCH_NAMES, Language


def _year(year: str) -> str:
    """1985 is neunzehnhundert 85 as a year, one thousand 985 as a number."""
    if not "1100" <= year <= "1999":
        return year
    return f"{int(year[:2])}hundert{int(year[2:]) or ''}"


def _date(day: int, month: str, year: str) -> str:
    return f"{day}. {month} {_year(year)}".rstrip()


def _time(hour: int, minute: int) -> str:
    return f"{hour} Uhr {minute}" if minute else f"{hour} Uhr"


def _amount(euros: str, cents: int) -> str:
    if euros == "0" and cents:
        return f"{cents} Cent"
    return f"{euros} Euro {cents}" if cents else f"{euros} Euro"


_MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
LANGUAGE = Language(
    months=_MONTHS,
    date=_date,
    time=_time,
    amount=_amount,
    percent="Prozent",
    until="bis",
    minus="minus",
    plus="plus",
    at="ät",
    dot="Punkt",
    dash="Bindestrich",
    slash="Schrägstrich",
    underscore="Unterstrich",
    decimal=",",
    hour_words="Uhr|h",
    abbreviations={
        "z.B.": "zum Beispiel",
        "z. B.": "zum Beispiel",
        "usw.": "und so weiter",
        "bzw.": "beziehungsweise",
        "d.h.": "das heißt",
        "d. h.": "das heißt",
        "u.a.": "unter anderem",
        "ca.": "circa",
        "Nr.": "Nummer",
        "Tel.": "Telefon",
        "Str.": "Straße",
        "evtl.": "eventuell",
        "ggf.": "gegebenenfalls",
        "inkl.": "inklusive",
        "max.": "maximal",
        "mind.": "mindestens",
        "Hr.": "Herr",
        "Fr.": "Frau",
        "Dr.": "Doktor",
        "&": "und",
        **DUTCH_NAMES,
    },
    units={
        "km": "Kilometer",
        "m": "Meter",
        "cm": "Zentimeter",
        "kg": "Kilo",
        "m²": "Quadratmeter",
        "°C": "Grad",
    },
)
