"""How languages write a date with the month in words."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Calendar:
    """full and day_month: "{day} de {month} de {year}"; months: January first, each name's forms."""

    full: str
    day_month: str
    months: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """month: 1 to 12. year: None when it was not said."""

    day: str
    month: int
    year: str | None


@cache
def calendars() -> dict[str, Calendar]:
    """By language; of a language that is not in it months are not known."""
    table = tomllib.loads(Path(__file__).with_name("calendar_words.toml").read_text(encoding="utf-8"))
    return {
        language: Calendar(words["full"], words["day_month"], tuple(map(tuple, words["months"])))
        for language, words in table.items()
    }


@cache
def date_pattern(language: str) -> re.Pattern[str] | None:
    """Day before month (14 de março de 2026, 14 maart) or after it (March 14th, 2026)."""
    calendar = calendars().get(language)
    if calendar is None:
        return None
    names = sorted((name for forms in calendar.months for name in forms), key=len, reverse=True)
    # In these languages a month without its capital is something else: you may, ein mai.
    flag = "" if language in ("en", "de") else "(?i)"
    month = "(?P<month{}>" + "|".join(map(re.escape, names)) + r")(?!\w)"
    day = r"(?<![\w.,/-])(?P<day{}>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|\.|º|ª|\.º)?"
    year = r"(?:(?:,| de| del|،)? (?P<year{}>(?:19|20)\d\d)(?!\w|[.,/]\d))?"
    first = day.format(1) + r" (?:de |of )?" + month.format(1) + year.format(1)
    then = month.format(2) + " " + day.format(2) + r"(?![\w:/-]|[.,]\d)" + year.format(2)
    return re.compile(f"{flag}{first}|{then}")


def read_date(match: re.Match[str], language: str) -> WrittenDate:
    """Of what date_pattern found."""
    which = "1" if match["day1"] else "2"
    said = match["month" + which].casefold()
    months = calendars()[language].months
    month = next(n for n, forms in enumerate(months, 1) if said in (form.casefold() for form in forms))
    return WrittenDate(match["day" + which], month, match["year" + which])


def write_date(date: WrittenDate, language: str) -> str:
    """As people write it; raises KeyError for a language whose months are not known."""
    calendar = calendars()[language]
    month = calendar.months[date.month - 1][0]
    if date.year is None:
        return calendar.day_month.format(day=date.day, month=month)
    return calendar.full.format(day=date.day, month=month, year=date.year)


def month_pattern(month: int, language: str) -> str | None:
    """What a translation must hold of a date's month; None where months are not known."""
    calendar = calendars().get(language)
    if calendar is None:
        return None
    # A longer form of the same name is fine: Polish and Turkish give it endings.
    return r"(?<!\w)(?:" + "|".join(map(re.escape, calendar.months[month - 1])) + ")"
