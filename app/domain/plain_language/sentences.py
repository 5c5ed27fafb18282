"""Cuts a text into sentences and words. Nobody stumbles over a placeholder or an HTML tag."""

import re
from dataclasses import dataclass

PLACEHOLDER = "…x…"
"""Stands for a value filled in later, or an address to copy: one word, never a hard one."""

_FILLED_IN = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
_TAG = re.compile(r"<[^<>]*>")
_SPACE = re.compile(r"\s+")
# A full stop inside "bijv. de" is no end: an end is followed by a capital, a figure, a quote or nothing.
_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-ZÀ-Þ0-9…])")
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/h\d|/div)\b[^<>]*>|\n\s*\n", re.IGNORECASE)
_WORD = re.compile(r"…x…|[^\W_]+(?:[’'\-.:][^\W_]+)*")
_ADDRESS = re.compile(
    r"\S+@\S+\w|\b(?:https?://|www\.)\S*[\w/]|\b\w[\w-]*\.(?:nl|org|eu|com)\b(?:/\S*[\w/])?"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    words: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Ends as sentences do. A label on a button does not, and counts for no average."""
        return self.text.rstrip("\"'”’)").endswith((".", "!", "?"))


def plain_words(text: str) -> str:
    """The text as it is read: no tags, values as PLACEHOLDER, entities and soft spaces resolved."""
    text = _BREAK.sub(". ", text)
    text = _ADDRESS.sub(PLACEHOLDER, _TAG.sub("", _FILLED_IN.sub(PLACEHOLDER, text)))
    text = text.replace("&nbsp;", " ").replace("&amp;", "&").replace("%%", "%").replace("\u00ad", "")
    return _SPACE.sub(" ", text).replace("..", ".").strip()


def split_sentences(text: str) -> list[Sentence]:
    """Sentences in reading order; a heading or label is one as well."""
    parts = (part.strip() for part in _END.split(plain_words(text)))
    return [Sentence(part, split_words(part)) for part in parts if re.search(r"\w", part)]


def split_words(sentence: str) -> tuple[str, ...]:
    """Words and figures in reading order."""
    return tuple(_WORD.findall(sentence))
