"""The whole web application with a real database and one open conversation, as the citizen's tests need it."""

import atexit
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

import app.main
from app.config import Settings
from app.domain.conversations import Conversation, NewLink, Role
from app.storage.conversations import StoredConversations
from app.storage.database import connect
from app.storage.demo import DemoCredentials, seed_demo
from app.storage.employees import StoredEmployees
from app.storage.migrate import migrate
from tests.html_checks import CheckedClient


_SEEDED: dict[str, tuple[Path, DemoCredentials]] = {}
"""A seeded data folder, copied for each desk: making passwords is slow on purpose."""


class VisitorDesk:
    """limits: with the rate limits of a real desk."""

    def __init__(self, data_dir: Path, *, limits: bool = False, **settings: str) -> None:
        template, demo = _seeded()
        shutil.copytree(template, data_dir, dirs_exist_ok=True)
        self.settings = Settings.from_env(
            {"DATA_DIR": str(data_dir), "LIMITS": "on" if limits else "off", **settings}
        )
        self.database = connect(self.settings.database_url, self.settings.data_keys)
        self.conversations = StoredConversations(self.database)
        self.conversation_id = demo.conversation_id
        self.links = dict(demo.links)
        self.municipality = StoredEmployees(self.database).municipality()
        self.app: Flask = app.main.create_app(self.settings)
        self.app.config["TESTING"] = True

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


def _seeded() -> tuple[Path, DemoCredentials]:
    if "demo" not in _SEEDED:
        folder = Path(tempfile.mkdtemp(prefix="wijkbalie-seeded-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        settings = Settings.from_env({"DATA_DIR": str(folder)})
        migrate(settings.database_url)
        database = connect(settings.database_url, settings.data_keys)
        demo = seed_demo(database, datetime.now(UTC))
        database.close()
        _SEEDED["demo"] = folder, demo
    return _SEEDED["demo"]


def hears(monkeypatch: pytest.MonkeyPatch, *languages: str) -> None:
    """What the speech process says it can hear, for pages that tell so."""
    monkeypatch.setattr("app.speech.client.RemoteCaptioner.languages", lambda _self: frozenset(languages))
