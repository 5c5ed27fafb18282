"""Reading aloud without JavaScript: the text of a page travels, encrypted, in the address of an audio player.

Encrypted and not only signed, because addresses end up in the access logs of servers and proxies.
"""

import base64
import hashlib
import json
import re
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator

import lxml.html
from cryptography.fernet import Fernet, InvalidToken

LINK_LIFETIME_S = 24 * 60 * 60
_PIECE_CHARACTERS = 1_500
"""Keeps an address below 3,000 characters; servers accept 4,094 (gunicorn) and more."""
_KEPT_PAGES = 128
_KEPT_S = 60 * 60

_is_silent_tag = re.compile(
    "script|style|template|svg|noscript|select|textarea|audio|video|canvas|iframe"
).fullmatch
_is_inline_tag = re.compile(
    "a|abbr|b|bdi|bdo|cite|code|data|dfn|em|i|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|u|var"
).fullmatch
_SPOKEN_INPUTS = frozenset({"submit", "button", "reset"})
_HIDDEN_FIELD = re.compile(rb"<input[^>]*type=\"hidden\"[^>]*>")
_SENTENCE_END = re.compile(r"(?<=[.!?؟。])\s+|\n+")

Passage = tuple[str, str]
"""Language (two letters) and text."""


class ListeningLinks:
    """Makes and opens the tokens. secret: the application's own."""

    def __init__(self, secret: str) -> None:
        key = hashlib.sha256(b"read aloud\0" + secret.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def make(self, passages: list[Passage]) -> str:
        packed = zlib.compress(json.dumps(passages, ensure_ascii=False).encode(), 9)
        return self._fernet.encrypt(packed).decode()

    def open(self, token: str) -> list[Passage]:
        """Raises ValueError for a token that is not ours or is older than a day."""
        try:
            packed = self._fernet.decrypt(token, ttl=LINK_LIFETIME_S)
        except InvalidToken as error:
            raise ValueError("not our token") from error
        return [(language, text) for language, text in json.loads(zlib.decompress(packed))]


class KeptPages:
    """What was made for a page, for an hour: a page that many people open is read once."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: OrderedDict[bytes, tuple[float, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def get_or_make(self, html: bytes, language: str, make: Callable[[], bytes]) -> bytes:
        # Hidden fields hold a person's own tokens; nobody hears them.
        key = hashlib.blake2b(_HIDDEN_FIELD.sub(b"", html), key=language.encode(), digest_size=16).digest()
        with self._lock:
            made_at, made = self._kept.get(key, (0.0, b""))
        if made and self._now() - made_at < _KEPT_S:
            return made
        made = make()
        with self._lock:
            self._kept[key] = (self._now(), made)
            while len(self._kept) > _KEPT_PAGES:
                self._kept.popitem(last=False)
        return made


def main_of(html: bytes) -> bytes:
    """The page's <main>, as it was sent; empty when there is none."""
    start, end = html.find(b"<main"), html.rfind(b"</main>")
    return html[start : end + len(b"</main>")] if 0 <= start < end else b""


def readable_passages(main: bytes, language: str) -> list[Passage]:
    """What a person sees in it, in reading order; one passage for each run of one language."""
    passages: list[Passage] = []
    root = lxml.html.fragment_fromstring(main.decode())
    for spoken_language, text in _walk(root, language):
        if passages and passages[-1][0] == spoken_language:
            text = passages.pop()[1] + text
        passages.append((spoken_language, text))
    tidy = [(code, _tidy(text)) for code, text in passages]
    return [(code, text) for code, text in tidy if any(map(str.isalnum, text))]


def pieces_of(passages: list[Passage]) -> list[list[Passage]]:
    """The passages in groups that each fit in an address, cut between sentences where that can be."""
    pieces: list[list[Passage]] = [[]]
    room = _PIECE_CHARACTERS
    for language, text in passages:
        for sentence in _sentences(text):
            if len(sentence) > room and pieces[-1]:
                pieces.append([])
                room = _PIECE_CHARACTERS
            piece = pieces[-1]
            if piece and piece[-1][0] == language:
                piece[-1] = (language, f"{piece[-1][1]}\n{sentence}")
            else:
                piece.append((language, sentence))
            room -= len(sentence) + 1
    return [piece for piece in pieces if piece]


def _walk(element: lxml.html.HtmlElement, language: str) -> Iterator[Passage]:
    tag = element.tag
    if not isinstance(tag, str) or _is_silent_tag(tag) or _is_hidden(element):
        return
    language = (element.get("lang") or language).partition("-")[0].lower()
    edge = "" if _is_inline_tag(tag) else "\n"
    yield language, edge + (_own_name(element) or element.text or "")
    for child in element:
        yield from _walk(child, language)
        yield language, child.tail or ""
    yield language, edge


def _is_hidden(element: lxml.html.HtmlElement) -> bool:
    return (
        "hidden" in element.attrib
        or "inert" in element.attrib
        or element.get("aria-hidden") == "true"
        or element.get("data-read-aloud") == "off"
        or (element.tag == "input" and element.get("type") not in _SPOKEN_INPUTS)
    )


def _own_name(element: lxml.html.HtmlElement) -> str | None:
    if element.tag == "input":
        return element.get("value")
    return element.get("alt") if element.tag == "img" else None


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text):
        for start in range(0, len(sentence), _PIECE_CHARACTERS):
            yield sentence[start : start + _PIECE_CHARACTERS]
