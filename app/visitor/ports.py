"""What the citizen's pages need from the rest of the house."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.domain.conversations import Conversations, Seat
from app.domain.queue import LiveSide, Queue
from app.domain.speech import Captioner, Voice
from app.domain.translation import Translator


class Hub(LiveSide, Protocol):
    """The live side of a conversation: it tells the desk who waits and who went."""

    def seat_taken(self, seat: Seat) -> None:
        """Somebody sits down in the waiting room, or does so again with other choices."""

    def seat_seen(self, seat: Seat) -> None:
        """The waiting page of this seat asked what is new."""


@dataclass(frozen=True, slots=True)
class Ports:
    conversations: Conversations
    queue: Queue
    hub: Hub
    captioner: Captioner
    voice: Voice
    translator: Translator
    today: Callable[[], date]
    """The date where the desk is."""
