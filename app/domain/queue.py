"""Nouns and rules of coming without an appointment: the line, the short code, the terminal's entry."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.domain.conversations import Seat

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


_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


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


def is_language_code(text: str) -> bool:
    """Such as "nl" or "zh-Hant" (BCP 47); not whether we know it."""
    return _LANGUAGE.fullmatch(text) is not None


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


class Queue(Protocol):
    """Where the line is kept. Each call is one transaction; callable from any thread."""

    def begin_walk_in(self, terminal_id: str, language: str, team_id: int | None = None) -> NewEntry:
        """An open talk without a lead, the citizen's invitation, their entry. Call leave() first: one person at a time.

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
        """As begin_walk_in, to the talk for which the code was made.

        Raises ShortCodeWrong, ConversationEnded, TooManyTries; ValueError for no language code.
        """

    def use_entry(self, token: str) -> Entry:
        """Once, within ENTRY_LIFE. Raises EntryClosed."""

    def is_open(self, entry_id: str) -> bool:
        """Has this citizen not left yet? Nobody stands at a terminal that was revoked."""

    def leave(self, terminal_id: str) -> Left:
        """Whoever is at this terminal goes: no copy of their cookie opens anything. Leaving twice is leaving once."""


class LiveSide(Protocol):
    """The live side of a conversation: it tells the others who went."""

    def seat_left(self, seat: Seat) -> None:
        """Somebody went away by a page instead of by the socket."""

    def ended(self, conversation_id: str) -> None:
        """The talk is over."""


def let_go(queue: Queue, live: LiveSide, terminal_id: str) -> None:
    """Whoever is at this terminal goes, from a live talk as well."""
    left = queue.leave(terminal_id)
    for seat in left.seats:
        live.seat_left(seat)
    for conversation_id in left.ended:
        live.ended(conversation_id)
