"""All open rooms of this process: what the sockets and the pages tell them, and what the database keeps of it."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import MappingProxyType

from app.conversations import messages as wire
from app.conversations.fields import WireError
from app.conversations.limits import Places
from app.conversations.live import Line, LiveRoom
from app.conversations.messages import Post
from app.conversations.reading import Made, Wanted
from app.conversations.room import ABSENT_S, Abilities, Room
from app.conversations.translating import Translations
from app.conversations.turn import Ways
from app.domain.conversations import Choices, ConversationEnded, Conversations, NotFound, Seat
from app.domain.speech import Caption, CaptionState

log = logging.getLogger("wijkbalie.sockets")

TICK_S = 5.0
RESTARTING = 1012
MOVED = 4409


class Hub:
    """seats: people who may be on the line at once; each may hold two sockets. Safe from any thread."""

    def __init__(
        self,
        conversations: Conversations,
        translations: Translations,
        seats: int = 300,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._conversations = conversations
        self._translations = translations
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms: dict[str, LiveRoom] = {}
        self._lines: set[Line] = set()
        self._talking, self._sounding = Places(seats), Places(seats)
        self._stopped = threading.Event()
        self._ticking = False

    # --- Lines

    @contextmanager
    def holding(self, line: Line, *, sound: bool = False) -> Iterator[None]:
        """While a socket is open. Raises WireError "busy" when no place is left."""
        places = self._sounding if sound else self._talking
        if not places.take():
            raise WireError("busy")
        try:
            with self._lock:
                self._lines.add(line)
            if self._stopped.is_set():
                line.close(RESTARTING)
            yield
        finally:
            with self._lock:
                self._lines.discard(line)
            places.give_back()

    def join(
        self,
        seat: Seat,
        line: Line,
        hello: wire.Hello,
        ways: Ways = Ways(),
        caption_languages: Iterable[str] = (),
        abilities: Abilities = MappingProxyType({}),
    ) -> None:
        """Raises WireError, ConversationEnded. An older line of the same seat is told that the talk moved."""
        with self._changing(seat.conversation_id) as live:
            self._read_again(live)
            with live.lock:
                room = live.open_room()
                other_page = seat.id in room.people and room.people[seat.id].epoch != hello.epoch
                posts = room.join(seat.id, hello, self._clock(), ways, caption_languages, abilities)
                older = live.lines.get(seat.id)
                if older is not None:
                    older.send(wire.MOVED)
                if other_page and seat.id in live.sounds:
                    live.sounds.pop(seat.id).close(MOVED)
                live.lines[seat.id] = line
                live.deliver(posts)

    def receive(self, seat: Seat, line: Line, message: wire.ClientMessage) -> None:
        """Raises WireError. A line that was moved is not heard any more."""
        live = self._known(seat.conversation_id)
        if live is None:
            raise WireError("seat_gone")
        with live.lock:
            if live.lines.get(seat.id) is not line:
                return
            if not isinstance(message, wire.Kept):
                live.deliver(live.open_room().handle(seat.id, message, self._clock()))
                return
            live.open_room().check(seat.id, message)
        try:
            self._keep(live, seat, line, message)
        except ConversationEnded:
            self.ended(seat.conversation_id)

    def lost(self, seat: Seat, line: Line) -> None:
        live = self._known(seat.conversation_id)
        if live is None:
            return
        with live.lock:
            if live.lines.get(seat.id) is line:
                del live.lines[seat.id]
                live.deliver(live.open_room().lost(seat.id, self._clock()))

    def _keep(self, live: LiveRoom, seat: Seat, line: Line, message: wire.ClientMessage) -> None:
        """What lasts: first the database, then the room."""
        match message:
            case wire.Admit(participant=other):
                with live.changes:
                    with _keeping():
                        admitted = self._conversations.admit(other, _wall_clock())
                    live.tell(lambda room: room.seat_changed(admitted, self._clock()))
            case wire.Remove(participant=other):
                with live.changes:
                    with _keeping():
                        self._conversations.leave(other)
                    live.tell(lambda room: room.removed(other))
            case wire.CaptionChoice():
                with live.changes:
                    with _keeping():
                        kept = self._conversations.change_seat_choices(
                            seat.id, Choices(seat.language, message.reads, message.language, message.agrees)
                        )
                    now = self._clock()
                    live.tell(lambda room: room.caption_choice(kept, message.spoken_language, now))
            case wire.Leave():
                with live.changes:
                    with _keeping():
                        self._conversations.leave(seat.id)
                    line.close(1000)
                    live.tell(lambda room: room.leave(seat.id))
            case wire.End():
                with _keeping():
                    self._conversations.end_conversation(seat.conversation_id, _wall_clock())
                self.ended(seat.conversation_id)

    # --- What the pages do

    def seat_taken(self, seat: Seat) -> None:
        """Somebody sits down in the waiting room, or has other choices."""
        self._refresh(seat.conversation_id)

    def seat_seen(self, seat: Seat) -> None:
        """The waiting page asked what is new."""
        live = self._known(seat.conversation_id)
        if live is None or live.room is None or seat.id not in live.room.people:
            self._refresh(seat.conversation_id)
            return
        live.tell(lambda room: room.seat_seen(seat.id, self._clock()))

    def admitted(self, seat: Seat) -> None:
        """The employee's page let somebody in without the socket."""
        self._refresh(seat.conversation_id)

    def seat_left(self, seat: Seat) -> None:
        """Somebody left by the page instead of by the socket."""
        self._refresh(seat.conversation_id)

    def ended(self, conversation_id: str) -> None:
        """The conversation is over in the database: everybody hears so, and the room is forgotten."""
        with self._lock:
            live = self._rooms.pop(conversation_id, None)
        self._translations.forget(conversation_id)
        if live is not None:
            with live.lock:
                live.forgotten = True
                if live.room is not None:
                    live.deliver(live.room.ended())
                for sound in live.sounds.values():
                    sound.close(4410)

    # --- Sound for captions

    def sound_starts(self, seat: Seat, line: Line) -> int:
        """What to add to this listening's utterance numbers. Raises WireError "sound_refused"."""
        live = self._known(seat.conversation_id)
        if live is None:
            raise WireError("sound_refused")
        with live.lock:
            if live.room is None or not live.room.sends_sound(seat.id):
                raise WireError("sound_refused")
            older = live.sounds.get(seat.id)
            if older is not None:
                older.close(MOVED)
            live.sounds[seat.id] = line
            return live.room.utterances_begin(seat.id, int(time.time() * 1000))

    def sound_stops(self, seat: Seat, line: Line) -> None:
        live = self._known(seat.conversation_id)
        if live is not None:
            with live.lock:
                if live.sounds.get(seat.id) is line:
                    del live.sounds[seat.id]

    def caption(self, seat: Seat, utterance: int, caption: Caption) -> None:
        self._tell_known(seat, lambda room: room.caption(seat.id, utterance, caption))

    def caption_state(self, seat: Seat, state: CaptionState) -> None:
        self._tell_known(seat, lambda room: room.caption_state(seat.id, state))

    def _translate(self, live: LiveRoom, wanted: Wanted) -> None:
        def tell(done: Wanted, made: Made | None) -> None:
            if made is None:
                live.tell(lambda room: room.translation_late(done, self._clock()))
            else:
                live.tell(lambda room: room.translated(done, made))

        self._translations.take(live.conversation_id, wanted, tell)

    # --- Time, size, end

    def counts(self) -> dict[str, int]:
        with self._lock:
            return {
                "rooms": len(self._rooms),
                "sockets": len(self._lines),
                "seats": self._talking.number,
            }

    def tick(self) -> None:
        """Every few seconds: who is away too long, which room is empty, what comes too late."""
        self._translations.drop_late()
        with self._lock:
            rooms = list(self._rooms.values())
        for live in rooms:
            live.tell(lambda room: room.tick(self._clock()))
            with live.lock:
                absent = live.room.absent(self._clock()) if live.room else []
            for seat_id in absent:
                self._free(live, seat_id)
            self._forget_if_idle(live)

    def shut_down(self) -> None:
        """Every browser hears that we restart; gunicorn then need not wait for them."""
        self._stopped.set()
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            line.close(RESTARTING)

    def _keep_ticking(self) -> None:
        while not self._stopped.wait(TICK_S):
            try:
                self.tick()
            except Exception as problem:  # one bad room must not stop the clock of all
                log.error("tick: %s", type(problem).__name__)

    def _free(self, live: LiveRoom, seat_id: str) -> None:
        with live.changes:
            with live.lock:
                still = live.room is not None and seat_id in live.room.absent(self._clock())
            if still:
                try:
                    self._conversations.leave(seat_id)
                except (NotFound, ConversationEnded):
                    log.info("an absent guest's seat was free already")
                live.tell(lambda room: room.leave(seat_id))

    def _forget_if_idle(self, live: LiveRoom) -> None:
        """Nobody here for a long time: the database can tell all of it again."""
        with self._lock:
            if not live.changes.acquire(blocking=False):
                return
            try:
                with live.lock:
                    people = live.room.people.values() if live.room else ()
                    now = self._clock()
                    if not live.lines and all(now - person.heard_at > ABSENT_S for person in people):
                        live.forgotten = True
                        self._rooms.pop(live.conversation_id, None)
            finally:
                live.changes.release()

    # --- Inside

    def _known(self, conversation_id: str) -> LiveRoom | None:
        with self._lock:
            return self._rooms.get(conversation_id)

    @contextmanager
    def _changing(self, conversation_id: str) -> Iterator[LiveRoom]:
        while True:
            with self._lock:
                live = self._rooms.setdefault(conversation_id, LiveRoom(conversation_id, self._translate))
                if not self._ticking:
                    self._ticking = True
                    threading.Thread(target=self._keep_ticking, name="rooms", daemon=True).start()
            with live.changes:
                if not live.forgotten:
                    yield live
                    return

    def _refresh(self, conversation_id: str) -> None:
        try:
            with self._changing(conversation_id) as live:
                self._read_again(live)
        except (NotFound, ConversationEnded, WireError):
            self.ended(conversation_id)

    def _read_again(self, live: LiveRoom) -> None:
        """The room as the database knows it. Raises WireError "seat_gone", ConversationEnded."""
        try:
            conversation = self._conversations.conversation(live.conversation_id)
        except NotFound:
            raise WireError("seat_gone") from None
        if not conversation.is_open:
            raise ConversationEnded
        with live.lock:
            if live.room is None:
                live.room = Room(conversation.seats, self._clock())
            else:
                live.deliver(live.room.seats_are(conversation.seats, self._clock()))

    def _tell_known(self, seat: Seat, change: Callable[[Room], list[Post]]) -> None:
        live = self._known(seat.conversation_id)
        if live is not None:
            live.tell(change)


def _wall_clock() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _keeping() -> Iterator[None]:
    """Says what the database made of it. Raises WireError, ConversationEnded."""
    try:
        yield
    except NotFound:
        raise WireError("unknown_participant") from None
    except ConversationEnded:
        raise
    except Exception as problem:
        log.error("not kept: %s", type(problem).__name__)
        raise WireError("not_kept") from None
