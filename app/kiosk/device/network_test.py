"""Does the network carry a talk? Asked by a host: the municipality, its relay, the clock."""

import os
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from app.kiosk.device.line import LineDown, LineRefused

RELAY_PORT = 3478
"""coturn's usual one, on the municipal host (RFC 8656, 3)."""
CLOCK_OFF_S = 120
_RELAY_TRIES, _RELAY_WAIT_S = 3, 1.0
_BINDING_REQUEST, _BINDING_ANSWER, _MAGIC = 0x0001, 0x0101, 0x2112A442
"""STUN, RFC 8489, 5: the one question that every relay answers without a password."""


class Line(Protocol):
    @property
    def clock_skew_s(self) -> float: ...

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class NetworkFound:
    """municipality: empty is well, else LineDown's reason, LineRefused's code or "not_enrolled"."""

    municipality: str
    relay: bool
    clock_off_s: int
    """0 within what the municipality accepts; else our clock minus theirs."""

    @property
    def good(self) -> bool:
        return not self.municipality and self.relay and not self.clock_off_s


class NetworkTest:
    """line: gives None while the terminal belongs to no municipality."""

    def __init__(self, line: Callable[[], Line | None], relay: tuple[str, int]) -> None:
        self._line = line
        self._relay = relay

    def __call__(self) -> NetworkFound:
        line = self._line()
        problem, skew_s = "not_enrolled", 0.0
        if line is not None:
            problem = _ask(line)
            skew_s = line.clock_skew_s
        return NetworkFound(
            problem, relay_answers(*self._relay), round(skew_s) if abs(skew_s) > CLOCK_OFF_S else 0
        )


def relay_of(server_url: str) -> tuple[str, int]:
    """Where a municipality's relay is, unless something else is set."""
    return urlsplit(server_url).hostname or "", RELAY_PORT


def _ask(line: Line) -> str:
    try:
        line.post("/terminal/api/profile", {})
    except LineDown as down:
        return down.reason
    except LineRefused as refused:
        return refused.code
    return ""


def relay_answers(host: str, port: int, wait_s: float = _RELAY_WAIT_S) -> bool:
    """By UDP, which a talk needs most; a packet may get lost, so it is asked more than once."""
    for _try in range(_RELAY_TRIES):
        number = os.urandom(12)
        try:
            with socket.socket(_family(host), socket.SOCK_DGRAM) as line:
                line.settimeout(wait_s)
                line.connect((host, port))
                line.send(struct.pack(">HHI", _BINDING_REQUEST, 0, _MAGIC) + number)
                answer = line.recv(1500)
        except OSError:
            continue
        expected = struct.pack(">I", _MAGIC) + number
        if answer[:2] == struct.pack(">H", _BINDING_ANSWER) and answer[4:20] == expected:
            return True
    return False


def _family(host: str) -> int:
    return socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)[0][0]
