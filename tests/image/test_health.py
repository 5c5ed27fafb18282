"""A start is good when the agent has seen a painted page, and only then."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kiosk.device import health
from app.kiosk.device.places import COUNTED, counted_start, running_slot


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[tuple[Path, list[bytes]]]:
    """A socket that answers each question with the first answer of the list."""
    path, answers = tmp_path / "agent.sock", [b"{}\n"]
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                line.recv(100)
                line.sendall(answers[0])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield path, answers
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.parametrize(
    ("answer", "good"),
    [
        ({"last_good_paint_at": "2026-11-22T08:00:00Z"}, True),
        ({"last_good_paint_at": None}, False),
        ({"error": "not_allowed"}, False),
        ([], False),
    ],
)
def test_painted(agent, answer, good):
    path, answers = agent
    answers[0] = json.dumps(answer).encode() + b"\n"
    assert health.painted(path) is good


def test_no_agent_is_no_paint(tmp_path):
    assert not health.painted(tmp_path / "none.sock")


def test_half_an_answer_is_no_paint(agent):
    path, answers = agent
    answers[0] = b'{"last_good'
    assert not health.painted(path)


def test_it_waits_and_gives_up():
    clock = iter(range(100))
    answers = iter([False, False, True])
    paused: list[float] = []
    assert health.wait_for_paint(lambda: next(answers), 60, lambda: next(clock), paused.append)
    assert len(paused) == 2
    assert not health.wait_for_paint(lambda: False, 5, lambda: next(clock), paused.append)


@pytest.mark.parametrize(("counted", "restarts"), [(True, True), (False, False)])
def test_only_a_try_that_does_not_paint_restarts_the_machine(monkeypatch, tmp_path, counted, restarts):
    ran: list[list[str]] = []
    monkeypatch.setenv("AGENT_SOCKET", str(tmp_path / "none.sock"))
    monkeypatch.setenv("PAINT_WITHIN_S", "0")
    monkeypatch.setattr(health, "counted_start", lambda: counted)
    monkeypatch.setattr(health.subprocess, "run", lambda command, **_: ran.append(command))
    assert health.main() == 1
    assert ran == ([["systemctl", "--no-block", "reboot"]] if restarts else [])


def test_a_counted_start_is_known_by_the_loaders_variable(tmp_path):
    assert not counted_start(tmp_path)
    (tmp_path / COUNTED).touch()
    assert counted_start(tmp_path)


def test_the_slot_is_on_the_command_line():
    assert running_slot("quiet wijkbalie.slot=b console=tty0\n") == "b"
    for line in ("quiet", "wijkbalie.slot=c", "x.wijkbalie.slot=a"):
        with pytest.raises(ValueError, match="slot"):
            running_slot(line)
