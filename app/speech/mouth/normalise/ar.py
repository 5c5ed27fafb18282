"""Arabic (written for readers of many countries: the months that Egypt and the Maghreb know as well)."""

import re

from app.speech.mouth.normalise.language import DUTCH_NAMES, Language, day_first
from app.speech.mouth.normalise.rewriting import Rule, Said

_HOURS = (
    "الثانية عشرة", "الواحدة", "الثانية", "الثالثة", "الرابعة", "الخامسة", "السادسة", "السابعة", "الثامنة",
    "التاسعة", "العاشرة", "الحادية عشرة",
)  # fmt: skip
_ORDINALS = (
    "الأول",
    "الثاني",
    "الثالث",
    "الرابع",
    "الخامس",
    "السادس",
    "السابع",
    "الثامن",
    "التاسع",
    "العاشر",
)


def _time(hour: int, minute: int) -> str:
    return f"{_HOURS[hour % 12]}{_minutes(minute)} {_part_of_day(hour % 24)}"


def _minutes(minute: int) -> str:
    if minute in (0, 15, 30):
        return {0: "", 15: " والربع", 30: " والنصف"}[minute]
    if minute <= 2:
        return {1: " ودقيقة واحدة", 2: " ودقيقتان"}[minute]
    return f" و {minute} {'دقائق' if minute <= 10 else 'دقيقة'}"


def _part_of_day(hour: int) -> str:
    if hour < 12:
        return "صباحًا"
    if hour < 13:
        return "ظهرًا"
    return "بعد الظهر" if hour < 18 else "مساءً"


def _time_with_word(found: re.Match[str]) -> Said:
    """A part of the day that stands there already is not said twice."""
    hour, minute = int(found["hour"]), int(found["minute"])
    said = (
        _time(hour, minute) if not found["day"] else f"{_HOURS[hour % 12]}{_minutes(minute)} {found['day']}"
    )
    before = [("الساعة", found.start())] if not found["word"] else [(found["word"].strip(), found.start())]
    return [*before, (said, found.start("hour"))]


def _amount(euros: str, cents: int) -> str:
    cent = {0: "", 1: "سنت واحد", 2: "سنتان"}.get(cents) or f"{cents} {'سنتات' if cents <= 10 else 'سنتًا'}"
    if euros == "0" and cents:
        return cent
    euro = "يورو واحد" if euros == "1" else f"{euros} يورو"
    return f"{euro} و {cent}" if cents else euro


_CLOCK = r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)"
_DAY = r"(?:\s+(?P<day>صباحًا|صباحا|مساءً|مساء|ظهرًا|ظهرا|بعد الظهر))?"


def _ordinal(found: re.Match[str]) -> Said:
    number = int(found[2])
    return [(found[1], found.start()), (_ORDINALS[number - 1], found.start(2))] if 1 <= number <= 10 else None


TIME = Rule(
    re.compile(rf"(?P<word>الساعة\s+)?(?<![\w.,:/-]){_CLOCK}(?![\w:]|\s?[-–—]\s?\d){_DAY}"), _time_with_word
)

LANGUAGE = Language(
    months=(
        "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر",
        "ديسمبر",
    ),
    date=day_first,
    time=_time,
    amount=_amount,
    percent="بالمئة",
    until="إلى",
    minus="ناقص",
    plus="زائد",
    at="آت",
    dot="نقطة",
    dash="شرطة",
    slash="شرطة مائلة",
    underscore="شرطة سفلية",
    decimal=",",
    decimal_word="فاصلة",
    pause="،",
    first=(TIME,),
    abbreviations={
        "د.": "الدكتور", "أ.": "الأستاذ", "م.": "المهندس", "ص.ب.": "صندوق البريد", "ص.ب": "صندوق البريد",
        "إلخ.": "إلى آخره", "إلخ": "إلى آخره", "هـ": "هجري", "ت.": "تليفون", "رقم.": "رقم",
        **DUTCH_NAMES, "&": "و",
        "GGD": "G G D",
        "DUO": "Duo", "24/7": "24 ساعة في اليوم",
    },
    units={
        "km": "كيلومتر", "كم": "كيلومتر", "m": "متر", "سم": "سنتيمتر", "kg": "كيلوغرام", "كغ": "كيلوغرام",
        "كجم": "كيلوغرام", "m²": "متر مربع", "م²": "متر مربع", "°": "درجة", "°C": "درجة",
    },
    own=(Rule(re.compile(r"(الطابق|الدور|اليوم|الباب|الصف)\s(\d{1,2})(?![\w.,:/-])"), _ordinal),),
)  # fmt: skip
