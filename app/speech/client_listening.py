"""One listening over the socket: sound out without ever waiting, captions in on a thread of its own."""

import contextlib
import logging
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from app.domain.speech import Caption, CaptionState, Encoding
from app.speech import wire

log = logging.getLogger("wijkbalie.speech")

_KEPT_BYTES = 160_000
"""Sound kept while nobody takes it: 5 s of PCM. The oldest goes first."""
_KEPT_PACKETS = 500
_RETRY_S = (0.25, 0.5, 1.0, 2.0)
_REFUSED_RETRY_S = 15.0
_LOOK_S = 0.5
_FINISH_S = 25.0
MOST_WORDS = 300
"""Of a vocabulary: what a header holds with room to spare. Recognisers use fewer."""


class RemoteListening:
    """Reconnects by itself, perhaps to another process. Callbacks come on its one thread, so in order.

    connect: takes a timeout in seconds; raises OSError.
    """

    def __init__(
        self,
        connect: Callable[[float], socket.socket],
        language: str,
        encoding: Encoding,
        on_caption: Callable[[Caption], None],
        on_state: Callable[[CaptionState], None],
        vocabulary: Sequence[str] = (),
    ) -> None:
        self._connect = connect
        opening = {"type": "listen", "language": language, "encoding": encoding}
        self._opening = wire.pack({**opening, "vocabulary": list(vocabulary[:MOST_WORDS])})
        self._on_caption = on_caption
        self._on_state = on_state
        self._lock = threading.Lock()
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._unsent = b""
        """The rest of a frame of which a part is sent already."""
        self._connection: socket.socket | None = None
        self._finishing_since_s: float | None = None
        self._finished = threading.Event()
        self._state: CaptionState | None = None
        self._began_s = time.monotonic()
        self._since_s = 0.0
        self._utterances_before = 0
        self._last: Caption | None = None
        threading.Thread(target=self._run, name="captions", daemon=True).start()

    def hear(self, sound: bytes) -> None:
        frame = wire.pack({"type": "sound"}, sound)
        with self._lock:
            if self._finishing_since_s is not None:
                return
            self._waiting.append(frame)
            self._waiting_bytes += len(frame)
            while self._waiting_bytes > _KEPT_BYTES or len(self._waiting) > _KEPT_PACKETS:
                self._waiting_bytes -= len(self._waiting.popleft())
            self._flush()

    def finish(self) -> None:
        with self._lock:
            if self._finishing_since_s is None:
                self._finishing_since_s = time.monotonic()
                self._finished.set()
                self._waiting.append(wire.pack({"type": "finish"}))
                self._flush()

    def _flush(self) -> None:
        """Sends what the socket takes at once. Called with the lock held."""
        connection = self._connection
        if connection is None:
            return
        try:
            while self._unsent or self._waiting:
                if not self._unsent:
                    self._unsent = self._waiting.popleft()
                    self._waiting_bytes -= len(self._unsent)
                sent = connection.send(self._unsent, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
                self._unsent = self._unsent[sent:]
        except BlockingIOError:
            return
        except OSError:
            self._connection = None  # the reading thread sees the end of it and connects anew

    def _run(self) -> None:
        tries = 0
        while True:
            try:
                connection = self._connect(1.0)
            except OSError:
                wait_s = _RETRY_S[min(tries, len(_RETRY_S) - 1)]
                tries += 1
            else:
                with connection:
                    ready = self._converse(connection)
                with self._lock:
                    self._connection = None
                tries = 0 if ready else tries + 1
                wait_s = _RETRY_S[0] if ready else _REFUSED_RETRY_S
            self._close_begun_caption()
            if self._finished.is_set():
                return
            self._tell("unavailable")
            self._finished.wait(wait_s)

    def _converse(self, connection: socket.socket) -> bool:
        """Until the connection ends. Whether captions were given."""
        ready = False
        try:
            connection.sendall(self._opening)
            for header in self._frames(connection):
                match header["type"]:
                    case "listening":
                        ready = True
                        with self._lock:
                            connection.setblocking(False)
                            self._connection = connection
                            self._unsent = b""
                            self._since_s = time.monotonic() - self._began_s
                            self._flush()
                        self._tell("ready")
                    case "caption":
                        self._hand_over(header)
                    case "state":
                        self._tell(header["state"])
                    case "finished":
                        break
                    case code:
                        log.warning("captions refused: %s", header.get("code", code))
                        break
        except (OSError, wire.Malformed, KeyError, TypeError) as problem:
            log.info("captions lost: %s", type(problem).__name__)
        return ready

    def _frames(self, connection: socket.socket) -> Any:
        """Headers as they come in; meanwhile sends what waits. Ends with the connection."""
        data = bytearray()
        poll = select.poll()  # select() cannot look at descriptors over 1023, and a busy desk has them
        while True:
            with self._lock:
                waits = bool(self._unsent or self._waiting) and self._connection is not None
                finishing_since_s = self._finishing_since_s
            if finishing_since_s is not None and time.monotonic() - finishing_since_s > _FINISH_S:
                return
            poll.register(connection, select.POLLIN | (select.POLLOUT if waits else 0))
            events = poll.poll(_LOOK_S * 1000)
            if waits:
                with self._lock:
                    self._flush()
            if not any(event & ~select.POLLOUT for _, event in events):
                continue
            with contextlib.suppress(BlockingIOError):
                piece = connection.recv(65536)
                if not piece:
                    return
                data += piece
            while len(data) >= wire.LENGTHS_BYTES:
                header, payload = wire.lengths(bytes(data[: wire.LENGTHS_BYTES]), wire.REQUEST_BYTES)
                if len(data) < wire.LENGTHS_BYTES + header + payload:
                    break
                yield wire.parse_header(bytes(data[wire.LENGTHS_BYTES : wire.LENGTHS_BYTES + header]))
                del data[: wire.LENGTHS_BYTES + header + payload]

    def _hand_over(self, header: wire.Header) -> None:
        caption = Caption(
            utterance=self._utterances_before + header["utterance"],
            text=header["text"],
            final=header["final"],
            language=header["language"],
            started_at_s=self._since_s + header["started_at_s"],
            ended_at_s=self._since_s + header["ended_at_s"],
            decode_s=header["decode_s"],
            heard=header.get("heard"),
        )
        self._last = caption
        self._call(self._on_caption, caption)

    def _close_begun_caption(self) -> None:
        """The process fell in mid-sentence: what was shown stands. The next process counts from 1 again."""
        last, self._last = self._last, None
        if last is None:
            return
        self._utterances_before = last.utterance
        if not last.final:
            final = Caption(
                last.utterance, last.text, True, last.language, last.started_at_s, last.ended_at_s
            )
            self._call(self._on_caption, final)

    def _tell(self, state: CaptionState) -> None:
        if state != self._state:
            self._state = state
            self._call(self._on_state, state)

    @staticmethod
    def _call(callback: Callable[[Any], None], value: object) -> None:
        try:
            callback(value)
        except Exception as problem:  # a listener's fault must not end the listening
            log.error("a listener failed: %s", type(problem).__name__)
