"""The line to the municipal server: signed requests, an answer in time or an error that says which."""

import http.client
import json
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kiosk.device.key import public_bytes
from app.kiosk.signatures import Message, key_name, sign

TIMEOUT_S = 10.0
"""To connect; then for each part of the answer, and for all of it, however slowly it drips in."""
LONGEST_ANSWER = 1024 * 1024

# The server's Date says whole seconds: half a second too early on average (RFC 9110, 6.6.1).
_HALF_A_SECOND = timedelta(seconds=0.5)


class LineDown(Exception):
    """No answer that we understand: no network, no server, or a server that cannot serve.

    reason: "network", "timeout", "certificate", "server" or "answer".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LineRefused(Exception):
    """The server answered, and refuses. code: its stable code, e.g. "revoked", "clock_off", "too_many"."""

    def __init__(self, code: str, answer: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.answer = dict(answer or {})


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Line:
    """Callable from any thread; each request has a connection of its own.

    server_url: the municipal origin. id: the terminal's; empty before it is enrolled: the key then speaks for itself.
    """

    def __init__(
        self,
        server_url: str,
        key: Ed25519PrivateKey,
        id: str = "",
        *,
        timeout_s: float = TIMEOUT_S,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        parts = urlsplit(server_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an address of a server: {server_url!r}")
        self.server_url = f"{parts.scheme}://{parts.netloc}"
        self.id = id or key_name(public_bytes(key))
        self._secure, self._netloc = parts.scheme == "https", parts.netloc
        self._key, self._timeout_s, self._clock = key, timeout_s, clock
        self._skew = timedelta()

    @property
    def clock_skew_s(self) -> float:
        """Our clock minus the server's, as its last answer told; 0 before the first."""
        return self._skew.total_seconds()

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Raises LineDown, LineRefused."""
        return self._ask("POST", path, json.dumps(body).encode())

    def get(self, path: str) -> dict[str, Any]:
        """Raises LineDown, LineRefused."""
        return self._ask("GET", path, b"")

    def _ask(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        """A clock that is off is learnt from the refusal, and the request is signed once more with the right time."""
        try:
            return self._ask_once(method, path, body)
        except LineRefused as refused:
            if refused.code != "clock_off":
                raise
        return self._ask_once(method, path, body)

    def _ask_once(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        created = self._clock() - self._skew
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        message = Message(method, self.server_url + path, headers, body)
        sign(message, self._key, self.id, created, token_urlsafe(18))
        began = self._clock()
        try:
            status, content, told = self._exchange(method, path, body, headers)
        except ssl.SSLCertVerificationError as problem:
            raise LineDown("certificate") from problem
        except TimeoutError as problem:
            raise LineDown("timeout") from problem
        except (OSError, http.client.HTTPException) as problem:
            raise LineDown("network") from problem
        answer = _object(content)
        self._learn_clock(began, _server_time(answer, told))
        return _understood(status, answer)

    def _exchange(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes, str]:
        """Status, content and Date. Redirects are not followed: a signature is for one address."""
        deadline = time.monotonic() + self._timeout_s
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        with closing(kind(self._netloc, timeout=self._timeout_s)) as connection:
            connection.request(method, path, body=body, headers=dict(headers))
            response = connection.getresponse()
            content = b""
            while chunk := response.read1(65536):
                content += chunk
                if time.monotonic() > deadline:
                    raise TimeoutError
                if len(content) > LONGEST_ANSWER:
                    raise LineDown("answer")
            if response.length:
                raise http.client.IncompleteRead(content, response.length)
            return response.status, content, response.headers.get("Date", "")

    def _learn_clock(self, began: datetime, server_time: datetime | None) -> None:
        """The answer was made about halfway between asking and reading."""
        if server_time is not None:
            self._skew = began + (self._clock() - began) / 2 - server_time


def _server_time(answer: Mapping[str, Any] | None, date: str) -> datetime | None:
    """As the application tells it; else the Date of whoever answered, which may be a proxy."""
    try:
        told = datetime.fromisoformat(str((answer or {}).get("server_time")))
        return told if told.tzinfo else None
    except ValueError:
        pass
    try:
        told = parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)) + _HALF_A_SECOND


def _object(content: bytes) -> dict[str, Any] | None:
    """None when it is no JSON object: a captive portal's page, for one."""
    try:
        answer = json.loads(content)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _understood(status: int, answer: dict[str, Any] | None) -> dict[str, Any]:
    if status >= 500:
        raise LineDown("server")
    if answer is None:
        raise LineDown("answer")
    if status == 200:
        return answer
    code = answer.get("code")
    if status < 400 or not isinstance(code, str):
        raise LineDown("answer")
    raise LineRefused(code, answer)
