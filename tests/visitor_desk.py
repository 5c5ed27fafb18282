"""The whole web application with a real database and one open conversation, as the citizen's tests need it."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from werkzeug.serving import make_server

import app.main
from app.config import Settings
from app.domain.conversations import Conversation, NewLink, Role
from app.domain.translation import Pair
from app.speech.client import SpeechClient
from app.storage.conversations import StoredConversations
from app.storage.database import connect
from app.storage.demo import seed_demo
from app.storage.employees import StoredEmployees
from app.storage.migrate import migrate
from app.storage.tables import RatingRow
from tests.html_checks import CheckedClient
from tests.waiting import until


class VisitorDesk:
    """limits: with the rate limits of a real desk."""

    def __init__(self, data_dir: Path, *, limits: bool = False) -> None:
        self.settings = Settings.from_env({"DATA_DIR": str(data_dir), "LIMITS": "on" if limits else "off"})
        migrate(self.settings.database_url)
        self.database = connect(self.settings.database_url, self.settings.data_keys)
        self.conversations = StoredConversations(self.database)
        demo = seed_demo(self.database, datetime.now(UTC))
        self.conversation_id = demo.conversation_id
        self.links = dict(demo.links)
        """Role → token, of the open conversation."""
        self.municipality = StoredEmployees(self.database).municipality()
        self.app: Flask = app.main.create_app(self.settings)
        self.app.config["TESTING"] = True
        self.url = ""
        """Where it is served, if it is."""

    def renew(self) -> "VisitorDesk":
        """Another open conversation with its own links; no ratings."""
        before = self.conversation()
        talk, link = self.conversations.start_conversation(before.lead_employee_id, before.service_type.id)
        self.conversation_id = talk.id
        guests = {role: self.invite(role).token for role in (Role.INTERPRETER, Role.RELATIVE)}
        self.links = {Role.CITIZEN: link.token, **guests}
        with self.database.writing() as session:
            session.execute(delete(RatingRow))
        return self

    def ratings(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(RatingRow)) or 0

    def client(self, language: str = "nl") -> CheckedClient:
        """A browser that has nothing yet."""
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        return CheckedClient(client)

    def guest(self, role: Role = Role.CITIZEN, language: str = "nl") -> tuple[CheckedClient, str]:
        """A browser that opened its link, and where it came out ("/gesprek/…/")."""
        client = self.client(language)
        opened = client.get(f"/l/{self.links[role]}")
        assert opened.status_code == 303
        return client, str(opened.location)

    def invite(self, role: Role, name: str = "") -> NewLink:
        return self.conversations.invite(self.conversation_id, role, name)

    def conversation(self) -> Conversation:
        return self.conversations.conversation(self.conversation_id)

    def admit_all(self) -> None:
        for seat in self.conversation().seats:
            self.conversations.admit(seat.id, datetime.now(UTC))

    def end(self) -> None:
        self.conversations.end_conversation(self.conversation_id, datetime.now(UTC))

    def close(self) -> None:
        self.database.close()


@contextmanager
def speaking(settings: Settings) -> Iterator[None]:
    """A real speech process, whose voice the pages use; it has no recogniser."""
    speech = subprocess.Popen(
        [sys.executable, "-m", "app.speech", "--until-stdin-closes"],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "DATA_DIR": str(settings.data_dir)},
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        client = SpeechClient(settings.speech_socket)
        until(lambda: client.describe()["state"] == "ready", "the speech process does not answer")
        yield
    finally:
        speech.communicate()


@contextmanager
def served(desk: VisitorDesk) -> Iterator[None]:
    """On a free port, with a voice."""
    server = make_server("127.0.0.1", 0, desk.app, threaded=True)
    desk.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with speaking(desk.settings):
            yield
    finally:
        server.shutdown()
        thread.join()


def hears(monkeypatch: pytest.MonkeyPatch, *languages: str) -> None:
    """What the speech process says it can hear, for pages that tell so."""
    monkeypatch.setattr("app.speech.client.RemoteCaptioner.languages", lambda _self: frozenset(languages))


def speaks(monkeypatch: pytest.MonkeyPatch, *languages: str) -> None:
    monkeypatch.setattr("app.speech.client.RemoteVoice.languages", lambda _self: frozenset(languages))


def translates(monkeypatch: pytest.MonkeyPatch, *pairs: Pair) -> None:
    monkeypatch.setattr(
        "app.speech.client_translating.RemoteTranslator.pairs", lambda _self: frozenset(pairs)
    )
