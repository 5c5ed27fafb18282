"""The signalling socket of one participant: read, check, tell the hub."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simple_websocket import ConnectionClosed

from app.conversations import messages as wire
from app.conversations.fields import WireError
from app.conversations.hub import Hub
from app.conversations.limits import Bucket
from app.conversations.line import Line
from app.conversations.messages import FrameReader
from app.conversations.room import Abilities
from app.conversations.turn import Ways
from app.conversations.wording import told
from app.domain.conversations import ConversationEnded, NotFound, Seat

HELLO_WITHIN_S = 10.0
MESSAGES_PER_S = 40
MESSAGES_BURST = 120
SESSION_CHECK_S = 300.0
"""How often an employee's session is looked at again; that also keeps it awake during a long talk."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a talk's socket needs from the web around it."""

    hub: Hub
    ways: Callable[[str], Ways]
    """Of a participant, by id."""
    caption_languages: Callable[[], Sequence[str]]
    abilities: Callable[[], Abilities]
    still_signed_in: Callable[[Seat], bool]


def serve_participant(line: Line, find_seat: Callable[[], Seat], around: Surroundings) -> None:
    """Until the line is lost or closed. find_seat: raises NotFound."""
    language = "nl"
    try:
        with around.hub.holding(line):
            seat = find_seat()
            language = seat.language
            _converse(line, seat, around)
    except NotFound:
        line.send(told(WireError("seat_gone"), language))
    except ConversationEnded:
        line.send(wire.ENDED)
    except WireError as error:
        line.send(told(error, language))
    except ConnectionClosed:
        pass


def _converse(line: Line, seat: Seat, around: Surroundings) -> None:
    reader, pace = FrameReader(), Bucket(MESSAGES_PER_S, MESSAGES_BURST)
    first = line.receive(HELLO_WITHIN_S)
    if first is None:
        raise WireError("hello_late")
    hello = reader.parse(first)
    if not isinstance(hello, wire.Hello):
        raise WireError("hello_first")
    ways, works = around.ways(seat.id), around.abilities()
    around.hub.join(seat, line, hello, ways, around.caption_languages(), works)
    checked_at = time.monotonic()
    try:
        while True:
            raw = line.receive(SESSION_CHECK_S)
            if time.monotonic() - checked_at >= SESSION_CHECK_S:
                checked_at = time.monotonic()
                if not around.still_signed_in(seat):
                    raise WireError("signed_out")
            if raw is None:
                continue
            if not pace.take():
                raise WireError("too_many")
            message = reader.parse(raw)
            try:
                around.hub.receive(seat, line, message)
            except WireError as error:
                if error.close_code is not None:
                    raise
                line.send(told(error, seat.language))
    finally:
        around.hub.lost(seat, line)
