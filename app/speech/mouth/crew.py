"""A few children with the same engine, and what happens when one of them falls silent."""

import socket
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.speech import LanguageNotSupported, SpeechUnavailable, SpokenText, WordTiming
from app.speech import child_process
from app.speech.mouth.engine import MAX_CHARACTERS
from app.speech.mouth.frames import BadFrame, pack, unpack

_START_TIMEOUT_S = 20.0


class _ChildFailed(Exception):
    """The child crashed, or was killed."""


class _Child:
    """One engine's process, warm or warming up. Used by one thread at a time."""

    def __init__(self, engine: Sequence[str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            line = theirs.fileno()
            self._process = child_process.start(
                "app.speech.mouth.child", list(engine), stdin=line, stdout=line
            )
        self._socket = ours
        self._ready = False
        self.voices: Mapping[str, str] = {}

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_ready(self, timeout_s: float) -> None:
        """Raises SpeechUnavailable when this engine cannot run here, _ChildFailed, TimeoutError."""
        if self._ready:
            return
        head, _ = self._read(timeout_s)
        if "error" in head:
            raise SpeechUnavailable
        self.voices = head["voices"]
        self._ready = True

    def ask(self, request: dict[str, Any], timeout_s: float) -> tuple[dict[str, Any], bytes]:
        """Raises _ChildFailed, TimeoutError."""
        self._socket.settimeout(timeout_s)
        try:
            self._socket.sendall(pack(request))
        except TimeoutError:
            raise
        except OSError as error:
            raise _ChildFailed from error
        return self._read(timeout_s)

    def _read(self, timeout_s: float) -> tuple[dict[str, Any], bytes]:
        deadline = time.monotonic() + timeout_s

        def read(wanted: int) -> bytes:
            received = bytearray()
            while len(received) < wanted:
                self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
                if not (piece := self._socket.recv(min(wanted - len(received), 1 << 20))):
                    break
                received += piece
            return bytes(received)

        try:
            return unpack(read)
        except TimeoutError:
            raise
        except (BadFrame, OSError) as error:
            raise _ChildFailed from error

    def end(self) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()


class Crew:
    """Up to `size` children of one engine, for any number of threads.

    engine: its name and what it needs more. The first child starts at once; ask wait_until_ready before the rest.
    timeout_s: for one text, and for a free child. longest: characters of a text; more would keep the reader waiting.
    """

    def __init__(
        self, engine: Sequence[str], size: int, timeout_s: float, longest: int = MAX_CHARACTERS
    ) -> None:
        self.engine = engine[0]
        self.voices: Mapping[str, str] = {}
        self._command = tuple(engine)
        self._size = size
        self._timeout_s = timeout_s
        self.longest = longest
        self._changed = threading.Condition()
        self._idle: list[_Child] = []
        self._waiting: deque[object] = deque()
        self._closed = False
        self._ready = False
        self._children: set[_Child] = {_Child(self._command)}

    def wait_until_ready(self) -> bool:
        """False: this engine cannot run here; no process of it is left."""
        (first,) = self._children
        try:
            first.wait_until_ready(_START_TIMEOUT_S)
        except (SpeechUnavailable, _ChildFailed, TimeoutError):
            self.close()
            return False
        with self._changed:
            self.voices = first.voices
            self._ready = True
            self._idle.append(first)
            self._fill()
        return True

    @property
    def child_pids(self) -> list[int]:
        with self._changed:
            return [child.pid for child in self._children]

    def close(self) -> None:
        with self._changed:
            self._closed = True
            children = list(self._children)
            self._children.clear()
            self._idle.clear()
            self._changed.notify_all()
        for child in children:
            child.end()

    def make(self, request: dict[str, Any]) -> SpokenText:
        """A text that kills its child is tried once more, one that hangs it is not. Raises SpeechUnavailable."""
        for _ in range(2):
            child = self._take()
            try:
                child.wait_until_ready(_START_TIMEOUT_S)
                head, sound = child.ask(request, self._timeout_s)
            except _ChildFailed:
                self._replace(child)
                continue
            except BaseException as error:
                self._replace(child)
                if isinstance(error, TimeoutError):
                    raise SpeechUnavailable from error
                raise
            self._give_back(child)
            return _spoken(head, sound, request["language"])
        raise SpeechUnavailable

    def _fill(self) -> None:
        """Starts what is missing. New ones go in front: the last is taken first, these warm up meanwhile."""
        while self._ready and not self._closed and len(self._children) < self._size:
            try:
                child = _Child(self._command)
            except OSError:  # no process to be had now; the next text tries again
                return
            self._children.add(child)
            self._idle.insert(0, child)
            self._changed.notify_all()

    def _take(self) -> _Child:
        """In the order of asking: with a bare condition one caller in ten thousand was passed over for 10 s."""
        with self._changed:
            self._fill()
            ticket = object()
            self._waiting.append(ticket)
            try:
                found = self._changed.wait_for(
                    lambda: self._closed or (self._idle and self._waiting[0] is ticket), self._timeout_s
                )
                if not found or self._closed:
                    raise SpeechUnavailable
                return self._idle.pop()
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def _give_back(self, child: _Child) -> None:
        with self._changed:
            if child in self._children:
                self._idle.append(child)
                self._changed.notify_all()

    def _replace(self, child: _Child) -> None:
        """Starts the next one at once, so that it is warm when it is needed."""
        child.end()
        with self._changed:
            self._children.discard(child)
            self._fill()


def _spoken(head: dict[str, Any], sound: bytes, language: str) -> SpokenText:
    if head.get("error") == "language":
        raise LanguageNotSupported(language)
    if "error" in head:
        raise SpeechUnavailable
    words = tuple(WordTiming(*word) for word in head["words"])
    return SpokenText(sound, words, head["duration_ms"])
