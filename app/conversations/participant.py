"""One person in a room, as the others may see them."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from app.conversations.fields import NAME_UNITS, clean_text
from app.domain.conversations import Role, Seat

Presence = Literal["waiting", "connected", "away"]

LEADING = ("admit", "mute", "remove", "end")
"""What who signed in at the desk may do, by the names of the messages. A link alone gives none of it: a colleague who
came by one sits beside, and whoever else gets hold of that link ends nobody's talk."""


@dataclass(frozen=True, slots=True)
class Participant:
    """heard_at: when the server last knew them there, in seconds of a clock that never goes back."""

    id: str
    number: int
    name: str
    role: Role
    signed_in: bool
    language: str
    admitted: bool
    reads: bool
    agrees: bool
    caption_language: str
    spoken_language: str
    heard_at: float
    presence: Presence = "waiting"
    epoch: str | None = None
    microphone: bool = False
    camera: bool = False
    sound_only: bool = False
    trouble: str | None = None
    text_size: int = 100
    """Percent."""
    coached: bool = False
    """Nobody else's business, so in no record."""

    @classmethod
    def sitting_down(cls, seat: Seat, now: float) -> "Participant":
        return cls(
            id=seat.id,
            number=seat.number,
            name=clean_text(seat.display_name, NAME_UNITS),
            role=seat.role,
            signed_in=seat.employee_id is not None,
            language=seat.language,
            admitted=seat.admitted_at is not None,
            reads=seat.reads_captions,
            agrees=seat.agrees_captions,
            caption_language=seat.caption_language,
            spoken_language=seat.language,
            heard_at=now,
        )

    def as_kept(self, seat: Seat) -> "Participant":
        """The same person, with what the database knows of them now."""
        return replace(
            self,
            name=clean_text(seat.display_name, NAME_UNITS),
            admitted=seat.admitted_at is not None,
            reads=seat.reads_captions,
            agrees=seat.agrees_captions,
            caption_language=seat.caption_language,
        )

    @property
    def connected(self) -> bool:
        return self.presence == "connected"

    @property
    def may(self) -> tuple[str, ...]:
        return LEADING if self.signed_in else ()

    def may_see(self, other: "Participant") -> bool:
        """Who waits is the employees' business."""
        return other.admitted or other.id == self.id or "admit" in self.may

    def record_of(self, other: "Participant", captioned: bool) -> dict[str, Any]:
        """How this one sees the other: docs/signalling.md, participant record."""
        private = other.id == self.id or "admit" in self.may
        return {
            "id": other.id,
            "number": other.number,
            "name": other.name,
            "role": other.role.value,
            "presence": other.presence,
            "admitted": other.admitted,
            "epoch": other.epoch,
            "microphone": other.microphone,
            "camera": other.camera,
            "sound_only": other.sound_only,
            "reads": other.reads,
            "agrees": other.agrees,
            "captioned": captioned,
            "caption_language": other.caption_language,
            "spoken_language": other.spoken_language,
            "text_size": other.text_size if private else None,
            "trouble": other.trouble if private else None,
        }
