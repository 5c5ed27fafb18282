"""gunicorn in a process of its own, serving tests.integration.socket_app, and a client for its sockets."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from websocket import (  # type: ignore[import-untyped]
    WebSocket,
    WebSocketConnectionClosedException,
    WebSocketTimeoutException,
    create_connection,
)

ROOT = Path(__file__).parent.parent.parent
MEMORY_BYTES = 24 * 2**30
"""Of address space, mostly unused stacks: an attack that fills memory fails here, not on the machine."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class SocketServer:
    """folder: for its database and log; a second server may go on with a first one's."""

    def __init__(self, folder: Path, seats: int = 40, port: int = 0) -> None:
        self.port = port or free_port()
        self.folder = folder
        self.log_path = folder / "log.txt"
        self.seats = seats
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        threads = 2 * self.seats + 32
        command = [
            sys.executable, "-m", "gunicorn", "tests.integration.socket_app:create_app()",
            "--config", "tests/integration/socket_gunicorn.py",
            "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread",
            "--threads", str(threads), "--worker-connections", str(threads + 100),
            "--graceful-timeout", "20", "--no-control-socket", "--log-level", "warning",
        ]  # fmt: skip
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "SEATS": str(self.seats), "FOLDER": str(self.folder)},
                stdout=log,
                stderr=log,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES)),
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.state()
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise AssertionError(f"the server did not start:\n{self.log()}")

    def stop(self) -> float:
        """SIGTERM; how long it took, in seconds."""
        assert self.process
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - began

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def state(self) -> dict[str, Any]:
        return self._ask("/proef/stand")

    def start_conversation(self, *guests: dict[str, Any], admit: bool = True) -> "Talk":
        answer = self._ask("/proef/gesprek", {"guests": list(guests) or [{}], "admit": admit})
        people = [Person(self, person["seat"], person["cookie"]) for person in answer["people"]]
        return Talk(answer["conversation"], people)

    def do(self, what: str, **more: Any) -> None:
        self._ask("/proef/doe", {"what": what, **more})

    def _ask(self, path: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=json.dumps(content).encode() if content is not None else None,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


class Talk:
    def __init__(self, conversation_id: str, people: list["Person"]) -> None:
        self.id = conversation_id
        self.people = people

    @property
    def employee(self) -> "Person":
        return self.people[0]

    @property
    def citizen(self) -> "Person":
        return self.people[1]


class Person:
    """One browser: its seat, its cookie, the sockets it opens."""

    def __init__(self, server: SocketServer, seat: str, cookie: str) -> None:
        self.server, self.seat, self.cookie = server, seat, cookie

    def connect(
        self,
        path: str = "gesprek",
        seat: str | None = None,
        origin: str | None = "",
        receive_bytes: int = 0,
    ) -> "Client":
        """origin "": this site's, None: none. receive_bytes: a small window, for who reads slowly."""
        host = f"127.0.0.1:{self.server.port}"
        return Client(
            create_connection(
                f"ws://{host}/sockets/{path}/{seat or self.seat}",
                timeout=10,
                header={"Cookie": self.cookie},
                origin=f"http://{host}" if origin == "" else origin,
                suppress_origin=origin is None,
                enable_multithread=True,
                sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes),) if receive_bytes else (),
            )
        )

    def join(self, epoch: str = "epoch-0001", receive_bytes: int = 0) -> "Client":
        """On the line, welcomed."""
        client = self.connect(receive_bytes=receive_bytes)
        client.send(**hello(epoch))
        client.welcome = client.expect("welcome")
        return client

    def speak(self, encoding: str = "pcm", language: str = "nl") -> "Client":
        client = self.connect("geluid")
        client.send_raw(json.dumps({"type": "open", "encoding": encoding, "language": language}))
        return client


class Client:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.seq = 0
        self.welcome: dict[str, Any] = {}
        self.close_code: int | None = None

    def send(self, type: str, **content: Any) -> None:
        self.seq += 1
        self.send_raw(json.dumps({"type": type, "seq": self.seq, **content}))

    def send_raw(self, text: str) -> None:
        self.websocket.send(text)

    def send_bytes(self, data: bytes) -> None:
        self.websocket.send_binary(data)

    def receive(self) -> dict[str, Any] | None:
        """The next message; None when the socket was closed, whose code is then in close_code."""
        while True:
            try:
                opcode, data = self.websocket.recv_data()
            except (WebSocketConnectionClosedException, ConnectionError):
                return None
            if opcode == 8:
                self.close_code = int.from_bytes(data[:2], "big")
                return None
            message: dict[str, Any] = json.loads(data)
            return message

    def expect(self, type: str, **content: Any) -> dict[str, Any]:
        """The next message of this type that holds this; others before it are skipped."""
        skipped = []
        while (message := self.receive()) is not None:
            if message["type"] == type and content.items() <= message.items():
                return message
            skipped.append(message)
        raise AssertionError(f"closed ({self.close_code}) before {type} {content}; came: {skipped}")

    def expect_presence(self, participant: str, presence: str) -> dict[str, Any]:
        while True:
            record: dict[str, Any] = self.expect("participant")["participant"]
            if record["id"] == participant and record["presence"] == presence:
                return record

    def expect_close(self, code: int) -> list[dict[str, Any]]:
        """What came before the closing."""
        messages = []
        while (message := self.receive()) is not None:
            messages.append(message)
        assert self.close_code == code, (self.close_code, messages)
        return messages

    def expect_refusal(self, code: str, close_code: int) -> None:
        errors = [message for message in self.expect_close(close_code) if message["type"] == "error"]
        assert [error["code"] for error in errors] == [code]
        assert errors[0]["fatal"]
        assert errors[0]["text"]

    def nothing_new(self) -> list[dict[str, Any]]:
        """All that came before the answer to a ping of now."""
        messages = []
        self.send("ping")
        while (message := self.receive()) is not None and message["type"] != "pong":
            messages.append(message)
        assert message is not None, f"closed: {self.close_code}"
        return messages

    def close(self) -> None:
        self.websocket.close()

    def vanish(self) -> None:
        """As a telephone without network: no goodbye."""
        self.websocket.shutdown()


def hello(epoch: str = "epoch-0001") -> dict[str, Any]:
    return {
        "type": "hello",
        "epoch": epoch,
        "view": {"language": "nl", "spoken_language": "nl"},
        "state": {"microphone": True, "camera": True, "sound_only": False},
    }


__all__ = ["Client", "Person", "SocketServer", "Talk", "WebSocketTimeoutException", "hello"]
