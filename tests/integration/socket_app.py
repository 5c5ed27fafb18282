"""The sockets alone, as an app that gunicorn serves: rooms in memory, an ear that repeats what it gets.

/proef/… lets a test do what the pages do. Not part of the product.
"""

import os
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, jsonify, request, session
from flask_babel import Babel

from app.conversations import access
from app.conversations.hub import Hub
from app.conversations.routes import create_blueprint
from app.conversations.turn import IceServers
from app.domain.conversations import Role
from app.domain.speech import Caption, CaptionState, Encoding, LanguageNotSupported
from tests.integration.memory_conversations import LEAD, MemoryConversations, OneEmployee


class RepeatingEar:
    """Ten frames of sound are an utterance: a partial caption after five, a final one after ten."""

    def __init__(self) -> None:
        self.away = False

    def languages(self) -> frozenset[str]:
        return frozenset() if self.away else frozenset({"nl", "en"})

    def listen(
        self,
        language: str,
        encoding: Encoding,
        on_caption: Callable[[Caption], None],
        on_state: Callable[[CaptionState], None],
    ) -> "RepeatingListening":
        if language not in self.languages():
            raise LanguageNotSupported(language)
        on_state("ready")
        return RepeatingListening(language, on_caption)


class RepeatingListening:
    def __init__(self, language: str, on_caption: Callable[[Caption], None]) -> None:
        self._language, self._on_caption, self._frames = language, on_caption, 0

    def hear(self, sound: bytes) -> None:
        self._frames += 1
        utterance, part = divmod(self._frames - 1, 10)
        if part in (4, 9):
            self._say(utterance + 1, part + 1, part == 9)

    def finish(self) -> None:
        utterance, part = divmod(self._frames - 1, 10)
        if self._frames and part < 9:
            self._say(utterance + 1, part + 1, True)

    def _say(self, utterance: int, frames: int, final: bool) -> None:
        self._on_caption(Caption(utterance, f"{frames} stukjes", final, self._language, 0.0, frames / 50))


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="proef",
        SESSION_COOKIE_NAME="wijkbalie_session",
        BASE_URL="https://balie.example",
        BABEL_DEFAULT_LOCALE="nl",
    )
    Babel(app)
    conversations, ear = MemoryConversations(), RepeatingEar()
    hub = Hub(conversations, seats=int(os.environ.get("SEATS", "40")))
    ice = IceServers(["stun:balie.example"], ["turn:balie.example"], "geheim")
    app.register_blueprint(create_blueprint(conversations, OneEmployee(), ear, hub, ice))
    app.extensions["wijkbalie_hub"] = hub
    sign_in = app.session_interface.get_signing_serializer(app)
    assert sign_in

    def cookie(**content: Any) -> str:
        return f"wijkbalie_session={sign_in.dumps(content)}"

    @app.post("/proef/gesprek")
    def start() -> Any:
        """{guests: [{role, name, language}], admit} → seats and cookies, the employee's first."""
        wanted = request.get_json()
        conversation, _link = conversations.start_conversation(LEAD.id, 1)
        lead = conversations.take_employee_seat(conversation.id, LEAD.id)
        people = [{"seat": lead.id, "cookie": cookie(employee_token="noor")}]
        for guest in wanted["guests"]:
            role = Role(guest.get("role", "citizen"))
            link = conversations.invite(
                conversation.id, role, guest.get("name", "Fatima"), guest.get("language", "nl")
            )
            seat = conversations.take_seat(link.invitation.id)
            hub.seat_taken(seat)
            if wanted.get("admit", True):
                hub.admitted(conversations.admit(seat.id, seat_time()))
            people.append({"seat": seat.id, "cookie": cookie(invitations=[link.invitation.id])})
        return jsonify(conversation=conversation.id, people=people)

    @app.post("/proef/doe")
    def do() -> Any:
        """One thing from outside the sockets: {what, …}."""
        wanted = request.get_json()
        what = wanted["what"]
        if what == "database":
            conversations.fails = wanted["fails"]
        elif what == "speech":
            ear.away = wanted["away"]
        elif what == "end":
            conversations.end_conversation(wanted["conversation"], seat_time())
            hub.ended(wanted["conversation"])
        elif what == "leave":
            seat = conversations.seat(wanted["seat"])
            conversations.leave(seat.id)
            hub.seat_left(seat)
        elif what == "seen":
            hub.seat_seen(conversations.seat(wanted["seat"]))
        return jsonify(done=True)

    @app.get("/proef/stand")
    def state() -> Any:
        return jsonify(**hub.counts(), threads=threading.active_count(), pid=os.getpid())

    @app.get("/proef/wie")
    def who() -> Any:
        return jsonify(invitations=session.get("invitations"), token=access.employee_token())

    return app


def seat_time() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)
