"""What may stand as a person's name: any script, nothing that hides or reorders what others read."""

import unicodedata

LONGEST_NAME = 60
"""Characters. Dutch law knows no bound; this one fits under a picture and holds every name we met."""

_MOST_MARKS = 3
"""Combining marks on one letter. Hebrew and Vietnamese need three; a tower covers other text."""

_LONGEST_INPUT = 1_000
"""Longer is not read at all, so that a huge name costs nothing."""

_JOINERS = "\u200c\u200d"
"""Invisible, yet part of spelling between letters in Persian and in Indic scripts."""

_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters by their category, empty to the eye."""


class UnfitName(ValueError):
    """reason: "empty" (nothing a person could read) or "long"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def clean_name(text: str) -> str:
    """The name as it may be shown: NFC, one line, single spaces, 1 to 60 characters.

    Control, private and text-direction characters go: they can make a name read as another's
    (Unicode TR 36, 2.10).
    Raises UnfitName.
    """
    if len(text) > _LONGEST_INPUT:
        raise UnfitName("long")
    name, before = _clean_once(text), text
    while name != before:  # what goes can lay bare what must go too; each turn shortens, so this ends
        name, before = _clean_once(name), name
    if not any(unicodedata.category(character)[0] in "LN" for character in name):
        raise UnfitName("empty")
    if len(name) > LONGEST_NAME:
        raise UnfitName("long")
    return name


def _clean_once(text: str) -> str:
    visible = "".join(_kept(text, at) for at in range(len(text)))
    return " ".join(_limit_marks(unicodedata.normalize("NFC", visible)).split())


def _kept(text: str, at: int) -> str:
    character = text[at]
    category = unicodedata.category(character)
    if character in _JOINERS:
        joins = 0 < at < len(text) - 1 and _is_letter(text[at - 1]) and _is_letter(text[at + 1])
        return character if joins else ""
    if character in _BLANK_LETTERS or category[0] == "Z" or character in "\t\n\r\v\f":
        return " "
    return "" if category[0] == "C" else character


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" and character not in _BLANK_LETTERS


def _limit_marks(text: str) -> str:
    kept: list[str] = []
    marks = _MOST_MARKS  # so that a mark without a letter before it goes
    for character in text:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
        if character == " ":
            marks = _MOST_MARKS
    return "".join(kept)
