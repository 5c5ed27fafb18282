"""Whether a translation can be shown in the place of its Dutch text. No judgement of its wording."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

from app.accessible_ui.source_texts import SourceText

_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")
_LONE_PERCENT = re.compile(r"%(?!\(\w+\)[a-z]|%)")
_ARABIC_LETTER = re.compile(r"[\u0621-\u064a]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_SAME_IN_EVERY_SCRIPT = {"Wijkbalie", "DigiD", "QR"}
_COUNT_MAY_BE_A_WORD = {"%(num)s", "%(count)s", "%(number)s", "%(n)s"}
"""Arabic says "one" and "two" by the form of the noun, so these forms need no figure."""

_ENDS = {"?": "?", "؟": "?", ".": ".", "…": "…", ":": ":", "!": "!"}
_VOID = {"br", "wbr", "img", "hr", "input"}


def source_faults(text: SourceText) -> Iterator[str]:
    """What is wrong with a Dutch text itself, so that no translation can be right."""
    for form in text.forms:
        if "\n" in form:
            yield "has a line break in it; write {% trans trimmed %}"
        elif form != form.strip():
            yield "begins or ends with a space; put the space outside"
        if _PLACEHOLDER.search(form) and _LONE_PERCENT.search(form):
            yield "has a lone % beside a placeholder; write %%"
        if not _tags_balance(form):
            yield "has an HTML tag that is not closed"


def translation_faults(
    text: SourceText, forms: Sequence[str], language: str, plural_count: int
) -> Iterator[str]:
    """Why these forms (one, or one per plural category) cannot stand for the Dutch text."""
    expected = 1 if text.plural is None else plural_count
    if len(forms) != expected or not all(forms):
        yield f"needs {expected} forms, has {sum(map(bool, forms))}"
        return
    if any(form != form.strip() for form in forms):
        yield "begins or ends with a space"
    if any("\n" in form for form in forms):
        yield "has a line break"
    yield from _placeholder_faults(text, forms, language)
    for form in forms:
        if Counter(_tags(form)) != Counter(_tags(text.forms[-1])) or not _tags_balance(form):
            yield "has other HTML tags than the Dutch text, or unclosed ones"
        if _ending(form) != _ending(text.forms[-1]):
            yield "ends with another mark than the Dutch text"
        if language == "ar" and _is_left_in_latin(form, text):
            yield "has no Arabic letter in it"


def _placeholder_faults(text: SourceText, forms: Sequence[str], language: str) -> Iterator[str]:
    wanted = Counter(_PLACEHOLDER.findall(text.forms[-1]))
    for number, form in enumerate(forms):
        missing = wanted - Counter(_PLACEHOLDER.findall(form))
        unknown = Counter(_PLACEHOLDER.findall(form)) - wanted
        names_the_count = len(forms) > 1 and (number < 3 if language == "ar" else number == 0)
        if names_the_count:
            missing = Counter({name: n for name, n in missing.items() if name not in _COUNT_MAY_BE_A_WORD})
        if missing or unknown:
            named = ", ".join([f"misses {n}" for n in missing] + [f"invents {n}" for n in unknown])
            yield f"placeholders differ ({named})"
    if wanted and any(_LONE_PERCENT.search(form) for form in forms):
        yield "has a lone % beside a placeholder"


def _is_left_in_latin(form: str, text: SourceText) -> bool:
    words = set(_LATIN_WORD.findall(_PLACEHOLDER.sub("", re.sub(r"<[^>]*>", "", text.singular))))
    return bool(words - _SAME_IN_EVERY_SCRIPT) and not _ARABIC_LETTER.search(form)


def _ending(form: str) -> str:
    return _ENDS.get(re.sub(r"<[^>]*>", "", form).rstrip("\"'”’») ")[-1:], "")


class _TagReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.balanced = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag + "".join(f" {name}={value}" for name, value in sorted(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.balanced = self.balanced and bool(self.open) and self.open.pop() == tag


def _read_tags(form: str) -> _TagReader:
    reader = _TagReader()
    reader.feed(form)
    reader.close()
    return reader


def _tags(form: str) -> list[str]:
    return _read_tags(form).tags


def _tags_balance(form: str) -> bool:
    reader = _read_tags(form)
    return reader.balanced and not reader.open
