"""One open conversation as the server knows it now. Pure: something happens, messages for people come out.

The rules stand in docs/signalling.md. Every change ends in `_tell_changes`, which compares what each
connected participant was told with what is true: nobody's picture of the room can drift away from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from app.conversations import messages as wire
from app.conversations.fields import DESCRIPTION_BYTES, TYPING_UNITS, WireError
from app.conversations.messages import Message, Post
from app.conversations.participant import Participant
from app.conversations.reading import Made, Reading, Wanted
from app.conversations.turn import Ways
from app.domain.conversations import LEAD_SEAT, SEATS, Seat
from app.domain.speech import Caption, CaptionState

WAITING_POLL_S = 15.0
"""A waiting page asks every few seconds; after this long without, the person is away."""

ABSENT_S = 600.0
"""A guest who is away this long loses the seat, so that another can sit."""

Addressed = wire.Offer | wire.Answer | wire.Candidate
Ordered = wire.Admit | wire.Mute | wire.Remove
Abilities = Mapping[str, Mapping[str, Any]]


class Room:
    """now: seconds of a clock that never goes back. Not thread-safe: one caller at a time."""

    def __init__(self, seats: Iterable[Seat], now: float) -> None:
        self.people: dict[str, Participant] = {}
        self._told: dict[str, dict[str, dict[str, Any]]] = {}
        self._told_sound: dict[str, dict[str, Any]] = {}
        self._reading = Reading(self.people)
        for seat in seats:
            self.seat_changed(seat, now)

    # --- Who is there

    def seat_changed(self, seat: Seat, now: float) -> list[Post]:
        """Somebody sits down, is admitted, or has other choices. The database is not doubted."""
        known = self.people.get(seat.id)
        if known is None and len(self.people) >= SEATS:
            raise ValueError("more seats than a conversation has")
        self.people[seat.id] = known.as_kept(seat) if known else Participant.sitting_down(seat, now)
        return self._tell_changes()

    def seats_are(self, seats: Sequence[Seat], now: float) -> list[Post]:
        """All seats, as the database has them: who is not among them is gone."""
        kept = {seat.id for seat in seats}
        posts = [post for gone in self.people.keys() - kept for post in self.leave(gone)]
        return posts + [post for seat in seats for post in self.seat_changed(seat, now)]

    def caption_choice(self, seat: Seat, spoken_language: str, now: float) -> list[Post]:
        """Another choice about captions, kept already."""
        person = self.people.get(seat.id)
        if person is not None:
            self.people[seat.id] = replace(person, spoken_language=spoken_language)
        return self.seat_changed(seat, now)

    def seat_seen(self, seat_id: str, now: float) -> list[Post]:
        """The waiting page of this seat asked what is new."""
        person = self.people.get(seat_id)
        if person is None or person.connected:
            return []
        self.people[seat_id] = replace(person, presence="waiting", heard_at=now)
        return self._tell_changes()

    def join(
        self,
        seat_id: str,
        hello: wire.Hello,
        now: float,
        ways: Ways = Ways(),
        caption_languages: Iterable[str] = (),
        abilities: Abilities = MappingProxyType({}),
    ) -> list[Post]:
        """A call page is on the line, for the first time or again.

        Raises WireError "seat_gone" or "not_admitted".
        """
        person = self.people.get(seat_id)
        if person is None:
            raise WireError("seat_gone")
        if not person.admitted:
            raise WireError("not_admitted")
        # A line may have died unnoticed: the others must see it go, since offers sent meanwhile are lost.
        posts = self.lost(seat_id, now)
        same_page = hello.epoch == person.epoch
        self.people[seat_id] = replace(
            person,
            presence="connected",
            epoch=hello.epoch,
            language=hello.view.language,
            spoken_language=hello.view.spoken_language,
            microphone=hello.state.microphone,
            camera=hello.state.camera,
            sound_only=hello.state.sound_only,
            text_size=hello.view.text_size,
            trouble=person.trouble if same_page else None,
            coached=person.coached and same_page,
            heard_at=now,
        )
        if not same_page:
            self._reading.new_page(seat_id)
        welcome = self._welcome(seat_id, ways, caption_languages, abilities)
        return [*posts, (seat_id, welcome), *self._tell_changes()]

    def lost(self, seat_id: str, now: float) -> list[Post]:
        """The line broke; the seat stays theirs."""
        person = self.people.get(seat_id)
        if person is None or not person.connected:
            return []
        self.people[seat_id] = replace(person, presence="away", heard_at=now)
        return self._tell_changes()

    def leave(self, seat_id: str) -> list[Post]:
        """The seat is free. Who was on the line is told nothing: they asked for it, or were told before."""
        self.people.pop(seat_id, None)
        self._reading.gone(seat_id)
        return self._tell_changes()

    def removed(self, seat_id: str) -> list[Post]:
        told = [(seat_id, wire.REMOVED)] if self._is_connected(seat_id) else []
        return [*told, *self.leave(seat_id)]

    def ended(self) -> list[Post]:
        told = [(person.id, wire.ENDED) for person in self._connected()]
        self.people.clear()
        self._tell_changes()
        return told

    def tick(self, now: float) -> list[Post]:
        """Time goes by: who waits and is not heard of is away."""
        for person in list(self.people.values()):
            if person.presence == "waiting" and now - person.heard_at > WAITING_POLL_S:
                self.people[person.id] = replace(person, presence="away")
        self._reading.tick(now)
        return self._tell_changes()

    def absent(self, now: float) -> list[str]:
        """Guests who lose their seat for being away too long."""
        return [
            person.id
            for person in self.people.values()
            if person.number != LEAD_SEAT and person.presence == "away" and now - person.heard_at > ABSENT_S
        ]

    # --- What they say

    def check(self, seat_id: str, message: wire.ClientMessage) -> None:
        """May this participant do this now? Raises WireError, and has changed nothing."""
        person = self.people.get(seat_id)
        if person is None or not person.connected:
            raise WireError("seat_gone")
        if isinstance(message, Ordered | wire.End) and message.type not in person.may:
            raise WireError("not_allowed")
        if isinstance(message, wire.Coach) and not person.signed_in:
            raise WireError("not_allowed")
        if isinstance(message, Ordered):
            other = self.people.get(message.participant)
            if other is None or other.id == seat_id:
                raise WireError("unknown_participant", message.participant)
            if isinstance(message, wire.Remove) and other.number == LEAD_SEAT:
                raise WireError("not_allowed")
            if isinstance(message, wire.Mute) and not other.connected:
                raise WireError("absent", message.participant)
        if isinstance(message, Addressed):
            other = self.people.get(message.to)
            if other is None or other.id == seat_id:
                raise WireError("unknown_participant", message.to)
            if not other.connected or other.epoch != message.epoch:
                raise WireError("absent", message.to)

    def handle(self, seat_id: str, message: wire.ClientMessage, now: float) -> list[Post]:
        """What a participant sent. Raises WireError, and has changed nothing then.

        Not for messages.Kept: the caller keeps those in the database, then calls seat_changed, removed,
        leave, caption_choice or ended.
        """
        self.check(seat_id, message)
        person = self.people[seat_id]
        match message:
            case wire.Ping():
                return [(seat_id, wire.PONG)]
            case wire.Offer() | wire.Answer():
                return [
                    (message.to, Message(message.type, {"from": seat_id, "description": message.description}))
                ]
            case wire.Candidate():
                return [(message.to, Message("candidate", {"from": seat_id, "candidate": message.candidate}))]
            case wire.Typing():
                content = {"from": seat_id, "line": message.line, "text": message.text, "done": message.done}
                typing = Message("typing", content)
                if message.done:
                    self._reading.typed(seat_id, message.line, message.text, message.language)
                return [(other.id, typing) for other in self._connected() if other.id != seat_id]
            case wire.Mute():
                return [(message.participant, Message("muted", {"by": seat_id}))]
            case wire.KeepLanguage():
                self._reading.keep_language(seat_id, message.language)
                return []
            case wire.Coach():
                changed = replace(person, coached=message.on)
            case wire.State():
                changed = replace(
                    person,
                    microphone=message.microphone,
                    camera=message.camera,
                    sound_only=message.sound_only,
                )
            case wire.TroubleCode():
                changed = replace(person, trouble=message.code)
            case _:
                raise ValueError(f"{message.type} is kept in the database first")
        self.people[seat_id] = replace(changed, heard_at=now)
        return self._tell_changes()

    # --- Captions and translations

    def sends_sound(self, seat_id: str) -> bool:
        """On the line, agreed, and somebody else on the line reads, or the own coach does."""
        return self._reading.sends_sound(seat_id)

    def caption(self, seat_id: str, utterance: int, caption: Caption) -> list[Post]:
        """What this one said, for the others who read. Who took back the agreement is captioned no more."""
        return self._reading.caption(seat_id, utterance, caption)

    def utterances_begin(self, seat_id: str, now_ms: int) -> int:
        """Add this to a new listening's utterances: no number comes twice, nor after a restart."""
        return self._reading.utterances_begin(seat_id, now_ms)

    def caption_state(self, seat_id: str, state: CaptionState) -> list[Post]:
        self._reading.ear_is(seat_id, state)
        return self._tell_changes()

    def take_wanted(self) -> list[Wanted]:
        """What is to be translated since the last time, in the order in which it was said. Each once."""
        return self._reading.take_wanted()

    def translated(self, wanted: Wanted, made: Made) -> list[Post]:
        return [*self._reading.translated(wanted, made), *self._tell_changes()]

    def translation_late(self, wanted: Wanted, now: float) -> list[Post]:
        """It was dropped: who waits for it hears that translations are behind."""
        self._reading.late(wanted, now)
        return self._tell_changes()

    # --- Inside

    def _connected(self) -> list[Participant]:
        return [person for person in self.people.values() if person.connected]

    def _is_connected(self, seat_id: str) -> bool:
        person = self.people.get(seat_id)
        return person is not None and person.connected

    def _sound(self, seat_id: str) -> dict[str, Any]:
        return {"send": self.sends_sound(seat_id), "readers": self._reading.readers(seat_id)}

    def _view(self, viewer: Participant) -> dict[str, dict[str, Any]]:
        return {
            other.id: viewer.record_of(other, self._reading.captioned(viewer, other))
            for other in self.people.values()
            if viewer.may_see(other)
        }

    def _welcome(
        self,
        seat_id: str,
        ways: Ways,
        caption_languages: Iterable[str],
        abilities: Abilities,
    ) -> Message:
        person = self.people[seat_id]
        view, sound = self._view(person), self._sound(seat_id)
        self._told[seat_id], self._told_sound[seat_id] = view, sound
        return Message(
            "welcome",
            {
                "you": seat_id,
                "role": person.role.value,
                "may": person.may,
                "participants": list(view.values()),
                "ice_servers": list(ways.servers),
                "ice_transport_policy": ways.policy,
                "caption_languages": sorted(caption_languages),
                "abilities": dict(abilities),
                "sound": sound,
                "limits": {
                    "people": SEATS,
                    "typing": TYPING_UNITS,
                    "frame_bytes": wire.FRAME_BYTES,
                    "description_bytes": DESCRIPTION_BYTES,
                },
            },
        )

    def _tell_changes(self) -> list[Post]:
        """Each connected participant's differences between what they were told and what is true."""
        posts: list[Post] = []
        for viewer_id in [told for told in self._told if not self._is_connected(told)]:
            del self._told[viewer_id], self._told_sound[viewer_id]
        for viewer in self._connected():
            told, view = self._told[viewer.id], self._view(viewer)
            gone = [other for other in told if other not in view]
            posts += [(viewer.id, Message("left", {"participant": other})) for other in gone]
            posts += [
                (viewer.id, Message("participant", {"participant": record}))
                for other, record in view.items()
                if told.get(other) != record
            ]
            sound = self._sound(viewer.id)
            if sound != self._told_sound[viewer.id]:
                posts.append((viewer.id, Message("sound", sound)))
            self._told[viewer.id], self._told_sound[viewer.id] = view, sound
        return posts + self._reading.tell_states()
