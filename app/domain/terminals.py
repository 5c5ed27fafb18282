"""Nouns and rules of a terminal: what it is, how it joins, when it is silent."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal, Protocol

from app.domain.local_time import LOCAL

TerminalState = Literal["new", "active", "revoked"]
"""new: confirmed, not heard from yet. active: has sent a heartbeat. revoked: its key opens nothing, for ever."""

CODE_ALPHABET = "ACDEFHJKMNPRTVWXY34679"
"""Without characters that look or sound alike (0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V, G/6, Q/O)."""
CODE_LENGTH = 8
CODE_LIFE = timedelta(minutes=10)
OPEN_ENROLMENTS = 20
"""At most so many codes are open at once."""
WRONG_CODES = 10
"""So many wrong codes by one employee, or ten times that by all, stop typing for CODE_LOCK."""
CODE_LOCK = timedelta(minutes=15)
CLOCK_WINDOW = timedelta(seconds=120)
"""How far a terminal's clock may be from ours."""
SILENT_AFTER = timedelta(minutes=5)
LONGEST_OFF = timedelta(days=15)
"""Until the next opening, after the longest holiday."""

LONGEST_LOCATION = 120
"""Characters."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class TerminalProfile:
    """What the municipality sets for one terminal."""

    location: str
    opening_hours: dict[str, str]
    """By day (one of DAYS), e.g. {"mon": "09:00-12:30 13:00-17:00"}; a day that is missing or empty is closed.
    No day at all: hours are not set, always open."""
    team_id: int | None
    languages: tuple[str, ...]
    printer: bool
    kind: Literal["terminal", "tablet"] = "terminal"
    lower_half: bool = False
    """Everything within reach of a seated person."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Once a minute. Nothing of a citizen: no addresses, pictures or session times."""

    at: datetime
    """When it reached the server, by the server's clock."""
    version: str
    slot: str
    last_good_paint_at: datetime | None
    restarts: int
    disk_free_bytes: int
    temperature_c: float | None
    network: str
    camera: bool
    sound: bool
    clock_skew_s: float
    """The terminal's clock minus the server's, as the terminal learnt it."""
    off_until: datetime | None = None
    """The host switched it off until then; None: it is on."""

    def is_off(self, now: datetime) -> bool:
        """A host's word holds for LONGEST_OFF at most: a clock that was set wrong hides no terminal for a year."""
        return self.off_until is not None and now < min(self.off_until, self.at + LONGEST_OFF)


@dataclass(frozen=True, slots=True)
class SelfTest:
    """One call to the echo."""

    at: datetime
    picture: bool
    sound: bool
    loss: float
    """0 to 1."""
    delay_ms: float
    failed: str
    """Stable code of what went wrong; empty when nothing did."""


@dataclass(frozen=True, slots=True)
class Terminal:
    id: str
    public_key: bytes
    """Ed25519, 32 bytes."""
    state: TerminalState
    profile: TerminalProfile
    enrolled_at: datetime
    revoked_at: datetime | None = None
    heartbeat: Heartbeat | None = None
    self_test: SelfTest | None = None
    silent_since: datetime | None = None
    """When the alarm about its silence was sent; None while all is well."""
    host_code_hash: str | None = None
    """argon2id, of the bare digits; None: the municipality made no code."""
    host_code_made_at: datetime | None = None


class CodeWrong(Exception):
    """No terminal shows this code."""


class CodeLocked(CodeWrong):
    """Too many wrong codes: even the right one is not looked at until locked_until."""

    def __init__(self, locked_until: datetime) -> None:
        super().__init__()
        self.locked_until = locked_until


class CodeExpired(Exception):
    """The terminal showed it more than CODE_LIFE ago, or shows a newer one."""


class CodeUsed(Exception):
    """Somebody enrolled the terminal with it before."""


class TooManyEnrolments(Exception):
    """OPEN_ENROLMENTS codes are open already."""


class KeyRevoked(Exception):
    """This key was revoked. The terminal needs a new one."""


class Replayed(Exception):
    """This nonce was used before: somebody sends a request again."""


class TerminalNotFound(Exception):
    """No terminal has this id."""


class Terminals(Protocol):
    """Where terminals are kept. Each call is one transaction; it commits or changes nothing."""

    def begin_enrolment(self, public_key: bytes, now: datetime) -> str:
        """A code of CODE_LENGTH characters; an older one of the same key ends. Only its hash is kept.

        Raises TooManyEnrolments, KeyRevoked.
        """

    def enrolment_open_until(self, public_key: bytes, now: datetime) -> datetime | None:
        """When the code of this key expires; None when no code is open."""

    def confirm_enrolment(
        self, code: str, profile: TerminalProfile, by_employee: int, now: datetime
    ) -> Terminal:
        """code: as a person types it; case, spaces and hyphens do not matter.

        Raises CodeWrong (CodeLocked after too many), CodeExpired, CodeUsed; ValueError as save_profile().
        """

    def terminal(self, terminal_id: str) -> Terminal:
        """Raises TerminalNotFound."""

    def terminal_by_key(self, public_key: bytes) -> Terminal | None: ...

    def all_terminals(self, municipality_id: int) -> list[Terminal]:
        """By location; revoked ones last."""

    def save_profile(self, terminal_id: str, profile: TerminalProfile) -> Terminal:
        """Raises TerminalNotFound; ValueError for a location that is empty or longer than LONGEST_LOCATION."""

    def revoke(self, terminal_id: str, now: datetime) -> Terminal:
        """Raises TerminalNotFound. A revoked one stays revoked."""

    def new_host_code(self, terminal_id: str, now: datetime) -> str:
        """Digits, told once, here: only their hash is kept. The old code ends. Raises TerminalNotFound."""

    def save_heartbeat(self, terminal_id: str, heartbeat: Heartbeat) -> Terminal:
        """Raises TerminalNotFound. The first makes a new terminal active."""

    def save_self_test(self, terminal_id: str, self_test: SelfTest) -> Terminal:
        """Raises TerminalNotFound."""

    def use_nonce(self, terminal_id: str, nonce: str, now: datetime) -> None:
        """Raises Replayed. Kept for as long as a request with it could be in time."""

    def mark_silent(self, terminal_id: str, since: datetime | None) -> bool:
        """Sets or clears silent_since. False when another process did so before: then it sends the mail."""


def clean_code(typed: str) -> str:
    """As it was made: capitals, without spaces and hyphens."""
    return re.sub(r"[\s\-‐-―]", "", typed[:40]).upper()


_HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–]\s*([0-9]{1,2}):([0-9]{2})")


def hours_of_day(text: str) -> list[tuple[time, time]]:
    """ "09:00-12:30 13:00-17:00" as pairs. Raises ValueError when it cannot be read or ends before it begins."""
    found = _HOURS.findall(text)
    if _HOURS.sub("", text).strip(" ,;"):
        raise ValueError("opening hours look like 09:00-17:00")
    pairs = [(time(int(a), int(b)), time(int(c), int(d))) for a, b, c, d in found]
    if any(end <= begin for begin, end in pairs):
        raise ValueError("opening hours end before they begin")
    return pairs


def opened_at(opening_hours: dict[str, str], now: datetime) -> datetime | None:
    """Since when it is open, in the municipality's own time; None when it is closed now.

    A day whose hours cannot be read counts as open all day: better an alarm too many than none.
    """
    local = now.astimezone(LOCAL)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if not opening_hours:
        return midnight - timedelta(days=1)
    try:
        pairs = hours_of_day(opening_hours.get(DAYS[local.weekday()], ""))
    except ValueError:
        return midnight
    for begin, end in pairs:
        if begin <= local.time() < end:
            return local.replace(hour=begin.hour, minute=begin.minute, second=0, microsecond=0)
    return None


def is_silent(terminal: Terminal, now: datetime, listening_since: datetime) -> bool:
    """Open for SILENT_AFTER, and not heard from all that time, while we listened.

    A terminal that was never heard from is new, not silent; one that its host switched off is off.
    """
    if terminal.state != "active" or terminal.heartbeat is None:
        return False
    opened = opened_at(terminal.profile.opening_hours, now)
    if opened is None or terminal.heartbeat.is_off(now):
        return False
    return now - max(opened, terminal.heartbeat.at, listening_since) >= SILENT_AFTER
