"""The sockets alone, as an app that gunicorn serves: the real database, an ear that counts what it hears.

/proef/… lets a test do what the pages do. Not part of the product.
"""

import os
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask, jsonify, request
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel

from app.conversations.hub import Hub
from app.conversations.routes import Speech, create_blueprint
from app.conversations.translating import Translations
from app.conversations.turn import IceServers
from app.domain.conversations import Role
from app.domain.speech import Caption, CaptionState, Encoding, LanguageNotSupported, SpokenText
from app.storage.conversations import StoredConversations
from app.storage.database import Database, connect
from app.storage.demo import seed_demo
from app.storage.employees import StoredEmployees
from app.storage.migrate import migrate
from tests.integration.translators import FewWords, MarkingTranslator


class CountingEar:
    """Ten frames of sound are an utterance: a partial caption after five, a final one after ten."""

    def __init__(self) -> None:
        self.away = False
        self.heard: str | None = None
        """Another language than the speaker's, of which the ear is sure from now on."""
        self.vocabulary: list[str] = []

    def languages(self) -> frozenset[str]:
        return frozenset() if self.away else frozenset({"nl", "en"})

    def listen(
        self,
        language: str,
        encoding: Encoding,
        on_caption: Callable[[Caption], None],
        on_state: Callable[[CaptionState], None],
        vocabulary: Sequence[str] = (),
    ) -> "CountingListening":
        if language not in self.languages():
            raise LanguageNotSupported(language)
        self.vocabulary = list(vocabulary)
        on_state("ready")
        return CountingListening(self, language, on_caption)


class CountingListening:
    def __init__(self, ear: CountingEar, language: str, on_caption: Callable[[Caption], None]) -> None:
        self._ear, self._language, self._on_caption, self._frames = ear, language, on_caption, 0

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
        heard = self._ear.heard if final else None
        text = f"{frames} stukjes"
        self._on_caption(Caption(utterance, text, final, self._language, 0.0, frames / 50, heard=heard))


class SilentVoice:
    """Speaks English, which nobody asks of it here."""

    def languages(self) -> frozenset[str]:
        return frozenset({"en"})

    def speak(self, text: str, language: str, rate: float = 1.0) -> SpokenText:
        raise AssertionError("nobody speaks here")


class InterruptedConversations:
    """The stored conversations; while `fails`, nothing can be changed."""

    def __init__(self, stored: StoredConversations) -> None:
        self._stored = stored
        self.fails = False

    def __getattr__(self, name: str) -> Any:
        if self.fails and name in ("admit", "leave", "change_seat_choices", "end_conversation"):
            raise OSError("the database is away")
        return getattr(self._stored, name)


def prepare(folder: Path) -> tuple[Database, str]:
    """The database, made at the first start, and the token of an employee who signed in then."""
    url, token_file = f"sqlite:///{folder / 'db.sqlite'}", folder / "token"
    if token_file.exists():
        return connect(url, "proef"), token_file.read_text()
    migrate(url)
    database, now = connect(url, "proef"), datetime.now(UTC)
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    lead = seed_demo(database, now, quick).employees[0]
    token = StoredEmployees(database, quick).sign_in(lead.user, lead.password, now).token
    token_file.write_text(token)
    return database, token


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="proef",
        SESSION_COOKIE_NAME="wijkbalie_session",
        BASE_URL="https://balie.example",
        BABEL_DEFAULT_LOCALE="nl",
    )
    Babel(app)
    database, token = prepare(Path(os.environ["FOLDER"]))
    employees, ear = StoredEmployees(database), CountingEar()
    conversations: Any = InterruptedConversations(StoredConversations(database))
    lead = employees.employee_for_token(token, datetime.now(UTC))
    assert lead
    service_type = conversations.service_types(lead.municipality_id)[0]
    translator, words = MarkingTranslator(), FewWords()
    hub = Hub(conversations, Translations(translator, words), seats=int(os.environ.get("SEATS", "40")))
    speech = Speech(ear, translator, SilentVoice(), words.vocabulary)
    ice = IceServers(["stun:balie.example"], ["turn:balie.example"], "geheim")
    app.register_blueprint(create_blueprint(conversations, employees, speech, hub, ice))
    app.extensions["wijkbalie_hub"] = hub
    sign = SecureCookieSessionInterface().get_signing_serializer(app)
    assert sign

    def cookie(**content: Any) -> str:
        return f"wijkbalie_session={sign.dumps(content)}"

    @app.post("/proef/gesprek")
    def start() -> Any:
        """{guests: [{role, name, language, terminal}], admit} → seats and cookies, the employee's first."""
        wanted = request.get_json()
        conversation, _link = conversations.start_conversation(lead.id, service_type.id)
        first = conversations.take_employee_seat(conversation.id, lead.id)
        people = [{"seat": first.id, "cookie": cookie(employee_token=token)}]
        for guest in wanted["guests"]:
            role = Role(guest.get("role", "citizen"))
            link = conversations.invite(
                conversation.id, role, guest.get("name", "Fatima"), guest.get("language", "nl")
            )
            seat = conversations.take_seat(link.invitation.id)
            hub.seat_taken(seat)
            if wanted.get("admit", True):
                hub.admitted(conversations.admit(seat.id, datetime.now(UTC)))
            place = {"terminal": guest["terminal"]} if "terminal" in guest else {}
            people.append({"seat": seat.id, "cookie": cookie(invitations=[link.invitation.id], **place)})
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
        elif what == "hear":
            ear.heard = wanted["language"]
        elif what == "hold translations":
            translator.go.clear() if wanted["hold"] else translator.go.set()
        elif what == "translation begun":
            translator.working.acquire(timeout=10)
        elif what == "words":
            words.away = wanted["away"]
        elif what == "end":
            conversations.end_conversation(wanted["conversation"], datetime.now(UTC))
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
        known = {"vocabulary": ear.vocabulary, "vocabulary_asked": words.vocabulary_asked[-1:]}
        return jsonify(**hub.counts(), **known, threads=threading.active_count(), pid=os.getpid())

    return app
