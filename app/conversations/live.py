"""A room and the lines into it, safe from any thread."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from app.conversations.fields import WireError
from app.conversations.messages import Message, Post
from app.conversations.reading import Wanted
from app.conversations.room import Room

SEAT_GONE = 4404
SOUND_REFUSED = 4403


class Line(Protocol):
    """A way to one browser. Neither waits nor raises."""

    def send(self, message: Message) -> None: ...

    def close(self, code: int) -> None: ...


@dataclass(eq=False)
class LiveRoom:
    """Two locks. `changes` puts what goes to the database in order: first it is kept, then the room is told.

    `lock` guards the room and is never held while the database works, so that typing and offers do not wait for
    it. Lines take messages without waiting, so they are told under `lock`: all hear all in the same order.
    Whoever needs both takes `changes` first.
    """

    conversation_id: str
    translate: Callable[["LiveRoom", Wanted], None]
    """Takes what is to be translated and does not wait."""
    changes: threading.RLock = field(default_factory=threading.RLock)
    lock: threading.Lock = field(default_factory=threading.Lock)
    room: Room | None = None
    lines: dict[str, Line] = field(default_factory=dict)
    sounds: dict[str, Line] = field(default_factory=dict)
    forgotten: bool = False

    def open_room(self) -> Room:
        """Raises WireError "seat_gone" when nobody was ever here."""
        if self.room is None:
            raise WireError("seat_gone")
        return self.room

    def tell(self, change: Callable[[Room], list[Post]]) -> None:
        with self.lock:
            if self.room is not None and not self.forgotten:
                self.deliver(change(self.room))

    def deliver(self, posts: Iterable[Post]) -> None:
        """Holding `lock`. Then hangs up on who has no seat, and stops sound that nobody may hear."""
        for recipient, message in posts:
            line = self.lines.get(recipient)
            if line is not None:
                line.send(message)
        room = self.open_room()
        for wanted in room.take_wanted():
            self.translate(self, wanted)
        for seat_id in [seat_id for seat_id in self.lines if seat_id not in room.people]:
            self.lines.pop(seat_id).close(SEAT_GONE)
        for seat_id in [seat_id for seat_id in self.sounds if not room.sends_sound(seat_id)]:
            self.sounds.pop(seat_id).close(SOUND_REFUSED)
