"""Pages of information as nouns, and as JSON between the municipality and its terminals."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Texts = Mapping[str, str]
"""Language code → text; "nl" is always there."""


class UnfitInformation(ValueError):
    """Somebody sent what no page can be made of."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence or two. {phone}, {address} and {hours} stand for the municipality's own."""

    text: Texts


@dataclass(frozen=True, slots=True)
class Part:
    """What fits on one screen: a heading and a few lines."""

    heading: Texts
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """id: stands in addresses. icon: a name of the kit's drawings."""

    id: str
    icon: str
    title: Texts
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """The municipality as everybody may know it."""

    name: str
    phone: str
    email: str
    website: str
    address: str
    opening_hours: Texts
    theme: str


@dataclass(frozen=True, slots=True)
class Information:
    town: Town
    pages: tuple[Page, ...]

    def page(self, page_id: str) -> Page | None:
        return next((page for page in self.pages if page.id == page_id), None)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> "Information":
        """Raises UnfitInformation: what comes over the line or from the disk may be damaged."""
        try:
            return cls(
                Town(**{**data["town"], "opening_hours": _texts(data["town"]["opening_hours"])}),
                tuple(_page(each) for each in data["pages"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as problem:
            raise UnfitInformation("not information") from problem


def _page(data: Any) -> Page:
    parts = tuple(
        Part(_texts(part["heading"]), tuple(Line(_texts(line["text"])) for line in part["lines"]))
        for part in data["parts"]
    )
    if not parts:
        raise ValueError("a page without parts")
    return Page(str(data["id"]), str(data["icon"]), _texts(data["title"]), parts)


def _texts(data: Any) -> dict[str, str]:
    texts = {str(language): str(text) for language, text in data.items()}
    if "nl" not in texts:
        raise ValueError("a text without Dutch")
    return texts
