"""A terminal and the municipal server over real HTTP: enrolment from code to heartbeat, and a line that fails."""

import http.server
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.terminals import CODE_LIFE, OPEN_ENROLMENTS, Heartbeat, SelfTest
from app.kiosk.device.enrolment import BUSY_S, CHECK_EVERY_S, CHECK_FIRST_S, ID_FILE, Enrolment
from app.kiosk.device.line import LONGEST_ANSWER, Line, LineDown, LineRefused
from app.kiosk.wire import heartbeat_body, read_profile, self_test_body
from tests.terminal_server import HEARTBEAT, PROFILE, TerminalServer, line, terminal

KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def server(tmp_path: Path, migrated: Callable[[str], str]) -> Iterator[TerminalServer]:
    server = TerminalServer(tmp_path / "server", migrated("sqlite"))
    yield server
    server.close()


class Clock:
    """The terminal's monotonic clock, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_from_a_code_on_the_screen_to_a_heartbeat(server: TerminalServer, tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path, server.url)
    assert enrolment.line() is None
    view = enrolment.step()
    assert view.state == "waiting"
    assert enrolment.step() == replace(view, expires_in_s=enrolment.step().expires_in_s), (
        "the same code stays"
    )
    made = server.terminals.confirm_enrolment(view.code, PROFILE, 1, server.now())
    assert enrolment.step().state == "enrolled"
    assert (tmp_path / ID_FILE).stat().st_mode & 0o777 == 0o600

    started_again = Enrolment(tmp_path, server.url)
    assert started_again.terminal_id() == made.id
    own_line = started_again.line()
    assert own_line is not None
    assert own_line.post("/terminal/api/heartbeat", HEARTBEAT)["received"] is True
    assert server.terminals.terminal(made.id).state == "active"
    told = own_line.post("/terminal/api/profile", {})
    assert read_profile(told["profile"]) == PROFILE
    assert told["municipality"]["name"] == server.employees.municipality().name
    assert own_line.post("/terminal/api/host-code", {}) == {"hash": None}
    server.terminals.new_host_code(made.id, server.now())
    code_hash = server.terminals.terminal(made.id).host_code_hash
    assert code_hash
    assert own_line.post("/terminal/api/host-code", {"hash": "mine"}) == {"hash": code_hash}
    self_test = SelfTest(datetime.now(UTC), True, True, 0.01, 120.0, "")
    own_line.post("/terminal/api/self-test", self_test_body(self_test))
    kept = server.terminals.terminal(made.id).self_test
    assert kept is not None
    assert replace(kept, at=self_test.at) == self_test


def test_both_sides_write_a_heartbeat_alike(server: TerminalServer) -> None:
    sender = terminal(server)
    now = datetime.now(UTC)
    told = Heartbeat(now, "1", "b", now, 3, 5, None, "wifi", False, True, -7.5, now + timedelta(hours=9))
    line(sender).post("/terminal/api/heartbeat", heartbeat_body(told))
    kept = server.terminals.terminal(sender.key_id).heartbeat
    assert kept is not None
    assert replace(kept, at=told.at) == told


def test_an_expired_code_is_followed_by_a_new_one(server: TerminalServer, tmp_path: Path) -> None:
    clock = Clock()
    enrolment = Enrolment(tmp_path, server.url, clock)
    first = enrolment.step()
    clock.now += CODE_LIFE.total_seconds() - 30
    assert enrolment.step().code == first.code
    clock.now += 3600
    server.ahead = timedelta(hours=1)
    second = enrolment.step()
    assert second.state == "waiting"
    assert second.code not in ("", first.code)


def test_a_code_lost_with_the_power_is_replaced(server: TerminalServer, tmp_path: Path) -> None:
    first = Enrolment(tmp_path, server.url).step()
    second = Enrolment(tmp_path, server.url).step()
    assert second.state == "waiting"
    assert second.code not in ("", first.code)


def test_an_id_lost_with_the_power_is_told_again(server: TerminalServer, tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path, server.url)
    made = server.terminals.confirm_enrolment(enrolment.step().code, PROFILE, 1, server.now())
    enrolment.step()
    for broken in ("", "{", "[]", '{"id": 5}', '{"id": "x", "key": "another"}'):
        (tmp_path / ID_FILE).write_text(broken)
        again = Enrolment(tmp_path, server.url)
        assert again.line() is None
        assert again.step().state == "enrolled"
        assert again.terminal_id() == made.id


def test_without_a_line_the_code_stays_on_the_screen(server: TerminalServer, tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path, server.url)
    view = enrolment.step()
    with server_is_away(server):
        away = enrolment.step()
    assert (away.state, away.code, away.problem) == ("no_line", view.code, "server")
    assert enrolment.step().code == view.code


@contextmanager
def server_is_away(server: TerminalServer) -> Iterator[None]:
    from werkzeug.exceptions import ServiceUnavailable

    def away() -> None:
        raise ServiceUnavailable

    server.app.before_request_funcs.setdefault(None, []).insert(0, away)
    yield
    server.app.before_request_funcs[None].remove(away)


def test_a_terminal_that_is_one_too_many_waits_a_minute(server: TerminalServer, tmp_path: Path) -> None:
    for number in range(OPEN_ENROLMENTS):
        server.terminals.begin_enrolment(number.to_bytes(32, "big"), server.now())
    clock = Clock()
    enrolment = Enrolment(tmp_path, server.url, clock)
    assert enrolment.step().state == "busy"
    server.ahead = CODE_LIFE
    assert enrolment.step().state == "busy", "it does not ask again before a minute has gone"
    clock.now += BUSY_S
    assert enrolment.step().state == "waiting"


def test_a_revoked_terminal_says_so_and_can_start_anew(server: TerminalServer, tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path, server.url)
    made = server.terminals.confirm_enrolment(enrolment.step().code, PROFILE, 1, server.now())
    enrolment.step()
    own_line = enrolment.line()
    assert own_line is not None
    own_line.post("/terminal/api/heartbeat", HEARTBEAT)
    server.terminals.revoke(made.id, server.now())
    with pytest.raises(LineRefused, match="revoked"):
        own_line.post("/terminal/api/heartbeat", HEARTBEAT)
    (tmp_path / ID_FILE).unlink()
    assert enrolment.step().state == "revoked"
    enrolment.start_anew()
    view = enrolment.step()
    assert view.state == "waiting"
    other = server.terminals.confirm_enrolment(view.code, PROFILE, 1, server.now())
    assert other.id != made.id


def test_an_enrolled_terminal_notices_that_it_was_revoked(server: TerminalServer, tmp_path: Path) -> None:
    clock = Clock()
    enrolment = Enrolment(tmp_path, server.url, clock)
    made = server.terminals.confirm_enrolment(enrolment.step().code, PROFILE, 1, server.now())
    clock.now += CHECK_FIRST_S
    assert enrolment.step().state == "enrolled"
    server.terminals.revoke(made.id, server.now())
    clock.now += CHECK_EVERY_S
    with server_is_away(server):
        assert enrolment.step().state == "enrolled", "without an answer it stays what it was"
    clock.now += CHECK_EVERY_S
    assert enrolment.step().state == "revoked"
    assert enrolment.line() is None
    enrolment.start_anew()
    assert enrolment.step().state == "waiting"


@pytest.mark.parametrize("off", [timedelta(hours=-3), timedelta(days=4000)])
def test_a_clock_that_is_off_is_learnt_from_the_server(server: TerminalServer, off: timedelta) -> None:
    sender = terminal(server)
    own_line = Line(server.url, sender.key, sender.key_id, clock=lambda: datetime.now(UTC) + off)
    assert own_line.clock_skew_s == 0
    own_line.post("/terminal/api/heartbeat", HEARTBEAT)
    assert own_line.clock_skew_s == pytest.approx(off.total_seconds(), abs=5)
    refusals: list[str] = []

    def note(answer: Any) -> Any:
        refusals.append(answer.status)
        return answer

    server.app.after_request_funcs.setdefault(None, []).append(note)
    own_line.post("/terminal/api/heartbeat", HEARTBEAT)
    assert refusals == ["200 OK"], "learnt once"


class Odd(http.server.BaseHTTPRequestHandler):
    """Answers each path in its own odd way."""

    protocol_version = "HTTP/1.1"

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.asked.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        answers: dict[str, tuple[int, bytes]] = {
            "/broken": (500, b'{"code": "broken"}'),
            "/portal": (200, b"<html>Log in to this hotel</html>"),
            "/list": (200, b"[]"),
            "/huge": (200, b'"' + b"x" * LONGEST_ANSWER + b'"'),
            "/away": (303, b"{}"),
            "/refused": (403, b'{"code": "not_you", "more": 1}'),
            "/no-code": (403, b'{"code": 5}'),
            "/short": (200, b"{}"),
            "/clock": (401, b'{"code": "clock_off"}'),
        }
        status, content = answers[self.path]
        self.send_response(status)
        self.send_header("Location", "/short")
        self.send_header("Content-Length", str(len(content) + (5 if self.path == "/short" else 0)))
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        return None


@pytest.fixture(scope="module")
def odd_server() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/broken", "server"), ("/portal", "answer"), ("/list", "answer"), ("/huge", "answer"), ("/away", "answer"),
        ("/no-code", "answer"), ("/short", "network"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none(odd_server: str, path: str, reason: str) -> None:
    with pytest.raises(LineDown) as down:
        Line(odd_server, KEY).post(path, {})
    assert down.value.reason == reason


def test_a_refusal_keeps_its_code_and_what_comes_with_it(odd_server: str) -> None:
    with pytest.raises(LineRefused) as refused:
        Line(odd_server, KEY).post("/refused", {})
    assert (refused.value.code, refused.value.answer["more"]) == ("not_you", 1)


def test_a_server_that_always_finds_the_clock_off_is_asked_twice(odd_server: str) -> None:
    with pytest.raises(LineRefused, match="clock_off"):
        Line(odd_server, KEY).post("/clock", {})
    assert Odd.asked.count("/clock") == 2


def test_nobody_there() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(LineDown) as down:
            Line(f"http://127.0.0.1:{closed.getsockname()[1]}", KEY).post("/x", {})
    assert down.value.reason == "network"


def test_somebody_who_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        deaf = Line(f"http://127.0.0.1:{silent.getsockname()[1]}", KEY, timeout_s=0.2)
        with pytest.raises(LineDown) as down:
            deaf.post("/x", {})
    assert down.value.reason == "timeout"


def test_tls_that_no_authority_signed(tls_files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*tls_files)
    server = http.server.HTTPServer(("127.0.0.1", 0), Odd)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    secure_line = Line(f"https://localhost:{server.server_port}", KEY)
    with pytest.raises(LineDown) as down:
        secure_line.post("/refused", {})
    assert down.value.reason == "certificate"
    monkeypatch.setenv("SSL_CERT_FILE", str(tls_files[0]))
    with pytest.raises(LineRefused, match="not_you"):
        secure_line.post("/refused", {})  # the same server, once it is trusted
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("url", ["", "balie.example", "ftp://balie.example", "https://"])
def test_what_is_no_servers_address(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Line(url, KEY)


def test_a_kept_profile_that_was_cut_off_is_noticed() -> None:
    from app.kiosk.wire import BadBody, profile_body

    whole = profile_body(PROFILE)
    assert read_profile(json.loads(json.dumps(whole))) == PROFILE
    for name in whole:
        if name != "team_id":  # none is a team too
            with pytest.raises(BadBody, match=name):
                read_profile({key: value for key, value in whole.items() if key != name})
