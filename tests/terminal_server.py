"""The municipal application behind a real HTTP server on this machine, and a terminal that talks to it."""

import http.client
import json
import threading
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from werkzeug.serving import make_server

from app.domain.terminals import Terminal, TerminalProfile
from app.kiosk.device.key import public_bytes
from app.kiosk.device.line import Line
from app.kiosk.municipal.signed import Signatures
from app.kiosk.signatures import Message, sign
from app.storage.terminals import StoredTerminals
from tests.employee_desk import EmployeeDesk

PROFILE = TerminalProfile(
    location="Bibliotheek Waterstad",
    opening_hours={"mon": "09:00-17:00"},
    team_id=None,
    languages=("nl", "en", "ar"),
    printer=True,
)
HEARTBEAT: dict[str, Any] = {
    "version": "1.4.0",
    "slot": "a",
    "last_good_paint_at": "2026-03-02T09:59:00+00:00",
    "restarts": 0,
    "disk_free_bytes": 9_000_000_000,
    "temperature_c": 41.5,
    "network": "ethernet",
    "camera": True,
    "sound": True,
    "clock_skew_s": 0.2,
}


class TerminalServer(EmployeeDesk):
    """Serves until close(). ahead: moves the server's clock."""

    def __init__(self, data_dir: Path, database_url: str, *, limits: bool = False) -> None:
        super().__init__(data_dir, database_url, limits=limits)
        self.terminals = StoredTerminals(self.database)
        self.ahead = timedelta()
        signatures: Signatures = self.app.extensions["wijkbalie_signatures"]
        signatures.clock = self.now
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def enrol(self, key: Ed25519PrivateKey, profile: TerminalProfile = PROFILE) -> Terminal:
        """As an administrator does with the code on the screen."""
        code = self.terminals.begin_enrolment(public_bytes(key), self.now())
        return self.terminals.confirm_enrolment(code, profile, 1, self.now())

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        super().close()


class Sender:
    """Signs as a terminal does, and sends what a test made of it. url: the server's origin."""

    def __init__(self, url: str, key: Ed25519PrivateKey, key_id: str) -> None:
        self.url, self.key, self.key_id = url, key, key_id

    def signed(
        self,
        path: str = "/terminal/api/heartbeat",
        body: Mapping[str, Any] = HEARTBEAT,
        *,
        method: str = "POST",
        created: datetime | None = None,
        nonce: str = "",
    ) -> Message:
        content = json.dumps(body).encode()
        message = Message(method, self.url + path, {"Content-Type": "application/json"}, content)
        sign(message, self.key, self.key_id, created or datetime.now(UTC), nonce or token_urlsafe(18))
        return message

    def send(self, message: Message) -> tuple[int, dict[str, Any]]:
        target = message.url.removeprefix(self.url)
        with closing(http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=30)) as connection:
            connection.request(message.method, target, message.body, message.headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def code(self, message: Message) -> str:
        """The stable code of the refusal; empty when it was let in."""
        status, answer = self.send(message)
        return "" if status == 200 else str(answer["code"])


def terminal(server: TerminalServer) -> Sender:
    """An enrolled one with a key of its own."""
    key = Ed25519PrivateKey.generate()
    return Sender(server.url, key, server.enrol(key).id)


def line(sender: Sender) -> Line:
    return Line(sender.url, sender.key, sender.key_id)
