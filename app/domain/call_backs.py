"""A citizen asks to be called: what the request holds, and how it is read."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from app.domain.names import LONGEST_NAME, UnfitName, clean_name
from app.domain.queue import is_language_code

CALL_BACK_LIFE = timedelta(days=14)
SEALED_BYTES = 16 * 1024
"""No call-back request is longer, its padding included."""
LONGEST_SUBJECT = 500


class CallBackUnreadable(Exception):
    """It opened, and what it holds is no call-back request."""


@dataclass(frozen=True, slots=True)
class CallBackWish:
    """What a citizen asks. phone: digits, + ( ) - . and spaces. wanted_at: when, in Dutch words."""

    name: str
    phone: str
    language: str
    subject: str
    wanted_at: str

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class CallBack:
    id: str
    received_at: datetime
    wish: CallBackWish


_PHONE = re.compile(r"\+?[0-9()\-. ]{3,30}")


def read_call_back(content: bytes) -> CallBackWish:
    """JSON {name, phone, language, subject, wanted_at?}, cleaned. Without a telephone number nobody can call.

    Raises CallBackUnreadable. What is too long is cut, not refused: the citizen has gone, nobody can ask again.
    """
    try:
        given: Any = json.loads(content.decode())
    except (ValueError, RecursionError) as problem:
        raise CallBackUnreadable from problem
    if not isinstance(given, dict):
        raise CallBackUnreadable
    phone = _text(given, "phone", 40)
    if not _PHONE.fullmatch(phone) or sum(each.isdigit() for each in phone) < 3:
        raise CallBackUnreadable
    language = _text(given, "language", 12)
    return CallBackWish(
        name=_name(_text(given, "name", LONGEST_NAME)),
        phone=phone,
        language=language if is_language_code(language) else "nl",
        subject=_text(given, "subject", LONGEST_SUBJECT),
        wanted_at=_text(given, "wanted_at", 60),
    )


def clean_call_back_id(text: object) -> str:
    """As the database keeps it: a UUID in its usual form. Raises CallBackUnreadable."""
    try:
        return str(UUID(text)) if isinstance(text, str) and len(text) <= 45 else _unreadable()
    except ValueError as problem:
        raise CallBackUnreadable from problem


def _unreadable() -> str:
    raise CallBackUnreadable


def _text(given: dict[str, Any], name: str, longest: int) -> str:
    """On one line, each character one that a database and a page can hold."""
    value = given.get(name, "")
    if not isinstance(value, str):
        return ""
    readable = "".join(each if each.isprintable() else " " for each in value[: 4 * longest])
    digits = "".join(str(int(each)) if each.isdecimal() else each for each in readable)
    return " ".join((digits if name == "phone" else readable).split())[:longest]


def _name(text: str) -> str:
    try:
        return clean_name(text) if text else ""
    except UnfitName:
        return ""


class CallBacks(Protocol):
    """Where they are kept, encrypted. Each call is one transaction; callable from any thread."""

    def keep_call_back(self, call_back_id: str, wish: CallBackWish) -> None:
        """The same id again changes nothing, also after it was called."""

    def call_backs(self, municipality_id: int) -> list[CallBack]:
        """Oldest first."""

    def called(self, call_back_id: str, municipality_id: int) -> None:
        """Nothing of the citizen is left. Raises NotFound."""
