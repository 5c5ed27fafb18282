"""The real coturn accepts the credentials we make, and none that are expired, forged or somebody else's.

The client's side of RFC 8656 (TURN) over UDP, as far as an allocation needs it.
"""

import base64
import hashlib
import hmac
import os
import select
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.conversations.turn import LIFETIME_S, IceServers
from tests.desk import free_port

SECRET = "known to the server and to coturn"
REALM = "balie.example"
COOKIE = 0x2112A442
ALLOCATE, REFRESH, SUCCESS = 0x003, 0x004, 0x100
USERNAME, INTEGRITY, ERROR, LIFETIME, REALM_IS, NONCE, RELAYED, TRANSPORT = (
    0x006, 0x008, 0x009, 0x00D, 0x014, 0x015, 0x016, 0x019,
)  # fmt: skip
UDP = struct.pack("!B3x", 17)


@pytest.fixture(scope="module")
def coturn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Its port on 127.0.0.1."""
    program = shutil.which("turnserver")
    if program is None:
        pytest.skip("coturn (turnserver) is not installed")
    folder, port = tmp_path_factory.mktemp("coturn"), free_port()
    settings = {
        "listening-ip": "127.0.0.1", "relay-ip": "127.0.0.1", "listening-port": port, "realm": REALM,
        "static-auth-secret": SECRET, "userdb": folder / "turn.db", "pidfile": folder / "pid",
        "log-file": "stdout",
    }  # fmt: skip
    flags = ["use-auth-secret", "fingerprint", "no-tls", "no-dtls", "no-cli", "no-rfc5780"]
    command = [program, "-n", *(f"--{name}={value}" for name, value in settings.items())]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, *(f"--{flag}" for flag in flags)], stdout=log, stderr=log)
        try:
            _answers(port, process, folder / "log")
            yield port
        finally:
            process.terminate()
            process.wait(30)


def _answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if Client(port).ask(ALLOCATE, {TRANSPORT: UDP}, within_s=0.3):
            return
    raise AssertionError(f"coturn does not answer:\n{log.read_text()[-2000:]}")


class Client:
    """One UDP socket of a browser."""

    def __init__(self, port: int, username: str = "", credential: str = "") -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.username, self.credential = username, credential

    def ask(
        self, method: int, attributes: dict[int, bytes], key: bytes = b"", within_s: float = 20
    ) -> dict[int, bytes]:
        """The answer's attributes; `SUCCESS` is among them if it is one. Empty when none comes in time."""
        transaction = os.urandom(12)
        body = b"".join(
            struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)
            for kind, value in attributes.items()
        )

        def header(length: int) -> bytes:
            return struct.pack("!HHI", method, length, COOKIE) + transaction

        if key:  # RFC 8489, 14.5: over the message with the length that it will have
            proof = hmac.new(key, header(len(body) + 24) + body, hashlib.sha1).digest()
            body += struct.pack("!HH", INTEGRITY, 20) + proof
        deadline = time.monotonic() + within_s
        self.socket.send(header(len(body)) + body)
        while select.select([self.socket], [], [], max(0, deadline - time.monotonic()))[0]:
            try:
                answer = self.socket.recv(2048)
            except ConnectionRefusedError:  # nobody listens yet
                time.sleep(0.05)
                return {}
            if answer[8:20] == transaction:
                return self._read(answer)
        return {}

    @staticmethod
    def _read(answer: bytes) -> dict[int, bytes]:
        (kind,) = struct.unpack_from("!H", answer)
        found = {SUCCESS: b""} if kind & 0x110 == SUCCESS else {}
        place = 20
        while place < len(answer):
            name, length = struct.unpack_from("!HH", answer, place)
            found[name] = answer[place + 4 : place + 4 + length]
            place += 4 + length + -length % 4
        return found

    def allocate(self) -> dict[int, bytes]:
        """As a browser: first without proof, then with the nonce that came back (RFC 8489, 9.2)."""
        refused = self.ask(ALLOCATE, {TRANSPORT: UDP})
        assert code(refused) == 401
        assert refused[REALM_IS].decode() == REALM
        proof = {USERNAME: self.username.encode(), REALM_IS: refused[REALM_IS], NONCE: refused[NONCE]}
        self.proof = proof
        self.key = hashlib.md5(f"{self.username}:{REALM}:{self.credential}".encode()).digest()  # noqa: S324 RFC 8489, 9.2.2
        return self.ask(ALLOCATE, {TRANSPORT: UDP, **proof}, self.key)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self.socket.close()


def code(answer: dict[int, bytes]) -> int:
    """0 when nothing is wrong."""
    assert answer, "no answer"
    return 0 if SUCCESS in answer else answer[ERROR][2] * 100 + answer[ERROR][3]


def credentials(seat: str = "seat1", secret: str = SECRET, ago_s: float = 0) -> tuple[str, str]:
    """As they are sent to a browser in that seat, so long ago."""
    ice = IceServers((), ["turn:127.0.0.1"], secret, now=lambda: time.time() - ago_s)
    [server] = ice.for_participant(seat)
    return server["username"], server["credential"]


def test_what_we_give_a_browser_opens_a_relay(coturn: int) -> None:
    with Client(coturn, *credentials()) as client:
        answer = client.allocate()
        assert code(answer) == 0
        _, family, port = struct.unpack_from("!BBH", answer[RELAYED])
        assert family == 1
        assert port ^ (COOKIE >> 16) > 1024
        assert struct.unpack("!I", answer[LIFETIME])[0] >= 300
        again = client.ask(REFRESH, {LIFETIME: struct.pack("!I", 600), **client.proof}, client.key)
        assert code(again) == 0


def test_they_last_for_a_talk_and_no_longer(coturn: int) -> None:
    with Client(coturn, *credentials(ago_s=LIFETIME_S - 60)) as client:
        assert code(client.allocate()) == 0
    with Client(coturn, *credentials(ago_s=LIFETIME_S + 60)) as client:
        assert code(client.allocate()) == 401


def test_forged_ones_open_nothing(coturn: int) -> None:
    username, credential = credentials()
    late = f"{int(time.time()) + 10 * LIFETIME_S}:seat1"
    forged = [
        credentials(secret="guessed"),
        (late, credential),  # a later end
        (username.replace("seat1", "seat2"), credential),  # another seat's name
        (username, credential[:-4] + "AAA="),
        (username, ""),
        (username, base64.b64encode(SECRET.encode()).decode()),
    ]
    for name, password in forged:
        with Client(coturn, name, password) as client:
            assert code(client.allocate()) == 401, (name, password)


def test_a_terminal_uses_the_relay_where_there_is_one(caplog: pytest.LogCaptureFixture) -> None:
    there = IceServers((), ["turn:balie.example", "turns:balie.example?transport=tcp"], SECRET)
    assert there.ways("seat1", at_terminal=True).policy == "relay"
    assert there.ways("seat1", at_terminal=False).policy == "all"
    [server] = there.ways("seat1", at_terminal=True).servers
    assert server["urls"] == ["turn:balie.example", "turns:balie.example?transport=tcp"]
    assert not caplog.records
    for none in (IceServers(), IceServers((), ["turn:balie.example"]), IceServers((), (), SECRET)):
        assert none.ways("seat1", at_terminal=True).policy == "all", "relay alone could never connect"
    assert "TURN_URLS" in caplog.text


def test_without_any_there_is_no_relay(coturn: int) -> None:
    with Client(coturn) as client:
        answer = client.ask(ALLOCATE, {TRANSPORT: UDP})
        assert code(answer) == 401
        assert RELAYED not in answer
