"""The server as `make run` starts it: signatures are checked on what came over the wire, and the watch is running."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kiosk.device.key import public_bytes
from app.kiosk.device.line import Line
from app.storage.terminals import StoredTerminals
from tests.employee_desk import EmployeeDesk
from tests.integration.socket_server import ROOT, free_port
from tests.integration.test_alarms import MANAGERS, Post, PostOffice
from tests.terminal_server import HEARTBEAT, PROFILE, Sender
from tests.waiting import until

KEY = Ed25519PrivateKey.generate()


class Served:
    """url: where gunicorn answers; id: of a terminal that was silent an hour ago, and came back."""

    def __init__(self, desk: EmployeeDesk, post: Post, url: str, id: str) -> None:
        self.desk, self.post, self.url, self.id = desk, post, url, id
        self.terminals = StoredTerminals(desk.database)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[str], str]) -> Iterator[Served]:
    folder, address, port = tmp_path_factory.mktemp("gunicorn"), migrated("sqlite"), free_port()
    desk, post = EmployeeDesk(folder, address), Post()
    terminals, now = StoredTerminals(desk.database), datetime.now(UTC)
    made = terminals.confirm_enrolment(terminals.begin_enrolment(public_bytes(KEY), now), PROFILE, 1, now)
    office = PostOffice(post)
    office.start()
    settings = {
        "DATA_DIR": str(folder), "DATABASE_URL": address, "PORT": str(port), "SEATS": "4",
        "MAIL_URL": f"smtp+plain://127.0.0.1:{office.port}", "MAIL_FROM": "balie@waterstad.example",
        "ALARM_MAIL": MANAGERS,
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:app.gunicorn_conf", "app.main:create_app()"],
        cwd=ROOT, env={**os.environ, **settings},
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    until(lambda: process.poll() is not None or answers(f"{url}/healthz"), "gunicorn answers")
    assert process.poll() is None
    yield Served(desk, post, url, made.id)
    process.terminate()
    process.wait(30)
    office.stop()
    desk.close()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_a_terminal_is_heard(served: Served) -> None:
    Line(served.url, KEY, served.id).post("/terminal/api/heartbeat", HEARTBEAT)
    assert served.terminals.terminal(served.id).state == "active"


@pytest.mark.parametrize("query", ["", "?", "?a=%20b&c=%C3%A9", "?x=%2F+%2f&&"])
@pytest.mark.parametrize("path", ["/terminal/api/heartbeat", "/terminal/api/%68eartbeat"])
def test_the_address_is_checked_as_it_was_sent(served: Served, path: str, query: str) -> None:
    sender = Sender(served.url, KEY, served.id)
    message = sender.signed(path + query)
    assert sender.code(message) == ""
    changed = sender.signed(path + query)
    changed.url += "&d=1" if query else "?d=1"
    assert sender.code(changed) == "bad_signature"
    changed = sender.signed(path + query)
    changed.url = changed.url.replace("eartbeat", "%65artbeat")
    assert sender.code(changed) == "bad_signature"


def test_the_watch_runs_with_the_server(served: Served) -> None:
    """A return is told at once; silence would take five minutes to be one."""
    Line(served.url, KEY, served.id).post("/terminal/api/heartbeat", HEARTBEAT)
    served.terminals.mark_silent(served.id, datetime.now(UTC) - timedelta(hours=1))
    assert served.post.arrived.wait(90)
    assert served.post.letters[0]["Subject"] == f"Terminal terug: {PROFILE.location}"
    until(lambda: served.terminals.terminal(served.id).silent_since is None, "its return is marked")
