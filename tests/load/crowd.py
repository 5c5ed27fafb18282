"""Many participants in one thread: their sockets are read and written by hand, so that the client is no bottleneck."""

import json
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.integration.socket_server import Person, SocketServer


@dataclass
class Member:
    """One participant on the line."""

    talk: int
    tcp: socket.socket
    seq: int
    unread: bytearray = field(default_factory=bytearray)

    def send(self, type: str, **content: Any) -> None:
        self.seq += 1
        payload = json.dumps({"type": type, "seq": self.seq, **content}).encode()
        length = len(payload)
        head = bytes([0x81, 0x80 | length]) if length < 126 else b"\x81\xfe" + length.to_bytes(2, "big")
        self.tcp.sendall(head + bytes(4) + payload)  # masked with zeros, as the rules allow

    def receive(self) -> Iterator[dict[str, Any]]:
        """The whole messages that have come. Pings are answered."""
        data = self.tcp.recv(65536)
        if not data:
            raise ConnectionError("the server closed a socket")
        self.unread += data
        while (frame := self._next_frame()) is not None:
            opcode, payload = frame
            if opcode == 1:
                yield json.loads(payload)
            elif opcode == 9:
                self.tcp.sendall(bytes([0x8A, 0x80 | len(payload)]) + bytes(4) + payload)
            elif opcode == 8:
                raise ConnectionError(f"the server closed a socket: {payload[:2].hex()}")

    def _next_frame(self) -> tuple[int, bytes] | None:
        if len(self.unread) < 2:
            return None
        length, start = self.unread[1] & 127, 2
        if length >= 126:
            start += 2 if length == 126 else 8
            length = int.from_bytes(self.unread[2:start], "big")
        if len(self.unread) < start + length:
            return None
        frame = self.unread[0] & 15, bytes(self.unread[start : start + length])
        del self.unread[: start + length]
        return frame


@dataclass(frozen=True)
class Heard:
    """How long each typed change took to each reader, in milliseconds; how many should have come."""

    delays_ms: list[float]
    expected: int


class Crowd:
    """rooms × 4 participants, all on the line."""

    def __init__(self, server: SocketServer, rooms: int) -> None:
        self.selector = selectors.DefaultSelector()
        self.talks: list[list[Member]] = []
        for number in range(rooms):
            talk = server.start_conversation({}, {"role": "interpreter"}, {"role": "relative"})
            self.talks.append([self._join(person, number) for person in talk.people])
        self.quiet()

    def _join(self, person: Person, talk: int) -> Member:
        client = person.join()
        tcp: socket.socket = client.websocket.sock
        member = Member(talk, tcp, client.seq)
        self.selector.register(tcp, selectors.EVENT_READ, member)
        return member

    def quiet(self, for_s: float = 0.5) -> None:
        """Reads until nothing has come for a while."""
        while ready := self.selector.select(for_s):
            for key, _ in ready:
                list(key.data.receive())

    def type(self, seconds: float, per_room_per_s: float) -> Heard:
        """One participant of each room types, the rooms evenly one after another."""
        delays: list[float] = []
        sent, total = 0, int(seconds * per_room_per_s * len(self.talks))
        gap_s = 1 / (per_room_per_s * len(self.talks))
        began = time.perf_counter()
        last = began + seconds + 5
        while len(delays) < total * 3 and (now := time.perf_counter()) < last:
            if sent < total and now >= began + sent * gap_s:
                talk = self.talks[sent % len(self.talks)]
                typist = talk[sent // len(self.talks) % len(talk)]
                typist.send("typing", line=1, text=f"{time.perf_counter_ns()}", done=False)
                sent += 1
            wait_s = max(0.0, began + sent * gap_s - time.perf_counter()) if sent < total else 0.1
            for key, _ in self.selector.select(wait_s):
                for message in key.data.receive():
                    if message["type"] == "typing":
                        delays.append((time.perf_counter_ns() - int(message["text"])) / 1e6)
        return Heard(delays, total * 3)

    def go(self) -> None:
        for talk in self.talks:
            for member in talk:
                self.selector.unregister(member.tcp)
                member.tcp.close()
        self.selector.close()
