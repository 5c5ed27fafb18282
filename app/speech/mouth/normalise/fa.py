"""Persian."""

from app.speech.mouth.normalise.language import DUTCH_NAMES, Language, day_first


def _time(hour: int, minute: int) -> str:
    return f"{hour} و {minute} دقیقه" if minute else f"{hour}"


def _amount(euros: str, cents: int) -> str:
    if euros == "0" and cents:
        return f"{cents} سنت"
    return f"{euros} یورو و {cents} سنت" if cents else f"{euros} یورو"


LANGUAGE = Language(
    months=(
        "ژانویه",
        "فوریه",
        "مارس",
        "آوریل",
        "مه",
        "ژوئن",
        "ژوئیه",
        "اوت",
        "سپتامبر",
        "اکتبر",
        "نوامبر",
        "دسامبر",
    ),
    date=day_first,
    time=_time,
    amount=_amount,
    percent="درصد",
    until="تا",
    minus="منفی",
    plus="به‌علاوه",
    at="ات",
    dot="نقطه",
    dash="خط تیره",
    slash="اسلش",
    underscore="زیرخط",
    decimal=",",
    decimal_word="ممیز",
    pause="،",
    abbreviations={
        "د.": "دکتر",
        "ص.پ.": "صندوق پستی",
        "&": "و",
        **DUTCH_NAMES,
    },
    units={"km": "کیلومتر", "کیلومتر": "کیلومتر", "kg": "کیلو", "m²": "متر مربع", "°C": "درجه"},
)
