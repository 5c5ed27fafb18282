"""Where speech processes answer, what each can do, and which is the least busy.

One Unix socket is enough for one machine. More processes, and more machines behind Redis, join by configuration
(docs/run/README.md); nobody above this file knows how many there are.
"""

import random
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from app.domain.speech import SpeechUnavailable
from app.speech import wire
from app.speech.connection import connect

_DESCRIBE_S = 1.0
_FRESH_S, _RETRY_S = 5.0, 0.5
"""How long a description is believed, and how long that there was no answer."""


class Place(Protocol):
    """One speech process."""

    @property
    def name(self) -> str: ...

    def connect(self, timeout_s: float) -> socket.socket:
        """A stream of frames (wire.py) to it and back. Raises OSError."""


@dataclass(frozen=True, slots=True)
class UnixPlace:
    """A process on this machine."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path)

    def connect(self, timeout_s: float) -> socket.socket:
        return connect(self.path, timeout_s)


def no_others() -> Sequence[Place]:
    return ()


class Places:
    """others: asked each time, so that machines may come and go. Safe from any thread."""

    def __init__(self, fixed: Sequence[Place], others: Callable[[], Sequence[Place]] = no_others) -> None:
        self._fixed = tuple(fixed)
        self._others = others
        self._lock = threading.Lock()
        self._choosing = threading.Lock()
        self._known: dict[str, tuple[float, wire.Header | None]] = {}

    def described(self) -> wire.Header | None:
        """What all of them can do together; None while none answers."""
        headers = [header for _, header in self._answering()]
        if not headers:
            return None
        translates = {tuple(pair[:2]): pair for header in headers for pair in header.get("translates", ())}
        return {
            **headers[0],
            "hears": _first_of_each(headers, "hears"),
            "speaks": sorted({language for header in headers for language in header["speaks"]}),
            "voices": _first_of_each(headers, "voices"),
            "translates": list(translates.values()),
            "listenings": sum(header.get("listenings", 0) for header in headers),
            "processes": len(headers),
        }

    def able(self, can: Callable[[wire.Header], bool]) -> list[Place]:
        """Those that can, the least busy first; equals in random order, so that none gets all."""
        found = [(header.get("listenings", 0), place) for place, header in self._answering() if can(header)]
        random.shuffle(found)
        return [place for _, place in sorted(found, key=lambda one: one[0])]

    def connect_to_listen(self, language: str, timeout_s: float) -> socket.socket:
        """To the least busy process that hears this language. Raises OSError when none of them can be reached."""
        tried: set[str] = set()
        while (place := self._next_ear(language, tried)) is not None:
            tried.add(place.name)
            try:
                return place.connect(timeout_s)
            except OSError:
                self._forget(place)
        raise ConnectionError("no speech process")

    def _next_ear(self, language: str, tried: set[str]) -> Place | None:
        """One at a time: of two who choose at once the second must see what the first took."""
        with self._choosing:
            # None of them may answer yet: then the fixed ones are tried, and refuse what they cannot hear.
            places = self.able(lambda header: language in header["hears"]) or self._fixed
            place = next((place for place in places if place.name not in tried), None)
            if place is not None:
                self._count(place)
            return place

    def _count(self, place: Place) -> None:
        """The description is seconds old; somebody who came meanwhile counts too."""
        with self._lock:
            until, header = self._known.get(place.name, (0.0, None))
            if header is not None:
                self._known[place.name] = until, {**header, "listenings": header.get("listenings", 0) + 1}

    def _forget(self, place: Place) -> None:
        with self._lock:
            self._known.pop(place.name, None)

    def _answering(self) -> list[tuple[Place, wire.Header]]:
        places = (*self._fixed, *self._others())
        with self._lock:
            for gone in self._known.keys() - {place.name for place in places}:
                del self._known[gone]
            return [(place, header) for place in places if (header := self._describe(place)) is not None]

    def _describe(self, place: Place) -> wire.Header | None:
        until, header = self._known.get(place.name, (0.0, None))
        if time.monotonic() < until:
            return header
        try:
            header = ask(place, {"type": "describe"}, b"", _DESCRIBE_S, "described")[0]
        except SpeechUnavailable:
            header = None
        self._known[place.name] = time.monotonic() + (_FRESH_S if header else _RETRY_S), header
        return header


def ask(
    place: Place, request: wire.Header, payload: bytes, timeout_s: float, expected: str
) -> tuple[wire.Header, bytes]:
    """One question on a connection of its own. Raises SpeechUnavailable; a refusal is an answer too."""
    try:
        with place.connect(timeout_s) as connection:
            connection.sendall(wire.pack(request, payload))
            answer, sound = wire.read(lambda n: _receive(connection, n))
    except (OSError, wire.Malformed) as problem:
        raise SpeechUnavailable(type(problem).__name__) from problem
    if answer["type"] not in (expected, "refused"):
        raise SpeechUnavailable("unexpected answer")
    return answer, sound


def _first_of_each(headers: Sequence[wire.Header], key: str) -> dict[str, str]:
    """Language → what the first process that has one calls it."""
    return {language: name for header in reversed(headers) for language, name in header.get(key, {}).items()}


def can_answer(request: wire.Header) -> Callable[[dict[str, Any]], bool]:
    """Whether a process that described itself so can do what is asked."""
    match request["type"]:
        case "speak":
            return lambda header: request["language"] in header["speaks"]
        case "translate":
            pair = [request["source"], request["target"]]
            return lambda header: any(list(one[:2]) == pair for one in header.get("translates", ()))
        case _:
            return lambda _header: True


def _receive(connection: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        piece = connection.recv(min(count - len(data), 1 << 20))
        if not piece:
            raise ConnectionError("closed")
        data += piece
    return bytes(data)
