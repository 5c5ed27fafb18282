"""The municipality over the signed line: against a small server of our own, and against the real application."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from werkzeug.serving import make_server

from app.domain.information import Information, load_pages
from app.domain.terminal_parts import MunicipalityRefused, NoLine
from app.domain.terminals import TerminalProfile
from app.kiosk.device.enrolment import Enrolment
from app.kiosk.device.host_code import HostCode
from app.kiosk.device.line import Line
from app.kiosk.device.municipal_line import EnrolmentJoining, SignedMunicipalLine
from app.kiosk.device.store import Store
from app.kiosk.wire import profile_body
from tests.employee_desk import EmployeeDesk
from tests.terminal_face import TOWN

PROFILE = TerminalProfile("Bibliotheek", {"mon": "09:00-17:00"}, None, ("nl", "ar"), True, "terminal", True)


class Town(ThreadingHTTPServer):
    """Answers as it is told: path → (status, body)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, tuple[int, Any]] = {}
        self.asked: list[tuple[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Town

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body))
        status, answer = self.server.answers.get(self.path, (404, {"code": "not_found"}))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def town() -> Iterator[Town]:
    server = Town()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def line(town: Town) -> SignedMunicipalLine:
    signed = Line(town.url, Ed25519PrivateKey.generate(), "terminal-1")
    return SignedMunicipalLine(lambda: signed)


def test_ways_into_a_talk(town: Town, line: SignedMunicipalLine) -> None:
    town.answers["/terminal/api/walk-in"] = (200, {"entry": "/terminal/in/abc", "place": 2})
    town.answers["/terminal/api/short-code"] = (200, {"entry": "/terminal/in/def"})
    assert line.walk_in("ar") == f"{town.url}/terminal/in/abc"
    assert line.short_code("123456", "nl") == f"{town.url}/terminal/in/def"
    assert town.asked == [
        ("/terminal/api/walk-in", {"language": "ar"}),
        ("/terminal/api/short-code", {"code": "123456", "language": "nl"}),
    ]


@pytest.mark.parametrize(
    "entry",
    [
        "//elders.example/",
        "https://elders.example/in",
        "javascript:alert(1)",
        "/terminal/in/../../desk/",
        "/",
        7,
        None,
    ],
)
def test_no_answer_leads_elsewhere(town: Town, line: SignedMunicipalLine, entry: object) -> None:
    town.answers["/terminal/api/walk-in"] = (200, {"entry": entry})
    with pytest.raises(NoLine):
        line.walk_in("nl")


def test_what_the_municipality_tells(town: Town, line: SignedMunicipalLine) -> None:
    told = Information(TOWN, load_pages())
    town.answers["/terminal/api/profile"] = (200, {"profile": profile_body(PROFILE)})
    town.answers["/terminal/api/information"] = (200, told.as_json())
    assert line.profile() == PROFILE
    assert line.information() == told


@pytest.mark.parametrize("answer", [{}, {"profile": None}, {"profile": {"location": 3}}, b"<html>", []])
def test_half_an_answer_is_no_line(town: Town, line: SignedMunicipalLine, answer: object) -> None:
    for path, ask in (("profile", line.profile), ("information", line.information)):
        town.answers[f"/terminal/api/{path}"] = (200, answer)
        with pytest.raises(NoLine):
            ask()


def test_a_code_for_the_host_is_text_or_nothing(town: Town, line: SignedMunicipalLine) -> None:
    for told, expected in (("a hash", "a hash"), (None, None)):
        town.answers["/terminal/api/host-code"] = (200, {"hash": told})
        assert line.host_code_hash() == expected
    town.answers["/terminal/api/host-code"] = (200, {"hash": 3})
    with pytest.raises(NoLine):
        line.host_code_hash()


def test_a_refusal_keeps_its_code(town: Town, line: SignedMunicipalLine) -> None:
    town.answers["/terminal/api/short-code"] = (403, {"code": "code_wrong"})
    with pytest.raises(MunicipalityRefused) as refused:
        line.short_code("000000", "nl")
    assert refused.value.code == "code_wrong"


def test_without_a_server_or_before_it_joined_there_is_no_line(town: Town, line: SignedMunicipalLine) -> None:
    town.answers["/terminal/api/walk-in"] = (500, {})
    with pytest.raises(NoLine):
        line.walk_in("nl")
    town.shutdown()
    town.server_close()
    with pytest.raises(NoLine):
        line.walk_in("nl")
    with pytest.raises(NoLine):
        SignedMunicipalLine(lambda: None).profile()


def test_from_the_code_on_the_screen_to_the_municipalitys_pages(
    tmp_path: Path, migrated: Callable[[str], str]
) -> None:
    """The real application: a terminal shows its code, somebody types it, and it has what the municipality tells.

    The code of its host too: told to a person once, here, it opens the terminal by the hash that came over the line.
    """
    desk = EmployeeDesk(tmp_path / "desk", migrated("sqlite"))
    server = make_server("127.0.0.1", 0, desk.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        (tmp_path / "terminal").mkdir()
        enrolment = Enrolment(tmp_path / "terminal", f"http://127.0.0.1:{server.port}")
        joining, line = EnrolmentJoining(enrolment), SignedMunicipalLine(enrolment.line)
        shown = joining.step()
        assert (shown.joined, len(shown.code)) == (False, 8)
        with pytest.raises(NoLine):
            line.profile()
        from app.storage.terminals import StoredTerminals

        employee = desk.conversations.conversation(desk.demo.conversation_id).lead_employee_id
        StoredTerminals(desk.database).confirm_enrolment(shown.code, PROFILE, employee, datetime.now(UTC))
        assert joining.step().joined
        assert line.profile() == PROFILE
        told = line.information()
        assert told.town.name == "Waterstad"
        assert told.pages == load_pages()

        assert line.host_code_hash() is None
        terminals = StoredTerminals(desk.database)
        own = HostCode(Store(tmp_path / "terminal"))
        for _ in range(2):
            code = terminals.new_host_code(enrolment.terminal_id() or "", datetime.now(UTC))
            assert own.take_hash(line.host_code_hash() or "")
            own.check(f"{code[:4]} {code[4:]}", datetime.now(UTC))
    finally:
        server.shutdown()
        thread.join()
        desk.close()
