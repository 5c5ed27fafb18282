"""Ports of the terminal's face: what it asks of the municipality, of the machine it runs on, and of the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from app.domain.information import Information
from app.domain.terminals import TerminalProfile


class NoLine(Exception):
    """The municipality cannot be reached now."""


class MunicipalityRefused(Exception):
    """The municipality answered, and said no. args[0]: its stable code, e.g. "code_wrong"."""

    @property
    def code(self) -> str:
        return str(self.args[0]) if self.args else ""


class MunicipalLine(Protocol):
    """The municipality, as far as a terminal needs it. Every call raises NoLine or MunicipalityRefused."""

    def walk_in(self, language: str) -> str:
        """Gets in line for the first free employee. The address, once and for a minute, that leads into the talk."""

    def short_code(self, code: str, language: str) -> str:
        """The address that leads into the talk that has this code of six digits."""

    def self_test(self) -> str:
        """The address, once and for a minute, of a page that calls the echo and leads back to the face."""

    def profile(self) -> TerminalProfile: ...

    def information(self) -> Information: ...

    def host_code_hash(self) -> str | None:
        """argon2id, of the bare digits; None: the municipality made no code."""


@dataclass(frozen=True, slots=True)
class CallBackRequest:
    """Somebody wants to be called. subject and wanted_at: as an employee reads them, in Dutch."""

    name: str
    phone: str
    language: str
    subject: str
    wanted_at: str


class CannotKeep(Exception):
    """There is no room, no disk, or no key of the municipality to seal with."""


class CallBacks(Protocol):
    """Where call-back requests are kept until the municipality has them."""

    def is_open(self) -> bool:
        """Can one be kept now? Asked before a person begins to fill one in."""

    def add(self, request: CallBackRequest, request_id: str = "") -> str:
        """Kept for good once this returns; gives its id. Raises CannotKeep.

        request_id: a UUID; the same one again is the same request. Empty makes a new one.
        """


class AgentAway(Exception):
    """The agent does not answer; it is being restarted."""


@dataclass(frozen=True, slots=True)
class Beacon:
    """The browser lives. Nothing in it tells what a page shows or who reads it."""

    page: Literal["face", "talk"]
    painted: bool
    in_talk: bool = False
    at_rest: bool = False
    """The attract screen: nobody is at the terminal."""
    still_s: int = 0
    """Seconds since the last touch, key or switch."""


class AgentPort(Protocol):
    """The machine under the browser. Every call raises AgentAway."""

    def beacon(self, beacon: Beacon) -> None: ...

    def wipe(self) -> None:
        """Destroys all that the browser holds, and starts it again on the face."""

    def volume(self, percent: int) -> None:
        """0 to 100."""

    def state(self) -> Mapping[str, Any]:
        """headphones (bool), volume (percent), off_today (bool); what is not known is left out."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What somebody takes home on paper: a title and lines, in their language."""

    title: str
    lines: tuple[str, ...]
    language: str


class PrinterDown(Exception):
    """Nothing can be printed now."""


class Receipts(Protocol):
    """The printer of the terminal."""

    def ready(self) -> bool: ...

    def print(self, receipt: Receipt) -> None:
        """Raises PrinterDown."""


@dataclass(frozen=True, slots=True)
class JoiningView:
    """code: to show to the host, empty when there is none. problem: why there is none, as a stable code:
    "no_line", "busy", "revoked" or another refusal of the municipality's."""

    joined: bool
    code: str = ""
    problem: str = ""


class Joining(Protocol):
    """How this terminal comes to belong to a municipality."""

    def step(self) -> JoiningView:
        """Asks what there is to ask now. Never raises."""
