"""Dates, times, amounts, numbers, addresses and abbreviations as people say them, per language."""

from functools import cache
from importlib import import_module

from app.speech.mouth.normalise.rewriting import Rule, rewrite
from app.speech.mouth.normalise.shared import rules_of
from app.speech.mouth.text import SafeText, safe_text

LANGUAGES = frozenset({"nl", "en", "ar", "tr", "pl", "uk", "fr", "de", "es", "fa"})

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬", "01234567890123456789,.")
"""One for one, so that places stay."""


def spoken_form(given: str, language: str) -> SafeText:
    """Safe text as it is said in this language; its origins lead back to the text that was given.

    A language without rules gets its text as it is: nobody should hear a date in another language.
    """
    safe = safe_text(given)
    if language not in LANGUAGES:
        return safe
    said, places = rewrite(safe.text.translate(_DIGITS), _rules(language))
    return SafeText(said, tuple(safe.origins[place] for place in places))


@cache
def _rules(language: str) -> tuple[Rule, ...]:
    return rules_of(import_module(f"{__name__}.{language}").LANGUAGE)
