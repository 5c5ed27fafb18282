"""Reads pages of information from TOML, in the order of their files' names."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.domain.information.pages import Line, Page, Part

OURS = Path(__file__).parent / "pages_toml"
LANGUAGES = ("nl", "en", "ar")
"""In which ours are written; a municipality's own need Dutch only."""
_NAME = re.compile(r"(?:[0-9]+-)?([a-z]+(?:-[a-z]+)*)\.toml")


class MalformedInformation(ValueError):
    """A file says something no page can be made of. args[0] tells which file and what."""


def load_pages(own: Path | None = None) -> tuple[Page, ...]:
    """The municipality's own pages if its folder is there, else the ones that are delivered.

    A file is called "<number>-<id>.toml". Raises MalformedInformation.
    """
    folder = own if own is not None and own.is_dir() else OURS
    pages = []
    for file in sorted(folder.glob("*.toml")):
        name = _NAME.fullmatch(file.name)
        if name is None:
            raise MalformedInformation(f"{file}: call it 10-name.toml, with small letters and hyphens")
        try:
            pages.append(_page(name[1], tomllib.loads(file.read_text(encoding="utf-8"))))
        except (KeyError, TypeError, ValueError) as problem:
            raise MalformedInformation(f"{file}: {problem}") from problem
    if not pages:
        raise MalformedInformation(f"{folder}: no pages")
    return tuple(pages)


def dutch_texts() -> Iterator[tuple[str, str]]:
    """(where, text) of the delivered pages, for the check of plain language."""
    for page in load_pages():
        where = f"app/domain/information/{OURS.name} {page.id}"
        yield where, page.title["nl"]
        for part in page.parts:
            yield where, part.heading["nl"]
            for line in part.lines:
                if not line.text["nl"].startswith("{"):
                    yield where, line.text["nl"]


def _page(page_id: str, data: dict[str, Any]) -> Page:
    parts = tuple(
        Part(_texts(part["heading"]), tuple(Line(_texts(line)) for line in part["lines"]))
        for part in data["parts"]
    )
    if not parts or not all(part.lines for part in parts):
        raise ValueError("a page needs parts, and a part needs lines")
    return Page(page_id, str(data["icon"]), _texts(data["title"]), parts)


def _texts(data: dict[str, str]) -> dict[str, str]:
    if not data.get("nl"):
        raise ValueError("each text needs Dutch (nl)")
    return {language: text.strip() for language, text in data.items()}
