"""One browser's WebSocket as the hub uses it: written from any thread, never waiting, always in order.

simple-websocket writes to a blocking TCP socket from several threads at once (messages, pongs, closing). A
client that reads slowly would stop whoever tells it something, and frames could mix. So the TCP socket is
wrapped: what the kernel does not take at once is kept, bounded, and written by one thread for all of them.
"""

import contextlib
import logging
import select
import socket
import threading
import time
from collections.abc import Callable, MutableMapping
from typing import Any

from simple_websocket import ConnectionClosed, Server
from wsproto.utilities import LocalProtocolError

from app.conversations.limits import Bucket
from app.conversations.messages import Message

log = logging.getLogger("wijkbalie.sockets")

KERNEL_BYTES = 128 * 1024
UNSENT_BYTES = 1024 * 1024
"""A client that lets so much wait is cut off; it comes back by itself."""
RECEIVED_BYTES_PER_S = 256 * 1024
RECEIVED_BYTES_BURST = 2 * 1024 * 1024
GOODBYE_S = 0.5
"""How long a closing handshake may take."""
READER_S = 10.0
"""A reader that was woken ends at once; on a machine that is very busy, later. Only then may gunicorn close."""
SOCKET_KEYS = ("gunicorn.socket", "werkzeug.socket")


class Courier:
    """The thread that brings slow clients what could not be written at once. Sleeps while there are none."""

    def __init__(self) -> None:
        self._slow: set[Wire] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def take(self, wire: "Wire") -> None:
        with self._changed:
            self._slow.add(wire)
            if self._thread is None:
                self._thread = threading.Thread(target=self._deliver, name="courier", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _deliver(self) -> None:
        while True:
            with self._changed:
                while not self._slow:
                    self._changed.wait()
                slow = list(self._slow)
            ready = select.poll()
            for wire in slow:
                if wire.fileno() >= 0:
                    ready.register(wire.fileno(), select.POLLOUT)
            writable = {number for number, _event in ready.poll(50)}
            done = {
                wire
                for wire in slow
                if wire.fileno() < 0 or (wire.fileno() in writable and wire.write_kept())
            }
            with self._changed:
                self._slow -= done


COURIER = Courier()


class Wire:
    """The TCP socket as simple-websocket sees it."""

    def __init__(self, tcp: socket.socket) -> None:
        self._tcp = tcp
        self._lock = threading.Lock()
        self._kept = bytearray()
        self.when_closed: Callable[[], None] = lambda: None
        self._received = Bucket(RECEIVED_BYTES_PER_S, RECEIVED_BYTES_BURST)
        with contextlib.suppress(OSError):
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
            tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fileno(self) -> int:
        return self._tcp.fileno()

    def recv(self, size: int) -> bytes:
        """Slows down a flood: TCP then slows its sender, and our memory stays what it is."""
        data = self._tcp.recv(size)
        wait_s = self._received.debt_s(len(data))
        if wait_s > 0:
            time.sleep(wait_s)
        return data

    def send(self, data: bytes) -> int:
        """Takes everything at once. Raises OSError when the line is lost, or was too slow."""
        with self._lock:
            was_slow = bool(self._kept)
            self._kept += data
            if was_slow and len(self._kept) > UNSENT_BYTES:
                self._kept.clear()
                self._shut(socket.SHUT_RDWR)
                log.warning("a client did not take its messages and was cut off")
                raise BrokenPipeError
            if not was_slow:
                self._write()
                if self._kept:
                    COURIER.take(self)
        return len(data)

    def write_kept(self) -> bool:
        """True when nothing is left to write, or the line is lost."""
        with self._lock:
            try:
                self._write()
            except OSError:
                self._kept.clear()
            return not self._kept

    def _write(self) -> None:
        with contextlib.suppress(BlockingIOError):
            sent = self._tcp.send(self._kept, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
            del self._kept[:sent]

    def _shut(self, how: int) -> None:
        with contextlib.suppress(OSError):
            self._tcp.shutdown(how)

    def stop_reading(self) -> None:
        """Wakes the thread that reads."""
        self._shut(socket.SHUT_RD)

    def close(self) -> None:
        """simple-websocket's reader calls this last: ends writing, then takes what still comes for a moment.

        Closing with unread bytes sends a TCP reset, and the browser would never see why (RFC 1122, 4.2.2.13).
        The descriptor is left to gunicorn, which counts its connections by closing them; shut down both ways it
        does not wait for the browser in gunicorn's main thread.
        """
        self._shut(socket.SHUT_WR)
        deadline = time.monotonic() + GOODBYE_S / 2
        with contextlib.suppress(OSError):
            while (left_s := deadline - time.monotonic()) > 0:
                self._tcp.settimeout(left_s)
                if not self._tcp.recv(65536):
                    break
        self._shut(socket.SHUT_RDWR)
        self.when_closed()


def wrap_socket(environ: MutableMapping[str, Any]) -> None:
    """Call before the upgrade. Also refuses compression: 300 kB a client, and small messages gain nothing."""
    environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    for key in SOCKET_KEYS:
        if key in environ:
            environ[key] = Wire(environ[key])


class Line:
    """One browser's WebSocket."""

    def __init__(self, websocket: Server) -> None:
        self._websocket = websocket
        # After a message too large simple-websocket wakes receive() before it calls itself closed, never after.
        websocket.sock.when_closed = websocket.event.set
        self._lock = threading.Lock()
        self._closed = False

    def send(self, message: Message) -> None:
        """Never waits, never raises; a lost line takes nothing. Closes after a message that says so."""
        with self._lock:
            if self._closed:
                return
            with contextlib.suppress(ConnectionClosed, OSError, LocalProtocolError):
                self._websocket.send(message.to_json())
            if message.close_code is not None:
                self._close(message.close_code)

    def receive(self, timeout_s: float) -> str | bytes | None:
        """None when nothing came. Raises ConnectionClosed."""
        if self._closed:
            raise ConnectionClosed
        frame: str | bytes | None = self._websocket.receive(timeout_s)
        return frame

    def close(self, code: int) -> None:
        with self._lock:
            self._close(code)

    def _close(self, code: int) -> None:
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(ConnectionClosed, OSError, LocalProtocolError):
            self._websocket.close(code)
        self._websocket.event.set()  # its own thread may wait in receive()

    def finish(self) -> None:
        """The last thing its own thread does: hears the client's goodbye, but not for long."""
        self.close(1000)
        self._websocket.thread.join(GOODBYE_S)
        if self._websocket.thread.is_alive():
            self._websocket.sock.stop_reading()
            self._websocket.thread.join(READER_S)
