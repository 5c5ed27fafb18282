"""Spanish."""

from app.speech.mouth.normalise.language import DUTCH_NAMES, Language


def _date(day: int, month: str, year: str) -> str:
    return f"{day} de {month}" + (f" de {year}" if year else "")


def _time(hour: int, minute: int) -> str:
    hours = "1 hora" if hour == 1 else f"{hour} horas"
    return f"{hours} y {minute}" if minute else hours


def _amount(euros: str, cents: int) -> str:
    cent = f"{'un' if cents == 1 else cents} {'céntimo' if cents == 1 else 'céntimos'}"
    if euros == "0" and cents:
        return cent
    euro = "un euro" if euros == "1" else f"{euros} euros"
    return f"{euro} con {cents}" if cents else euro


LANGUAGE = Language(
    months=(
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
    date=_date,
    time=_time,
    amount=_amount,
    percent="por ciento",
    until="a",
    minus="menos",
    plus="más",
    at="arroba",
    dot="punto",
    dash="guion",
    slash="barra",
    underscore="guion bajo",
    decimal=",",
    hour_words="horas?|hs?",
    abbreviations={
        "p. ej.": "por ejemplo",
        "p.ej.": "por ejemplo",
        "etc.": "etcétera",
        "Sr.": "señor",
        "Sra.": "señora",
        "Dr.": "doctor",
        "Dra.": "doctora",
        "Ud.": "usted",
        "Uds.": "ustedes",
        "núm.": "número",
        "n.º": "número",
        "tel.": "teléfono",
        "Tel.": "Teléfono",
        "aprox.": "aproximadamente",
        "máx.": "máximo",
        "mín.": "mínimo",
        **DUTCH_NAMES,
    },
    units={
        "km": "kilómetros",
        "m": "metros",
        "cm": "centímetros",
        "kg": "kilos",
        "m²": "metros cuadrados",
        "°C": "grados",
    },
)
