"""What the citizen's pages need from the rest of the house."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from app.domain.conversations import Conversations, Seat
from app.domain.people import Municipality
from app.domain.speech import Captioner

View = TypeVar("View", bound=Callable[..., Any])


class Hub(Protocol):
    """The live side of a conversation: it tells the desk who came and who went."""

    def seat_taken(self, seat: Seat) -> None:
        """Somebody sits down in the waiting room, or does so again with other choices."""

    def seat_left(self, seat: Seat) -> None:
        """Somebody went away by the page instead of by the socket."""


@dataclass(frozen=True, slots=True)
class Ports:
    conversations: Conversations
    hub: Hub
    municipality: Callable[[], Municipality]
    captioner: Captioner
    now: Callable[[], datetime]
    limit: Callable[[str], Callable[[View], View]]
    """Limits how often one address may ask, e.g. limit("30 per minute")."""
