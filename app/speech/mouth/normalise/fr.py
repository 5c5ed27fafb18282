"""French."""

import re

from app.speech.mouth.normalise.language import DUTCH_NAMES, Language
from app.speech.mouth.normalise.rewriting import Rule, Said


def _date(day: int, month: str, year: str) -> str:
    return f"{'premier' if day == 1 else day} {month} {year}".rstrip()


def _time(hour: int, minute: int) -> str:
    hours = "minuit" if hour % 24 == 0 else "1 heure" if hour == 1 else f"{hour} heures"
    return f"{hours} {minute}" if minute else hours


def _amount(euros: str, cents: int) -> str:
    if euros == "0" and cents:
        return f"{cents} {'centime' if cents == 1 else 'centimes'}"
    unit = "euro" if euros in ("0", "1") else "euros"
    return f"{euros} {unit} {cents}" if cents else f"{euros} {unit}"


def _with_h(found: re.Match[str]) -> Said:
    return _time(int(found[1]), int(found[2] or 0))


def _ordinal(found: re.Match[str]) -> Said:
    number = int(found[1])
    if number == 1:
        return "première" if found[2] in ("re", "ère") else "premier"
    return f"{found[1]}ième" if number > 10 else _ORDINALS.get(number)


_ORDINALS = dict(
    enumerate(
        [
            "deuxième",
            "troisième",
            "quatrième",
            "cinquième",
            "sixième",
            "septième",
            "huitième",
            "neuvième",
            "dixième",
        ],
        2,
    )
)

LANGUAGE = Language(
    months=(
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    date=_date,
    time=_time,
    amount=_amount,
    percent="pour cent",
    until="à",
    minus="moins",
    plus="plus",
    at="arobase",
    dot="point",
    dash="tiret",
    slash="barre oblique",
    underscore="tiret bas",
    decimal=",",
    hour_words="heures?",
    first=(Rule(re.compile(r"(?<![\w.,-])([01]?\d|2[0-4])\s?h\s?([0-5]\d)?(?!\w)"), _with_h),),
    own=(Rule(re.compile(r"(?<![\w.,-])(\d{1,2})(er|ère|re|e|ème)(?!\w)"), _ordinal),),
    abbreviations={
        "p. ex.": "par exemple",
        "p.ex.": "par exemple",
        "etc.": "et cetera",
        "c.-à-d.": "c'est-à-dire",
        "M.": "Monsieur",
        "Mme": "Madame",
        "Mlle": "Mademoiselle",
        "Dr": "Docteur",
        "n°": "numéro",
        "N°": "Numéro",
        "tél.": "téléphone",
        "Tél.": "Téléphone",
        "env.": "environ",
        "svp": "s'il vous plaît",
        "max.": "maximum",
        "&": "et",
        **DUTCH_NAMES,
    },
    units={
        "km": "kilomètres",
        "m": "mètres",
        "cm": "centimètres",
        "kg": "kilos",
        "m²": "mètres carrés",
        "°C": "degrés",
    },
)
