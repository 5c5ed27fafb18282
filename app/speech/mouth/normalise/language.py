"""What a language must tell, so that the rules that all share can speak it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.speech.mouth.normalise.rewriting import Rule

DUTCH_NAMES: Mapping[str, str] = {
    "DigiD": "Digi D",
    "BSN": "B S N",
    "SVB": "S V B",
    "UWV": "U W V",
    "IND": "I N D",
    "KvK": "K V K",
}
"""Schemes and offices that keep their Dutch name in every language, as a voice must spell them."""


@dataclass(frozen=True, slots=True)
class Language:
    """Whole numbers stay in digits: every engine here reads those itself, in each language, as people do."""

    months: tuple[str, ...]
    date: Callable[[int, str, str], str]
    """day, month's name, year or ""."""
    time: Callable[[int, int], str]
    """hour 0 to 24, minute."""
    amount: Callable[[str, int], str]
    """whole euros in digits, cents 0 to 99."""
    percent: str
    until: str
    minus: str
    plus: str
    at: str
    dot: str
    dash: str
    slash: str
    underscore: str
    decimal: str
    """The sign before decimals, as this language writes it: "," or "."."""
    decimal_word: str = ""
    """Empty: the engine reads the sign itself."""
    percent_first: bool = False
    pause: str = ","
    hour_words: str = ""
    """Pattern of what may stand after a time and is said by `time` already: "uur"."""
    am_pm: bool = False
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    """After a number only."""
    letters: Callable[[str], str] = " ".join
    """Letters that are said one by one."""
    postcode: Callable[[str], str] = " ".join
    first: tuple[Rule, ...] = ()
    """Rules that only this language has, before those that all share."""
    own: tuple[Rule, ...] = ()
    """The same, only before the shared ones of places and numbers."""


def day_first(day: int, month: str, year: str) -> str:
    return f"{day} {month} {year}".rstrip()


def slavic_plural(number: int, one: str, few: str, many: str) -> str:
    if number % 10 == 1 and number % 100 != 11:
        return one
    if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14:
        return few
    return many
