"""The Dutch texts of the product, as they stand in code and templates: gettext's message ids."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg

ROOT = Path(__file__).resolve().parents[2]

_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    **parse_keywords(["_l", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2"]),
}
_COMMENT_TAG = "Vertaler:"
"""A comment that starts so, above a text, reaches the translators."""


@dataclass(slots=True)
class SourceText:
    """One Dutch text. Two texts with one wording are one, unless their contexts differ."""

    singular: str
    plural: str | None = None
    context: str | None = None
    files: set[str] = field(default_factory=set)
    """Paths below the root, with "/"; no line numbers, so that a moved line changes no catalogue."""
    comments: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """Context and text: what gettext looks an entry up by."""
        return self.context or "", self.singular

    @property
    def forms(self) -> tuple[str, ...]:
        return (self.singular,) if self.plural is None else (self.singular, self.plural)


def extract_source_texts(root: Path = ROOT) -> list[SourceText]:
    """All texts below root/app, sorted by wording. Raises on a template that does not parse."""
    with (root / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    found = extract_from_dir(
        root, methods, options, keywords=_KEYWORDS, comment_tags=[_COMMENT_TAG], strip_comment_tags=True
    )
    return merge_texts((file, message, comments, context) for file, _, message, comments, context in found)


def merge_texts(
    found: Iterable[tuple[str, str | tuple[str, ...], list[str], str | None]],
) -> list[SourceText]:
    """One SourceText per wording and context, knowing every file that uses it."""
    texts: dict[tuple[str, str], SourceText] = {}
    for file, message, comments, context in found:
        singular, plural = (message, None) if isinstance(message, str) else (message[0], message[1])
        if not singular:
            continue
        text = texts.setdefault((context or "", singular), SourceText(singular, None, context))
        text.plural = text.plural or plural
        text.files.add(file.replace("\\", "/"))
        text.comments += [line for line in comments if line not in text.comments]
    return sorted(texts.values(), key=lambda text: (text.singular.lower(), text.singular, text.context or ""))
