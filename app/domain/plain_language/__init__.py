"""Is this Dutch plain enough for everybody? Rules, findings and a score; pure, so that every room can use it.

`check_text("Indien u …")` gives the findings of one text. How strict, and why: docs/change/languages.md.
"""

from app.domain.plain_language.check import check_page, check_text
from app.domain.plain_language.exceptions import ExceptionList, MalformedExceptions
from app.domain.plain_language.findings import MILD, STRICT, Finding, Limits, PageResult, Rule
from app.domain.plain_language.words import DutchWords, WordData, WordDataMissing

__all__ = [
    "MILD",
    "STRICT",
    "DutchWords",
    "ExceptionList",
    "Finding",
    "Limits",
    "MalformedExceptions",
    "PageResult",
    "Rule",
    "WordData",
    "WordDataMissing",
    "check_page",
    "check_text",
]
