"""The local server's side of the agent's socket."""

import json
import socket
from datetime import datetime
from pathlib import Path
from typing import Any

from app.kiosk.device.beacon import Page

ANSWER_BYTES = 4096


class AgentDown(Exception):
    """No agent answers: the terminal runs without one (a tablet, a trial), or it is starting."""


class AgentRefused(Exception):
    """code is stable: bad_message, unknown, not_allowed, in_talk, no_sound, busy."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AgentClient:
    """Each call is one connection. Raises AgentDown, AgentRefused."""

    def __init__(self, socket_path: Path, timeout_s: float = 3.0) -> None:
        self._path = socket_path
        self._timeout_s = timeout_s

    def beacon(
        self, page: Page, painted: bool, in_talk: bool, *, at_rest: bool = False, still_s: int = 0
    ) -> None:
        """Fields as device.beacon.Beacon has them."""
        self._ask(do="beacon", page=page, painted=painted, in_talk=in_talk, at_rest=at_rest, still_s=still_s)

    def wipe(self) -> None:
        """The visit is over. Answers before it happens: the browser that asked is about to end."""
        self._ask(do="wipe")

    def restart_browser(self) -> None:
        self._ask(do="restart_browser")

    def restart_machine(self) -> None:
        self._ask(do="restart_machine")

    def switch_off(self, until: datetime) -> None:
        """until: the next opening, with its offset; told to the municipality. The machine wakes by its own clock, where
        it can."""
        self._ask(do="switch_off", until=until.isoformat())

    def volume(self, percent: int) -> None:
        """0 to 100, until the next wipe."""
        self._ask(do="volume", percent=percent)

    def state(self) -> dict[str, Any]:
        """phase, page, in_talk, restarts, last_good_paint_at, ready_after_s, volume; headphones (bool) where known."""
        return self._ask(do="state")

    def _ask(self, **fields: Any) -> dict[str, Any]:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(self._timeout_s)
                line.connect(str(self._path))
                line.sendall(json.dumps(fields).encode() + b"\n")
                with line.makefile("rb") as reader:
                    answer = json.loads(reader.readline(ANSWER_BYTES))
        except (OSError, ValueError) as problem:
            raise AgentDown from problem
        if not isinstance(answer, dict):
            raise AgentDown
        if "error" in answer:
            raise AgentRefused(str(answer["error"]))
        return answer
