"""Speech processes on other machines: the same frames, encrypted, over lists in Redis.

    web: SpeechClient ── RedisPlace ══ Redis ══ RedisDoor ── Unix socket: the speech process

Redis never holds a readable word: every piece is sealed with SPEECH_KEY, numbered, read once, and gone by itself
after a minute. A place that stops announcing itself is forgotten after 10 s.
"""

import contextlib
import logging
import secrets
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import redis
from cryptography.fernet import Fernet, InvalidToken

from app.speech.connection import connect

log = logging.getLogger("wijkbalie.speech")

_PREFIX = "wijkbalie:speech:"
_HERE = f"{_PREFIX}here:"
_ANNOUNCE_S, _GONE_S = 3.0, 10
_KEPT_S = 60
_LOOK_S = 1
_LIST_S = 1.0
_PIECE_BYTES = 64 * 1024
_MOST_PIECES = 1000
"""A reader that leaves so many unread has died without saying so."""
_NUMBER = struct.Struct(">Q")


class _Sealed:
    """One direction of one line: pieces in order, each sealed. Raises ConnectionError when anything is amiss."""

    def __init__(self, store: redis.Redis, line: str, way: str, key: Fernet) -> None:
        self._store, self._key = store, key
        self._list, self._way = f"{_PREFIX}line:{line}:{way}", f"{line}:{way}:".encode()
        self._number = 0

    def push(self, data: bytes) -> None:
        """Empty data ends the line."""
        piece = self._key.encrypt(self._way + _NUMBER.pack(self._number) + data)
        self._number += 1
        with self._store.pipeline(transaction=False) as together:
            together.rpush(self._list, piece)
            together.expire(self._list, _KEPT_S)
            length = together.execute()[0]
        if length > _MOST_PIECES:
            raise ConnectionError("nobody reads")

    def pop(self) -> bytes | None:
        """None when nothing came within a second."""
        answer = self._store.blpop([self._list], timeout=_LOOK_S)
        if answer is None:
            return None
        try:
            data = self._key.decrypt(answer[1])
        except InvalidToken:
            raise ConnectionError("sealed with another key") from None
        head = self._way + _NUMBER.pack(self._number)
        # A piece that was moved here from elsewhere, or sent again, is no piece of this line.
        if not data.startswith(head):
            raise ConnectionError("out of order")
        self._number += 1
        return data[len(head) :]


class _Line:
    """Carries bytes between a local socket and Redis until either end closes or falls silent."""

    def __init__(
        self, store: redis.Redis, line: str, ways: tuple[str, str], key: Fernet, local: socket.socket
    ) -> None:
        self._store, self._local = store, local
        self._out, self._in = _Sealed(store, line, ways[0], key), _Sealed(store, line, ways[1], key)
        self._own_pulse, self._other_pulse = (f"{_PREFIX}line:{line}:{way}:pulse" for way in ways)
        local.settimeout(_ANNOUNCE_S)

    def start(self) -> None:
        self._beat()
        threading.Thread(target=self._run, args=(self._send,), name="speech-line-out", daemon=True).start()
        threading.Thread(target=self._run, args=(self._receive,), name="speech-line-in", daemon=True).start()

    def _run(self, carry: Callable[[], None]) -> None:
        try:
            carry()
        except (OSError, redis.RedisError) as problem:
            log.info("a line to another machine ended: %s", type(problem).__name__)
        finally:
            with contextlib.suppress(OSError):
                self._local.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(redis.RedisError, OSError):
                self._store.delete(self._own_pulse)

    def _send(self) -> None:
        while True:
            try:
                data = self._local.recv(_PIECE_BYTES)
            except TimeoutError:
                self._beat()
                continue
            self._out.push(data)
            if not data:
                return
            self._beat()

    def _receive(self) -> None:
        heard_at = time.monotonic()
        while True:
            data = self._in.pop()
            if data is None:
                if self._store.exists(self._other_pulse):
                    heard_at = time.monotonic()
                elif time.monotonic() - heard_at > _GONE_S:
                    raise ConnectionError("the other end is gone")
                continue
            if not data:
                return
            heard_at = time.monotonic()
            self._local.sendall(data)

    def _beat(self) -> None:
        self._store.set(self._own_pulse, b"1", ex=_GONE_S)


class RedisPlace:
    """Place: one speech process on another machine."""

    def __init__(self, store: redis.Redis, name: str, key: Fernet) -> None:
        self._store, self._key = store, key
        self.name = name

    def connect(self, timeout_s: float) -> socket.socket:
        line = secrets.token_urlsafe(18)
        near, far = socket.socketpair()
        near.settimeout(timeout_s)
        try:
            _Line(self._store, line, ("up", "down"), self._key, far).start()
            calls = f"{_PREFIX}calls:{self.name}"
            self._store.rpush(calls, self._key.encrypt(line.encode()))
            self._store.expire(calls, _GONE_S)
        except redis.RedisError as problem:
            near.close()
            far.close()
            raise ConnectionError("redis") from problem
        return near


class RedisPlaces:
    """The speech processes that announce themselves now; none while Redis is away."""

    def __init__(self, url: str, key: str) -> None:
        self._store = _store(url)
        self._key = Fernet(key)
        self._lock = threading.Lock()
        self._fresh_until = 0.0
        self._places: dict[str, RedisPlace] = {}

    def __call__(self) -> Sequence[RedisPlace]:
        with self._lock:
            if time.monotonic() >= self._fresh_until:
                self._places = {name: self._places.get(name) or self._place(name) for name in self._names()}
                self._fresh_until = time.monotonic() + _LIST_S
            return list(self._places.values())

    def _place(self, name: str) -> RedisPlace:
        return RedisPlace(self._store, name, self._key)

    def _names(self) -> list[str]:
        try:
            return sorted(key.decode().removeprefix(_HERE) for key in self._store.scan_iter(f"{_HERE}*"))
        except redis.RedisError as problem:
            log.warning("speech on other machines cannot be asked for: %s", type(problem).__name__)
            return []


class RedisDoor:
    """Announces a speech process of this machine and lets others call it, until stop()."""

    def __init__(self, url: str, key: str, name: str, path: Path) -> None:
        self._store = _store(url)
        self._key = Fernet(key)
        self._name, self._path = name, path
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._answer, name="speech-door", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(5)

    def _answer(self) -> None:
        while not self._stopping.is_set():
            try:
                self._store.set(_HERE + self._name, b"1", ex=_GONE_S)
                call: Any = self._store.blpop([f"{_PREFIX}calls:{self._name}"], timeout=_LOOK_S)
                if call is not None:
                    self._open(call[1])
            except redis.RedisError as problem:
                log.warning("Redis does not answer: %s", type(problem).__name__)
                self._stopping.wait(_LOOK_S)
        with contextlib.suppress(redis.RedisError):
            self._store.delete(_HERE + self._name)

    def _open(self, call: bytes) -> None:
        try:
            line = self._key.decrypt(call, ttl=_KEPT_S).decode()
            local = connect(self._path, 1.0)
        except (InvalidToken, OSError) as problem:
            log.warning("a call from another machine was not answered: %s", type(problem).__name__)
            return
        _Line(self._store, line, ("down", "up"), self._key, local).start()


def _store(url: str) -> redis.Redis:
    options: dict[str, Any] = {
        "socket_connect_timeout": 2,
        "socket_timeout": _LOOK_S + 4,
        "max_connections": 4096,
    }
    return redis.Redis.from_url(url, **options)
