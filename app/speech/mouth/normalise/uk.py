"""Ukrainian."""

from app.speech.mouth.normalise.language import DUTCH_NAMES, Language, day_first, slavic_plural


def _time(hour: int, minute: int) -> str:
    hours = f"{hour} {slavic_plural(hour, 'година', 'години', 'годин')}"
    if not minute:
        return hours
    return f"{hours} {minute} {slavic_plural(minute, 'хвилина', 'хвилини', 'хвилин')}"


def _amount(euros: str, cents: int) -> str:
    cent = f"{cents} {slavic_plural(cents, 'цент', 'центи', 'центів')}"
    if euros == "0" and cents:
        return cent
    return f"{euros} євро {cent}" if cents else f"{euros} євро"


LANGUAGE = Language(
    months=(
        "січня",
        "лютого",
        "березня",
        "квітня",
        "травня",
        "червня",
        "липня",
        "серпня",
        "вересня",
        "жовтня",
        "листопада",
        "грудня",
    ),
    date=day_first,
    time=_time,
    amount=_amount,
    percent="відсотків",
    until="до",
    minus="мінус",
    plus="плюс",
    at="равлик",
    dot="крапка",
    dash="дефіс",
    slash="скісна риска",
    underscore="підкреслення",
    decimal=",",
    hour_words="год\\.?",
    abbreviations={
        "напр.": "наприклад",
        "Напр.": "Наприклад",
        "тощо": "тощо",
        "т. д.": "так далі",
        "ін.": "інше",
        "вул.": "вулиця",
        "буд.": "будинок",
        "кв.": "квартира",
        "тел.": "телефон",
        "Тел.": "Телефон",
        "р.": "року",
        "№": "номер",
        "&": "і",
        **DUTCH_NAMES,
    },
    units={
        "км": "кілометрів",
        "м": "метрів",
        "см": "сантиметрів",
        "кг": "кілограмів",
        "м²": "квадратних метрів",
        "°C": "градусів",
    },
)
