"""A visit at the terminal: the keys of the bar, the end that leaves nothing, and what machines ask meanwhile."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.local_time import LOCAL
from app.domain.terminal_parts import AgentAway, Beacon
from tests.html_checks import CheckedClient
from tests.terminal_face import SUNDAY, TerminalFace, fill_in

# --- The bar


def test_each_key_does_one_thing(terminal: TerminalFace, client: CheckedClient) -> None:
    def press(key: str) -> dict[str, object]:
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/keuze").text)
        assert token
        told = client.post(
            "/knop", {"key": key, "csrf_token": token[1]}, headers={"Accept": "application/json"}
        )
        answer: dict[str, object] = told.json or {}
        return answer

    assert press("louder")["volume"] == 4
    assert terminal.agent.told["volume"] == 80
    assert [press("louder")["volume"] for _ in range(2)] == [5, 5]
    assert [press("softer")["volume"] for _ in range(5)] == [4, 3, 2, 1, 1], "never silent"
    assert press("larger")["textSize"] == "125"
    assert 'data-text-size="125"' in client.get("/keuze").text
    assert press("smaller")["textSize"] == "100"
    assert press("contrast")["colour"] == "contrast"
    assert 'aria-pressed="true"' in client.get("/keuze").text
    assert press("contrast")["colour"] == "auto"
    assert press("read")["reads"] is True
    assert 'data-reads="yes"' in client.get("/keuze").text
    assert press("hush")["reads"] is False
    back = client.submit("/knop", {"key": "larger", "next": "/informatie"}, page="/keuze")
    assert back.location == "/informatie", "without a script one comes back"
    assert (
        client.submit("/knop", {"key": "larger", "next": "//elders.example"}, page="/keuze").location == "/"
    )
    assert client.submit("/knop", {"key": "explode"}, page="/keuze").status_code == 400


def test_without_an_agent_there_is_no_dead_key(terminal: TerminalFace, client: CheckedClient) -> None:
    def away() -> dict[str, object]:
        raise AgentAway

    terminal.agent.state = away  # type: ignore[method-assign]
    page = client.get("/keuze")
    assert 'value="louder"' not in page.text
    assert 'value="larger"' in page.text


@pytest.mark.parametrize("path", ["/keuze", "/afspraak", "/stand"])
def test_a_request_asks_the_agent_once(
    terminal: TerminalFace, client: CheckedClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(terminal.agent, "state", lambda: asked.append(path) or terminal.agent.told)
    client.get(path)
    assert asked == [path]


def test_headphones_turn_reading_on_and_their_loss_is_silence(
    terminal: TerminalFace, client: CheckedClient
) -> None:
    def reads() -> bool:
        told = client.get("/stand").json
        assert told is not None
        return bool(told["reads"])

    assert not reads()
    assert 'face-line--ear" hidden' in client.get("/keuze").text
    terminal.agent.told["headphones"] = True
    assert reads()
    assert 'data-reads="yes"' in client.get("/keuze").text
    assert 'face-line--ear" hidden' not in client.get("/keuze").text, "the page shows it"
    client.submit("/knop", {"key": "hush"}, page="/keuze")
    assert not reads(), "who wants silence gets it"
    client.submit("/knop", {"key": "read"}, page="/keuze")
    assert reads()
    terminal.agent.told["headphones"] = False
    assert not reads(), "pulled out: nobody else hears it"
    client.submit("/knop", {"key": "read"}, page="/keuze")
    assert reads(), "somebody pressed"


# --- The end


def test_nothing_of_the_previous_person_is_left(terminal: TerminalFace) -> None:
    first = terminal.client("ar")
    fill_in(first)
    first.submit("/vertaal/taal/ander", {"tongue": "tr"}, page="/vertaal/taal/ander")
    for key in ("louder", "larger", "contrast", "read"):
        first.submit("/knop", {"key": key}, page="/keuze")
    before = first.get("/terugbellen/overzicht").text
    assert "De Vries" in before, "else this test proves nothing"
    assert 'data-text-size="125"' in before
    ended = first.submit("/einde", page="/einde")
    assert ended.location == "/"
    assert ended.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert terminal.agent.wipes == 1
    assert terminal.agent.told["volume"] == 80, (
        "the machine's volume is the agent's to reset, and ours at the start"
    )
    assert terminal.face.visits.find(None) is None
    for browser in (first, terminal.nobody()):  # without and with a new profile
        page = browser.get("/")
        assert page.status_code == 200
        assert '<html lang="nl"' in page.text
        assert 'data-text-size="100"' in page.text
        assert 'data-colour="auto"' in page.text
        browser.submit("/begin", {"language": "nl"}, page="/")
        assert terminal.agent.told["volume"] == 60
        assert 'data-reads="no"' in browser.get("/keuze").text
        assert browser.get("/terugbellen").location == "/terugbellen/onderwerp"
        assert "De Vries" not in browser.get("/terugbellen/naam").text
        assert browser.get("/vertaal").location == "/vertaal/taal/ander"
        assert browser.get("/terugbellen/klaar").location == "/keuze"
        browser.submit("/einde", page="/einde")
    assert terminal.agent.wipes == 3


def test_coming_home_ends_the_visit_too(terminal: TerminalFace, client: CheckedClient) -> None:
    fill_in(client)
    told = client.get("/")
    assert told.status_code == 303, "once more, without the cookies"
    assert terminal.agent.wipes == 1
    assert client.get("/").status_code == 200
    assert terminal.agent.wipes == 1, "and then it stands still"
    assert "De Vries" not in client.get("/terugbellen/naam").text


def test_an_old_session_opens_nothing_of_a_new_visit(terminal: TerminalFace) -> None:
    old = terminal.client()
    new = terminal.client()
    fill_in(new)
    assert "De Vries" not in old.get("/terugbellen/naam").text


def test_goodbye_can_be_taken_back(client: CheckedClient) -> None:
    fill_in(client)
    page = client.get("/einde?terug=/terugbellen/overzicht")
    assert 'href="/terugbellen/overzicht"' in page.text
    assert 'href="//elders.example"' not in client.get("/einde?terug=//elders.example").text
    assert "De Vries" in client.get("/terugbellen/overzicht").text


def test_a_receipt_without_a_name(terminal: TerminalFace, client: CheckedClient) -> None:
    assert "Geef mij een bon" not in client.get("/einde").text, "nothing was done yet"
    fill_in(client)
    client.submit("/terugbellen/overzicht", page="/terugbellen/overzicht")
    terminal.profile(printer=False)
    assert "Geef mij een bon" not in client.get("/einde").text
    terminal.profile(printer=True)
    assert "Geef mij een bon" in client.get("/einde").text
    terminal.printer.works = False
    told = client.submit("/einde/bon", page="/einde")
    assert "De printer doet het nu niet." in client.get(told.location).text
    terminal.printer.works = True
    client.submit("/einde/bon", page="/einde")
    (receipt,) = terminal.printer.printed
    assert receipt.title == "Gemeente Waterstad"
    assert receipt.lines[0] == "23-11-2026"
    assert "Geld en hulp" in receipt.lines[1]
    assert "De Vries" not in str(receipt)
    assert "0612345678" not in str(receipt)


# --- For machines


def test_the_beacon_reaches_the_agent(terminal: TerminalFace) -> None:
    client = terminal.nobody().client
    body = {"page": "face", "painted": True, "in_talk": False, "at_rest": True, "still_s": 3}
    told = client.post("/hartslag", json=body, headers={"Origin": "http://localhost"})
    assert told.status_code == 204
    assert terminal.agent.beacons == [Beacon("face", True, False, True, 3)]
    from_talk = client.post(
        "/hartslag",
        json={"page": "talk", "painted": True, "in_talk": True},
        headers={"Origin": terminal.settings.server_url},
    )
    assert from_talk.status_code == 204
    assert from_talk.headers["Access-Control-Allow-Origin"] == terminal.settings.server_url
    asked = client.options("/hartslag", headers={"Origin": terminal.settings.server_url})
    assert asked.headers["Access-Control-Allow-Private-Network"] == "true"
    assert terminal.agent.beacons[-1] == Beacon("talk", True, True)


@pytest.mark.parametrize("origin", ["", "null", "https://elders.example", "http://127.0.0.1:8001"])
def test_nobody_elses_beacon_counts(terminal: TerminalFace, origin: str) -> None:
    client = terminal.nobody().client
    told = client.post("/hartslag", json={"page": "face"}, headers={"Origin": origin})
    assert told.status_code == 403
    assert client.options("/hartslag", headers={"Origin": origin}).status_code == 403
    assert terminal.agent.beacons == []


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"page": "other"}, {"page": "face", "still_s": -1}, {"page": "face", "still_s": "1"}],
)
def test_a_beacon_must_be_one(terminal: TerminalFace, body: object) -> None:
    told = terminal.nobody().client.post("/hartslag", json=body, headers={"Origin": "http://localhost"})
    assert told.status_code == 400
    assert terminal.agent.beacons == []


def test_the_state_tells_parts_and_nobody(terminal: TerminalFace, client: CheckedClient) -> None:
    fill_in(client)
    told = client.get("/stand")
    assert told.json == {
        "key": told.json["key"],
        "enrolled": True,
        "line": True,
        "open": True,
        "off_today": False,
        "headphones": False,
        "reads": False,
        "self_test": False,
        "speech": True,
    }
    assert "De Vries" not in told.text
    before = told.json["key"]
    terminal.line_falls()
    assert client.get("/stand").json["key"] != before


def test_each_morning_the_screen_tests_itself_while_nobody_is_there(terminal: TerminalFace) -> None:
    screen = terminal.nobody()
    assert screen.get("/zelftest").location == "/", "it was done today"
    terminal.now += timedelta(days=1)
    assert screen.get("/stand").json["self_test"]
    terminal.line.refusal = "no_echo"
    assert screen.get("/zelftest").location == "/"
    assert not screen.get("/stand").json["self_test"], "not again at once"
    terminal.line.refusal = ""
    terminal.now += timedelta(minutes=16)
    visitor = terminal.client()
    assert visitor.get("/zelftest").location == "/", "somebody stands here"
    visitor.submit("/einde", page="/einde")
    assert screen.get("/zelftest").location == "http://127.0.0.1:9/terminal/zelftest/token"
    assert not screen.get("/stand").json["self_test"]


def test_no_self_test_without_a_line_or_while_it_is_closed(terminal: TerminalFace) -> None:
    terminal.now += timedelta(days=1)
    terminal.line_falls()
    assert terminal.nobody().get("/zelftest").location == "/"
    terminal.line.up, terminal.now = True, SUNDAY
    terminal.look()
    terminal.face.tested_at = None
    assert terminal.nobody().get("/zelftest").location == "/"


def test_another_name_of_this_machine_is_refused(terminal: TerminalFace) -> None:
    """DNS rebinding: a page of the internet makes its own name mean loopback."""
    told = terminal.nobody().client.get("/", headers={"Host": "elders.example"})
    assert told.status_code == 400


def test_forms_need_their_token(client: CheckedClient) -> None:
    for path in ("/begin", "/praten", "/afspraak", "/einde", "/einde/bon", "/knop", "/terugbellen/naam"):
        assert client.post(path).status_code == 400, path


def test_every_answer_keeps_the_rules(client: CheckedClient) -> None:
    answer = client.get("/keuze")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "HttpOnly" in str(client.get("/").headers)


def test_what_is_kept_is_not_of_a_person(
    terminal: TerminalFace, client: CheckedClient, tmp_path: Path
) -> None:
    fill_in(client)
    client.submit("/terugbellen/overzicht", page="/terugbellen/overzicht")
    for file in tmp_path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"De Vries" not in content, file
            assert b"0612345678" not in content, file
    kept = json.loads((tmp_path / "municipality.json").read_text())
    assert kept.keys() == {"profile", "town", "pages"}
    assert terminal.now.tzinfo is LOCAL
