"""Polish."""

from app.speech.mouth.normalise.language import DUTCH_NAMES, Language, day_first, slavic_plural


def _time(hour: int, minute: int) -> str:
    if not minute:
        return f"{hour} zero zero"
    return f"{hour} {'zero ' if minute < 10 else ''}{minute}"


def _amount(euros: str, cents: int) -> str:
    cent = f"{cents} {slavic_plural(cents, 'cent' if cents == 1 else 'centów', 'centy', 'centów')}"
    if euros == "0" and cents:
        return cent
    return f"{euros} euro i {cent}" if cents else f"{euros} euro"


LANGUAGE = Language(
    months=(
        "stycznia",
        "lutego",
        "marca",
        "kwietnia",
        "maja",
        "czerwca",
        "lipca",
        "sierpnia",
        "września",
        "października",
        "listopada",
        "grudnia",
    ),
    date=day_first,
    time=_time,
    amount=_amount,
    percent="procent",
    until="do",
    minus="minus",
    plus="plus",
    at="małpa",
    dot="kropka",
    dash="myślnik",
    slash="ukośnik",
    underscore="podkreślnik",
    decimal=",",
    abbreviations={
        "np.": "na przykład",
        "Np.": "Na przykład",
        "itd.": "i tak dalej",
        "itp.": "i tym podobne",
        "m.in.": "między innymi",
        "ok.": "około",
        "nr": "numer",
        "Nr": "Numer",
        "ul.": "ulica",
        "tel.": "telefon",
        "Tel.": "Telefon",
        "tzn.": "to znaczy",
        "godz.": "godzina",
        "r.": "roku",
        "dr": "doktor",
        "maks.": "maksymalnie",
        "min.": "minimum",
        "&": "i",
        **DUTCH_NAMES,
    },
    units={
        "km": "kilometrów",
        "m": "metrów",
        "cm": "centymetrów",
        "kg": "kilo",
        "m²": "metrów kwadratowych",
        "°C": "stopni",
    },
)
