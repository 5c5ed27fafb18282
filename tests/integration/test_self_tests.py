"""The way into a self-test: one address, one browser, one offer, one result; nothing forged, late or repeated."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from itsdangerous import URLSafeSerializer
from werkzeug.test import TestResponse

from app.conversations.turn import IceServers
from app.domain.terminal_parts import NoLine
from app.kiosk.device.line import Line
from app.kiosk.device.municipal_line import SignedMunicipalLine
from app.kiosk.municipal.self_tests import DONE_WITHIN, OPEN_WITHIN, Tickets
from tests.html_checks import CheckedClient
from tests.terminal_server import Sender, TerminalServer, line, terminal

GOOD: dict[str, Any] = {"picture": True, "sound": True, "loss": 0.01, "delay_ms": 40.5, "failed": ""}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[str], str]
) -> Iterator[TerminalServer]:
    server = TerminalServer(tmp_path_factory.mktemp("self-tests"), migrated("sqlite"))
    yield server
    server.close()


@pytest.fixture
def here(server: TerminalServer) -> Iterator[Sender]:
    yield terminal(server)
    server.ahead = timedelta()


def address(server: TerminalServer, here: Sender, **body: Any) -> str:
    return str(line(here).post("/terminal/api/self-tests", body)["address"])


class Visit:
    """A browser that may have opened the page; it sends the page's token with what it posts."""

    def __init__(self, server: TerminalServer, address: str = "") -> None:
        self.browser: CheckedClient = server.browser()
        self.token = ""
        if address:
            page = self.browser.get(address)
            assert page.status_code == 200
            self.html = page.get_data(as_text=True)
            self.token = self.html.split('name="csrf-token" content="')[1].split('"')[0]

    def post(self, address: str, body: object, kind: str = "application/json") -> TestResponse:
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        headers = {"X-CSRF-Token": self.token}
        return self.browser.client.post(address, data=data, content_type=kind, headers=headers)


def test_a_result_reaches_the_terminal(server: TerminalServer, here: Sender) -> None:
    at = address(server, here)
    visit = Visit(server, at)
    assert visit.post(f"{at}/result", GOOD).get_json() == {"received": True}
    kept = server.terminals.terminal(here.key_id).self_test
    assert kept is not None
    assert (kept.picture, kept.sound, kept.loss, kept.delay_ms, kept.failed) == tuple(GOOD.values())
    assert datetime.now(UTC) - kept.at < timedelta(minutes=1)
    manager = server.signed_in("ilse")
    assert manager.get(f"/desk/terminals/{here.key_id}").status_code == 200


@pytest.mark.parametrize(
    ("body", "back"), [({}, "/host"), ({"back": "host"}, "/host"), ({"back": "face"}, "/")]
)
def test_it_leads_back_to_the_terminals_own_pages(
    server: TerminalServer, here: Sender, body: dict[str, str], back: str
) -> None:
    assert f'data-back="http://127.0.0.1:8180{back}"' in Visit(server, address(server, here, **body)).html


def test_nobody_chooses_another_way_back(server: TerminalServer, here: Sender) -> None:
    assert "evil" not in Visit(server, address(server, here, back="//evil.example")).html


@pytest.mark.parametrize("language", ["nl", "en", "ar"])
def test_the_page_is_whole_in_each_language(server: TerminalServer, here: Sender, language: str) -> None:
    page = server.browser(language).get(address(server, here))
    assert f'lang="{language}"' in page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_the_page_has_the_relay_and_then_uses_nothing_else(server: TerminalServer, here: Sender) -> None:
    """As talks at a terminal do."""
    assert 'data-relay="no"' in Visit(server, address(server, here)).html
    servers = IceServers((), ("turn:relay.example:3478",), "secret").for_participant("x")
    assert any("credential" in each for each in servers)


def closed(answer: TestResponse) -> bool:
    return answer.status_code == 404


def test_an_address_opens_once(server: TerminalServer, here: Sender) -> None:
    at = address(server, here)
    Visit(server, at)
    again = server.browser().get(at)
    assert closed(again)
    assert "maar 1 keer" in again.get_data(as_text=True)


def test_an_address_opens_for_a_minute(server: TerminalServer, here: Sender) -> None:
    at = address(server, here)
    server.ahead = OPEN_WITHIN + timedelta(seconds=5)
    assert closed(server.browser().get(at))


def test_who_opened_it_has_some_minutes(server: TerminalServer, here: Sender) -> None:
    at = address(server, here)
    visit = Visit(server, at)
    server.ahead = DONE_WITHIN + timedelta(seconds=5)
    assert closed(visit.post(f"{at}/result", GOOD))
    server.ahead = OPEN_WITHIN + timedelta(seconds=5)
    assert visit.post(f"{at}/result", GOOD).status_code == 200


def test_a_result_counts_once(server: TerminalServer, here: Sender) -> None:
    at = address(server, here)
    visit = Visit(server, at)
    assert visit.post(f"{at}/result", GOOD).status_code == 200
    assert closed(visit.post(f"{at}/result", {**GOOD, "failed": "no_route"}))
    kept = server.terminals.terminal(here.key_id).self_test
    assert kept is not None
    assert kept.failed == ""


def test_another_browser_that_saw_the_address_can_do_nothing_with_it(
    server: TerminalServer, here: Sender
) -> None:
    at = address(server, here)
    mine = Visit(server, at)
    thief = Visit(server, address(server, terminal(server)))
    for what, body in (("offer", "v=0"), ("result", GOOD)):
        assert closed(thief.post(f"{at}/{what}", body))
    assert mine.post(f"{at}/result", GOOD).status_code == 200, "and the right one still can"


def test_without_the_forms_token_nothing_is_taken(server: TerminalServer, here: Sender) -> None:
    at = address(server, here)
    visit = Visit(server, at)
    right, visit.token = visit.token, ""
    for what in ("offer", "result"):
        assert visit.post(f"{at}/{what}", GOOD).status_code == 400
    visit.token = right
    assert visit.post(f"{at}/result", GOOD).status_code == 200


@pytest.mark.parametrize(
    "bad",
    [
        None, [], "x", {}, {**GOOD, "failed": "made up"}, {**GOOD, "failed": "<b>"}, {**GOOD, "loss": 2},
        {**GOOD, "loss": float("nan")}, {**GOOD, "delay_ms": -1}, {**GOOD, "picture": "yes"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_result_is_refused_and_a_right_one_still_counts(
    server: TerminalServer, here: Sender, bad: object
) -> None:
    at = address(server, here)
    visit = Visit(server, at)
    refused = visit.post(f"{at}/result", bad)
    assert (refused.status_code, refused.get_json()["code"]) == (400, "bad_body")
    assert visit.post(f"{at}/result", GOOD).status_code == 200


def test_without_the_echo_an_offer_is_told_so(server: TerminalServer, here: Sender) -> None:
    at = address(server, here)
    visit = Visit(server, at)
    refused = visit.post(f"{at}/offer", "v=0", "application/sdp")
    assert (refused.status_code, refused.get_json()) == (503, {"code": "no_echo"})
    assert closed(visit.post(f"{at}/offer", "v=0", "application/sdp")), "one offer"


@pytest.mark.parametrize("sent", [b"x" * 40_000, b"\xff\xfe"], ids=["long", "no text"])
def test_what_is_no_offer_has_a_code(server: TerminalServer, here: Sender, sent: bytes) -> None:
    at = address(server, here)
    refused = Visit(server, at).post(f"{at}/offer", sent, "application/sdp")
    assert refused.status_code in (400, 503)
    assert refused.get_json()["code"] in ("bad_offer", "no_echo")


# --- Forgery


def test_only_our_signature_opens(server: TerminalServer, here: Sender) -> None:
    now = int(datetime.now(UTC).timestamp())
    content = [here.key_id, "a" * 22, "/host", now]
    right = server.settings.secret_keys[0]
    forged = [
        URLSafeSerializer("guess", salt="self-test of a terminal").dumps(content),
        URLSafeSerializer(right, salt="something else of ours").dumps(content),
        address(server, here).split("/")[-1].swapcase(),
        "x" * 5000,
        "..",
        "é",
    ]
    for token in forged:
        assert closed(server.browser().get(f"/terminal/zelftest/{token}")), token


def test_a_key_that_was_replaced_still_opens(server: TerminalServer, here: Sender) -> None:
    """Renewing the keys must not close what was given out a moment ago."""
    before = Tickets(server.terminals, ["old"])
    after = Tickets(server.terminals, ["new", "old"])
    now = datetime.now(UTC)
    with server.app.test_request_context():
        assert after.use(before.issue(here.key_id, "/", now), "open", now).terminal_id == here.key_id


def test_a_revoked_terminal_has_no_test(server: TerminalServer, here: Sender) -> None:
    at = address(server, here)
    late = address(server, here)
    visit = Visit(server, at)
    server.terminals.revoke(here.key_id, datetime.now(UTC))
    assert closed(visit.post(f"{at}/result", GOOD))
    assert closed(server.browser().get(late))
    assert server.terminals.terminal(here.key_id).self_test is None


def test_it_opens_nothing_else(server: TerminalServer, here: Sender) -> None:
    """An employee who is led to such an address stays signed in; a stranger gets no right."""
    visit = Visit(server, address(server, here))
    assert visit.browser.get("/desk/").status_code == 303
    employee = server.signed_in()
    employee.get(address(server, here))
    assert employee.get("/desk/").status_code == 200


# --- The terminal's side


def test_the_terminal_asks_for_a_whole_address(server: TerminalServer, here: Sender) -> None:
    at = SignedMunicipalLine(lambda: line(here)).self_test()
    assert at.startswith(f"{server.url}/terminal/zelftest/")
    assert server.browser().get(at.removeprefix(server.url)).status_code == 200


def test_an_answer_that_leads_elsewhere_is_not_opened(here: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Line, "post", lambda *_: {"address": "https://evil.example/terminal/zelftest/x"})
    with pytest.raises(NoLine):
        SignedMunicipalLine(lambda: line(here)).self_test()


# --- A flood


def test_a_flood_is_bounded(tmp_path: Any, migrated: Callable[[str], str]) -> None:
    server = TerminalServer(tmp_path, migrated("sqlite"), limits=True)
    try:
        browser = server.browser()
        told = [browser.client.post("/terminal/api/self-tests").status_code for _ in range(70)]
        assert told[0] == 401
        assert told[-1] == 429
        assert browser.client.get("/healthz").status_code == 200
    finally:
        server.close()
