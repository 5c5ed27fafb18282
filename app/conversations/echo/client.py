"""Asking the echo, from the web server. Callable from any thread; each question has a connection of its own."""

import json
import socket
import time
from pathlib import Path
from typing import Any

from app.conversations.echo import wire

_STATE_S = 2.0


class NoEcho(Exception):
    """The echo's process is not there, or does not answer in time."""


class EchoRefused(Exception):
    """code: "bad_offer", "busy" or "bad_request"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class EchoClient:
    def __init__(self, path: Path) -> None:
        self._path = path

    def answer(self, offer: str) -> str:
        """SDP for SDP, with all candidates (RFC 8829, 4.1.9). Raises EchoRefused, NoEcho."""
        if len(offer.encode()) > wire.OFFER_BYTES:
            raise EchoRefused(wire.BAD_OFFER)
        told = self._ask({"offer": offer}, wire.ANSWER_S + 5)
        if isinstance(code := told.get("code"), str):
            raise EchoRefused(code)
        if not isinstance(answer := told.get("answer"), str):
            raise NoEcho("no answer in its answer")
        return answer

    def describe(self) -> dict[str, Any]:
        """For /readyz: {"state": "ready", "calls": 1}, or {"state": "unavailable"}."""
        try:
            calls = self._ask({"describe": True}, _STATE_S).get("calls")
        except NoEcho:
            calls = None
        return {"state": "ready", "calls": calls} if isinstance(calls, int) else {"state": "unavailable"}

    def _ask(self, question: dict[str, Any], within_s: float) -> dict[str, Any]:
        deadline = time.monotonic() + within_s
        line = b""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(within_s)
                connection.connect(str(self._path))
                connection.sendall(json.dumps(question).encode() + b"\n")
                while not line.endswith(b"\n"):
                    connection.settimeout(max(0.001, deadline - time.monotonic()))
                    part = connection.recv(65536)
                    line += part
                    if not part or len(line) > wire.LINE_BYTES:
                        raise NoEcho("cut off")
            told = json.loads(line)
        except (OSError, ValueError) as problem:
            raise NoEcho(type(problem).__name__) from problem
        if not isinstance(told, dict):
            raise NoEcho("no object")
        return told
