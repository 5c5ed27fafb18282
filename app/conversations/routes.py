"""The two sockets of a participant, and who may open them."""

import logging
import threading
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, abort, request
from flask_sock import Sock
from simple_websocket import Server

from app.conversations import access
from app.conversations.abilities import abilities
from app.conversations.fields import DESCRIPTION_BYTES
from app.conversations.hub import Hub
from app.conversations.line import Line, wrap_socket
from app.conversations.socket import Surroundings, serve_participant
from app.conversations.sound import Vocabulary, serve_speaker
from app.conversations.turn import IceServers
from app.domain.conversations import Conversations, NotFound, Seat
from app.domain.people import Employees
from app.domain.speech import Captioner, Voice
from app.domain.translation import Translator

PING_S = 25

log = logging.getLogger("wijkbalie.sockets")


@dataclass(frozen=True, slots=True)
class Speech:
    """Ears, tongue and mouth, and the words that help the ears."""

    captioner: Captioner
    translator: Translator
    voice: Voice
    vocabulary: Vocabulary


def create_blueprint(
    conversations: Conversations, employees: Employees, speech: Speech, hub: Hub, ice: IceServers
) -> Blueprint:
    room = Blueprint("conversations", __name__)
    sock = Sock()
    around = Surroundings(
        hub=hub,
        ways=lambda seat_id: ice.ways(seat_id, at_terminal=access.terminal() is not None),
        caption_languages=lambda: sorted(speech.captioner.languages()),
        abilities=lambda: abilities(speech.captioner, speech.translator, speech.voice),
        still_signed_in=lambda seat: seat.employee_id is None or access.may_sit(seat, employees),
    )

    @room.before_request
    def check_before_upgrade() -> None:
        """Another site, or another person's seat: no WebSocket at all (403)."""
        if not access.from_this_site():
            abort(403)
        try:
            if not access.may_sit(conversations.seat((request.view_args or {})["seat_id"]), employees):
                abort(403)
        except NotFound:
            pass  # said on the socket, where the page can hear it
        wrap_socket(request.environ)

    def talk(websocket: Server, seat_id: str) -> None:
        line = Line(websocket)
        try:
            serve_participant(line, partial(_own_seat, seat_id), around)
        except Exception as problem:  # told by its name only: what it holds may be somebody's words
            log.error("signalling socket: %s", type(problem).__name__)
            line.close(1011)
        finally:
            line.finish()

    def speak(websocket: Server, seat_id: str) -> None:
        line = Line(websocket)
        try:
            serve_speaker(line, partial(_own_seat, seat_id), hub, speech.captioner, speech.vocabulary)
        except Exception as problem:
            log.error("sound socket: %s", type(problem).__name__)
            line.close(1011)
        finally:
            line.finish()

    def _own_seat(seat_id: str) -> Seat:
        """Looked up again: a seat that came into being after the check is not this browser's."""
        seat = conversations.seat(seat_id)
        if not access.may_sit(seat, employees):
            raise NotFound
        return seat

    sock.route("/sockets/gesprek/<seat_id>", bp=room, endpoint="talk")(talk)
    sock.route("/sockets/geluid/<seat_id>", bp=room, endpoint="speak")(speak)
    room.record(
        lambda state: state.app.config.update(
            SOCK_SERVER_OPTIONS={
                "ping_interval": PING_S,
                "max_message_size": DESCRIPTION_BYTES,
                "thread_class": partial(threading.Thread, daemon=True),  # never holds up the process's end
            }
        )
    )
    return room
