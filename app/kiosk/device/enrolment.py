"""How a terminal becomes ours: it asks for a code, shows it, and waits until an administrator types it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kiosk.device.key import device_key, forget_key, public_bytes
from app.kiosk.device.line import Line, LineDown, LineRefused
from app.kiosk.device.written import write_whole

ID_FILE = "terminal.json"
BUSY_S = 60
"""After "too many": asking on and on would use up what the server allows this address."""

CHECK_FIRST_S, CHECK_EVERY_S = 60, 600
"""When an enrolled terminal asks whether it still is: not at the start, which must not wait for a line."""

_PATH = "/terminal/api/enrolments"

EnrolmentState = Literal["no_line", "waiting", "enrolled", "busy", "revoked", "refused"]
"""no_line: the server does not answer, problem says why. waiting: show the code. busy: too many terminals at once,
try later. revoked: this key opens nothing any more, a person must start anew. refused: problem holds the code."""


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """What to show. code: as ACDE3467, in capitals; empty when there is none."""

    state: EnrolmentState
    code: str = ""
    expires_in_s: int = 0
    problem: str = ""


class Enrolment:
    """One for each process; step() every few seconds until the state is "enrolled", then line()."""

    def __init__(
        self, data_dir: Path, server_url: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._data_dir, self._server_url, self._monotonic = data_dir, server_url, monotonic
        self._key: Ed25519PrivateKey = device_key(data_dir)
        self._line = Line(server_url, self._key)
        self._code, self._expires, self._ask_after = "", 0.0, 0.0
        self._check_after, self._revoked = monotonic() + CHECK_FIRST_S, False

    def line(self) -> Line | None:
        """The enrolled terminal's line; None before that, and after it was revoked."""
        terminal_id = "" if self._revoked else self.terminal_id()
        return Line(self._server_url, self._key, terminal_id) if terminal_id else None

    def terminal_id(self) -> str:
        """Empty before enrolment, or when the file is of another key."""
        try:
            kept = json.loads((self._data_dir / ID_FILE).read_text("utf-8"))
            return str(kept["id"]) if kept["key"] == self._fingerprint() else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def step(self) -> EnrolmentView:
        """Asks the server what there is to ask now. Never raises: each state is something to show."""
        if self.terminal_id():
            return self._enrolled_view()
        try:
            # A code that this process does not know cannot be shown: then it asks for a new one.
            answer: dict[str, object] = {"state": "expired"}
            if self._left_s():
                answer = self._line.post(f"{_PATH}/state", {})
            if answer.get("state") == "expired":
                answer = self._ask_for_a_code()
            return self._answered(answer)
        except LineDown as down:
            # The code goes on counting: a moment without a line must not change what somebody is typing.
            return self._view("no_line", down.reason)
        except LineRefused as refused:
            if refused.code == "too_many":
                self._ask_after = self._monotonic() + BUSY_S
                return self._view("busy")
            return EnrolmentView("revoked" if refused.code == "revoked" else "refused", problem=refused.code)

    def start_anew(self) -> None:
        """After a revocation, by a person's choice: the key and the id go, step() begins with a new key."""
        (self._data_dir / ID_FILE).unlink(missing_ok=True)
        forget_key(self._data_dir)
        self._key = device_key(self._data_dir)
        self._line, self._code, self._expires = Line(self._server_url, self._key), "", 0.0
        self._ask_after, self._revoked = 0.0, False

    def _enrolled_view(self) -> EnrolmentView:
        """Now and then the server is asked; without an answer a terminal stays what it was."""
        if self._monotonic() >= self._check_after:
            self._check_after = self._monotonic() + CHECK_EVERY_S
            try:
                self._line.post(f"{_PATH}/state", {})
                self._revoked = False
            except LineDown:
                pass
            except LineRefused as refused:
                self._revoked = self._revoked or refused.code == "revoked"
        return EnrolmentView("revoked", problem="revoked") if self._revoked else EnrolmentView("enrolled")

    def _ask_for_a_code(self) -> dict[str, object]:
        self._code = ""
        if self._monotonic() < self._ask_after:
            raise LineRefused("too_many")
        return self._line.post(_PATH, {})

    def _answered(self, answer: dict[str, object]) -> EnrolmentView:
        state, terminal_id, code = answer.get("state"), answer.get("id"), answer.get("code")
        if state == "confirmed" and isinstance(terminal_id, str) and terminal_id:
            self._keep(terminal_id)
            return EnrolmentView("enrolled")
        left_s = answer.get("expires_in_s")
        if state != "waiting" or not isinstance(left_s, int):
            raise LineDown("answer")
        self._code = code if isinstance(code, str) else self._code
        self._expires = self._monotonic() + left_s
        return self._view("waiting")

    def _view(self, state: EnrolmentState, problem: str = "") -> EnrolmentView:
        left_s = self._left_s()
        return EnrolmentView(state, self._code if left_s else "", left_s, problem)

    def _left_s(self) -> int:
        """0 when there is no code to show."""
        return max(0, int(self._expires - self._monotonic())) if self._code else 0

    def _keep(self, terminal_id: str) -> None:
        """Whole or not at all; whoever loses it in a power cut is told its id again."""
        text = json.dumps({"id": terminal_id, "key": self._fingerprint()})
        write_whole(self._data_dir / ID_FILE, text, 0o600)

    def _fingerprint(self) -> str:
        return sha256(public_bytes(self._key)).hexdigest()
