"""The agent's socket, attacked: strangers, floods, silence, nonsense."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.kiosk.device.agent_client import AgentClient, AgentDown, AgentRefused
from app.kiosk.device.agent_socket import CONNECTIONS, AgentSocket, Answer
from app.kiosk.device.beacon import LINE_BYTES, Asked, AskState, Beacon, Request

MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)

STRANGER = """
import socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
line.sendall(b'{"do": "wipe"}\\n')
print(line.makefile().readline(), end="")
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short: a socket's path is at most 107 bytes (unix(7))."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def heard() -> list[Request]:
    return []


@pytest.fixture
def path(folder: Path, heard: list[Request]) -> Iterator[Path]:
    def answer(request: Request) -> Answer:
        heard.append(request)
        return (
            {"error": "in_talk"} if request == Asked("switch_off", MORNING) else {"ok": True, "phase": "up"}
        )

    agent = AgentSocket(folder / "run" / "agent.sock", {os.getuid()}, answer)
    agent.start()
    yield folder / "run" / "agent.sock"
    agent.close()


def test_the_client_says_what_the_agent_understands(path: Path, heard: list[Request]) -> None:
    client = AgentClient(path)
    client.beacon("face", True, False)
    client.beacon("talk", True, True, still_s=3)
    client.wipe()
    assert client.state() == {"ok": True, "phase": "up"}
    assert heard == [
        Beacon("face", True, False), Beacon("talk", True, True, False, 3), Asked("wipe"), AskState()
    ]  # fmt: skip


def test_a_refusal_has_a_stable_code(path: Path) -> None:
    with pytest.raises(AgentRefused) as refusal:
        AgentClient(path).switch_off(MORNING)
    assert refusal.value.code == "in_talk"
    with pytest.raises(AgentRefused) as refusal:
        AgentClient(path).volume(500)
    assert refusal.value.code == "bad_message"


def test_without_an_agent_the_client_says_so(folder: Path) -> None:
    with pytest.raises(AgentDown):
        AgentClient(folder / "none.sock").wipe()


def test_only_its_owner_may_open_the_socket(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")
def test_the_browsers_user_is_refused_even_where_it_can_open_the_socket(
    path: Path, heard: list[Request]
) -> None:
    path.chmod(0o666)
    path.parent.chmod(0o755)
    told = subprocess.run(
        ["/usr/bin/python3", "-c", STRANGER, str(path)],
        capture_output=True, text=True, check=False, user=64123, group=64123, cwd="/",
    )  # fmt: skip
    assert json.loads(told.stdout) == {"error": "not_allowed"}, told.stderr
    assert heard == []
    own = subprocess.run([sys.executable, "-c", STRANGER, str(path)], capture_output=True, check=True)
    assert json.loads(own.stdout)["ok"], "else the refusal above proves nothing"


def say(path: Path, line: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(path))
        connection.sendall(line)
        return connection.recv(4096)


def test_a_line_without_end_is_cut(path: Path, heard: list[Request]) -> None:
    assert json.loads(say(path, b"x" * (LINE_BYTES + 1))) == {"error": "bad_message"}
    assert heard == []


def test_who_says_nothing_holds_up_nobody_for_long(path: Path) -> None:
    silent = []
    for _ in range(CONNECTIONS + 4):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(path))
        silent.append(connection)
    assert AgentClient(path, timeout_s=20).state()["ok"]
    for connection in silent:
        connection.close()


def test_the_socket_of_an_agent_that_fell_is_replaced(folder: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(folder / "agent.sock"))
    left.close()
    agent = AgentSocket(folder / "agent.sock", {os.getuid()}, lambda _request: {"ok": True})
    agent.start()
    AgentClient(folder / "agent.sock").wipe()
    agent.close()
