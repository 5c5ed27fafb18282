"""Nouns and rules of coming without an appointment: the line, the short code, the call-back, the terminal's entry."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from app.domain.conversations import Seat
from app.domain.names import LONGEST_NAME, UnfitName, clean_name

WALK_IN = "vrij-inlopen"
"""The slug of the service type for who names no subject."""

ENTRY_LIFE = timedelta(seconds=60)
"""From the terminal's request until its browser must have come in."""

ON_THE_WAY = timedelta(minutes=15)
"""This long one may choose captions and test the camera. Who sits in no waiting room after it has gone."""

LONGEST_WAIT = timedelta(hours=12)
"""No line lasts longer than a day, whatever a broken machine leaves behind."""

CODE_DIGITS = 6
TRIES_WINDOW = timedelta(minutes=15)
TRIES_PER_TERMINAL = 8
"""Wrong codes in TRIES_WINDOW. A person who mistypes needs three; who guesses needs thousands."""
TRIES_IN_ALL = 60
"""Of all terminals together: with ten codes open, a guess in TRIES_WINDOW fits with a chance of 0.06 %."""

CALL_BACK_LIFE = timedelta(days=14)
SEALED_BYTES = 8 * 1024
"""No call-back request is longer."""
LONGEST_SUBJECT = 500


class NoWalkIn(Exception):
    """This municipality has no service type WALK_IN, or the team is not one of its own."""


class AlreadyTaken(Exception):
    """A colleague was first."""


class ShortCodeWrong(Exception):
    """No citizen has this code today."""


class TooManyTries(Exception):
    """Not even the right code is looked at until the window has passed."""


class EntryClosed(Exception):
    """Used before, too late, or never ours: one answer for all, as none of them opens anything."""


class CallBackUnreadable(Exception):
    """It opened, and what it holds is no call-back request."""


def new_short_code() -> str:
    """Six digits. Not enough by themselves: tries are counted, and the day ends."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def clean_short_code(typed: str) -> str:
    """Without what people put between digits. Digits of any script, such as ٣, count as themselves."""
    digits = re.sub(r"[\s\-‐-―.]", "", typed[:40])
    return "".join(str(int(each)) if each.isdecimal() else each for each in digits)


@dataclass(frozen=True, slots=True)
class Entry:
    """A citizen at a terminal: one browser, one person's place in one talk, until they leave."""

    id: str
    terminal_id: str
    invitation_id: str
    language: str
    walk_in: bool


@dataclass(frozen=True, slots=True)
class NewEntry:
    """token is the terminal's, once; only its hash is kept. place: in line, from 1; None when nobody waits in one."""

    token: str
    place: int | None


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody who waits for the first free employee."""

    conversation_id: str
    came_at: datetime
    language: str
    place: int
    """Among those whom this employee may take, from 1."""
    team: str
    """Empty: whoever is free."""
    seated: bool
    """False: still chooses captions or tests the camera."""


@dataclass(frozen=True, slots=True)
class Left:
    """What leaving freed, so that the live side can tell the others."""

    seats: tuple[Seat, ...]
    ended: tuple[str, ...]
    """Conversations for which nobody waits any more."""


@dataclass(frozen=True, slots=True)
class CallBackWish:
    """What a citizen asks. phone: as typed, digits and + ( ) - and spaces. wanted_at: when, in their own words or ISO 8601."""

    name: str
    phone: str
    language: str
    subject: str
    wanted_at: str

    def to_json(self) -> str:
        return json.dumps(
            {
                "name": self.name,
                "phone": self.phone,
                "language": self.language,
                "subject": self.subject,
                "wanted_at": self.wanted_at,
            },
            ensure_ascii=False,
        )


@dataclass(frozen=True, slots=True)
class CallBack:
    id: str
    received_at: datetime
    wish: CallBackWish


_PHONE = re.compile(r"\+?[0-9()\-. ]{3,30}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


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
        language=language if _LANGUAGE.fullmatch(language) else "nl",
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


class Queue(Protocol):
    """Where the line is kept. Each call is one transaction; callable from any thread."""

    def begin_walk_in(self, terminal_id: str, language: str, team_id: int | None = None) -> NewEntry:
        """Whoever was at this terminal before has left (Left tells nobody: use leave() first to tell).

        Raises NoWalkIn; ValueError for no language code.
        """

    def walk_ins(self, employee_id: int) -> list[WalkIn]:
        """Who waits for this employee's team or for anybody, first come first. A manager sees all."""

    def take(self, conversation_id: str, employee_id: int) -> None:
        """This employee leads it from now on. Of two at once the database lets one.

        Raises AlreadyTaken, NotFound, ConversationEnded.
        """

    def place_in_line(self, conversation_id: str) -> int | None:
        """From 1, among those who wait for the same employees. None: taken, over, or no walk-in."""

    def make_short_code(self, invitation_id: str) -> str:
        """For today; an older one of the same person ends. Raises NotFound, ConversationEnded."""

    def use_short_code(self, terminal_id: str, code: str, language: str) -> NewEntry:
        """Raises ShortCodeWrong, ConversationEnded, TooManyTries; ValueError for no language code."""

    def use_entry(self, token: str) -> Entry:
        """Once, within ENTRY_LIFE. Raises EntryClosed."""

    def is_open(self, entry_id: str) -> bool:
        """Has this citizen not left yet?"""

    def leave(self, terminal_id: str) -> Left:
        """Whoever is at this terminal goes: no copy of their cookie opens anything. Leaving twice is leaving once."""

    def keep_call_back(self, call_back_id: str, wish: CallBackWish) -> None:
        """The same id again changes nothing, also after it was called."""

    def call_backs(self, municipality_id: int) -> list[CallBack]:
        """Oldest first."""

    def called(self, call_back_id: str, municipality_id: int) -> None:
        """Nothing of the citizen is left. Raises NotFound."""
