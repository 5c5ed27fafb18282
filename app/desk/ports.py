"""What the employee's pages need from the rest of the house."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.call_backs import CallBacks
from app.domain.conversations import Conversations, Seat
from app.domain.people import Employees, SignIn
from app.domain.queue import LiveSide, Queue
from app.domain.terminals import Terminals
from app.domain.words import WordKeeping


class Staff(Employees, SignIn, Protocol):
    """Who works here and how they sign in. With a municipality's own SSO, sign_in comes from there."""

    def teams(self, municipality_id: int) -> list[tuple[int, str]]:
        """Id and name, by name."""


class Hub(LiveSide, Protocol):
    """The live side of a conversation: it tells the others who came and who went."""

    def seat_taken(self, seat: Seat) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    conversations: Conversations
    queue: Queue
    call_backs: CallBacks
    staff: Staff
    hub: Hub
    words: WordKeeping
    terminals: Terminals
    now: Callable[[], datetime]
    """In UTC."""
