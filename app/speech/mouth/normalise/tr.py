"""Turkish."""

from app.speech.mouth.normalise.language import DUTCH_NAMES, Language, day_first


def _time(hour: int, minute: int) -> str:
    if not minute:
        return str(hour)
    return f"{hour} {'sıfır ' if minute < 10 else ''}{minute}"


def _amount(euros: str, cents: int) -> str:
    if euros == "0" and cents:
        return f"{cents} sent"
    return f"{euros} avro {cents} sent" if cents else f"{euros} avro"


LANGUAGE = Language(
    months=(
        "Ocak",
        "Şubat",
        "Mart",
        "Nisan",
        "Mayıs",
        "Haziran",
        "Temmuz",
        "Ağustos",
        "Eylül",
        "Ekim",
        "Kasım",
        "Aralık",
    ),
    date=day_first,
    time=_time,
    amount=_amount,
    percent="yüzde",
    until="ile",
    minus="eksi",
    plus="artı",
    at="et",
    dot="nokta",
    dash="tire",
    slash="taksim",
    underscore="alt çizgi",
    decimal=",",
    percent_first=True,
    abbreviations={
        "vb.": "ve benzeri",
        "vs.": "vesaire",
        "örn.": "örneğin",
        "Örn.": "Örneğin",
        "yakl.": "yaklaşık",
        "no.": "numara",
        "No.": "Numara",
        "tel.": "telefon",
        "Tel.": "Telefon",
        "Dr.": "Doktor",
        "Sn.": "Sayın",
        "Cad.": "Caddesi",
        "Sok.": "Sokağı",
        "&": "ve",
        **DUTCH_NAMES,
        "UWV": "U V V",
    },
    units={
        "km": "kilometre",
        "m": "metre",
        "cm": "santimetre",
        "kg": "kilo",
        "m²": "metrekare",
        "°C": "derece",
    },
)
