"""A citizen at a terminal: into the line, into a talk by a code, asking to be called, and away without a trace.

The terminal's requests are signed by its real client over HTTP; browsers ask the same application.
"""

import json
import logging
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from app.domain.conversations import Choices
from app.domain.queue import TRIES_PER_TERMINAL
from app.kiosk.device.line import Line, LineRefused
from app.kiosk.sealing import SealingKeys, seal
from app.storage.call_backs import StoredCallBacks
from app.storage.queue import StoredQueue
from tests.html_checks import CheckedClient
from tests.terminal_server import TerminalServer, line, terminal

FACE = "http://127.0.0.1:8180"
NAME, PHONE, SUBJECT = "Xanthippe", "+31612345678", "Paspoort of identiteitskaart"
WISH = {"name": NAME, "phone": PHONE, "language": "ar", "subject": SUBJECT, "wanted_at": "In de ochtend"}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[str], str]
) -> Iterator[TerminalServer]:
    server = TerminalServer(tmp_path_factory.mktemp("entry"), migrated("sqlite"))
    yield server
    server.close()


@pytest.fixture
def here(server: TerminalServer) -> Iterator[Line]:
    """A terminal of its own for each test; nobody stands at it afterwards."""
    mine = line(terminal(server))
    yield mine
    mine.post("/terminal/api/leave", {})


def code_of(ask: Callable[[], object]) -> str:
    with pytest.raises(LineRefused) as refused:
        ask()
    return refused.value.code


def walk_in(server: TerminalServer, here: Line, language: str = "nl") -> tuple[CheckedClient, str]:
    """A browser at the terminal, and its invitation."""
    entry = here.post("/terminal/api/walk-in", {"language": language})["entry"]
    browser = server.browser()
    answer = browser.get(entry)
    assert answer.status_code == 303
    invitation_id = answer.location.split("/")[2]
    assert answer.location == f"/gesprek/{invitation_id}/ondertitels"
    return browser, invitation_id


def sit_down(browser: CheckedClient, invitation_id: str) -> str:
    """Through all screens to the waiting room, without a script; gives its address."""
    page = f"/gesprek/{invitation_id}"
    browser.submit(f"{page}/ondertitels", {"lezen": "ja"}, page=f"{page}/ondertitels")
    browser.submit(f"{page}/ondertitels/stem", {"stem": "ja"}, page=f"{page}/ondertitels/stem")
    answer = browser.submit(f"{page}/meedoen", page=f"{page}/apparaat")
    assert answer.location == f"{page}/wachten"
    return answer.location


def conversation_of(server: TerminalServer, invitation_id: str):
    return server.conversations.conversation(server.conversations.invitation(invitation_id).conversation_id)


def copy_of(server: TerminalServer, browser: CheckedClient) -> CheckedClient:
    """Another browser with the same session cookie."""
    cookie = browser.client.get_cookie("wijkbalie_session")
    assert cookie is not None
    other = server.browser()
    other.client.set_cookie("wijkbalie_session", cookie.value)
    return other


# --- Walking in


@pytest.mark.parametrize(("language", "direction"), [("nl", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_from_the_terminal_into_the_talk(
    server: TerminalServer, here: Line, language: str, direction: str
) -> None:
    browser, invitation_id = walk_in(server, here, language)
    waiting_room = sit_down(browser, invitation_id)
    shown = browser.get(waiting_room).text
    assert f'lang="{language}" dir="{direction}"' in shown
    assert "waiting__place" in shown
    assert "14 099" in shown
    state = "staat=wacht-1"
    assert state in shown
    unchanged = browser.get(f"{waiting_room}?{state}", headers={"HX-Request": "true"})
    assert unchanged.status_code == 204

    sanne, conversation = server.signed_in(), conversation_of(server, invitation_id)
    today = sanne.get("/desk/").text
    assert "Nummer 1 in de rij" in today
    assert f"/desk/gesprekken/{conversation.id}/opnemen" in today
    for closed in ("", "/praten"):
        assert sanne.get(f"/desk/gesprekken/{conversation.id}{closed}").status_code == 404
    taken = sanne.submit(f"/desk/gesprekken/{conversation.id}/opnemen", page="/desk/")
    assert taken.location == f"/desk/gesprekken/{conversation.id}/praten"
    assert sanne.get(taken.location).status_code == 200

    changed = browser.get(f"{waiting_room}?{state}", headers={"HX-Request": "true"})
    assert changed.status_code == 200
    assert "staat=wacht&" in changed.text or 'staat=wacht"' in changed.text
    seat = next(each for each in conversation_of(server, invitation_id).seats if each.invitation_id)
    server.conversations.admit(seat.id, server.now())
    assert "data-called" in browser.get(waiting_room).text
    assert browser.get(f"/gesprek/{invitation_id}/praten").status_code == 200


def test_the_second_employee_is_led_back(server: TerminalServer, here: Line) -> None:
    _, invitation_id = walk_in(server, here)
    talk_id = conversation_of(server, invitation_id).id
    sanne, yusuf = server.signed_in("sanne"), server.signed_in("yusuf")
    pages = {each: each.get("/desk/") for each in (sanne, yusuf)}
    assert all("Neem op" in page.text for page in pages.values())
    address = f"/desk/gesprekken/{talk_id}/opnemen"
    assert sanne.submit(address, page="/desk/").location.endswith("/praten")
    assert yusuf.submit(address, page="/desk/").location == "/desk/"
    assert "Een collega was u net voor." in yusuf.get("/desk/").text
    assert conversation_of(server, invitation_id).lead_name == "Sanne"


def test_who_went_away_is_told_to_the_employee(server: TerminalServer, here: Line) -> None:
    _, invitation_id = walk_in(server, here)
    talk_id, sanne = conversation_of(server, invitation_id).id, server.signed_in()
    here.post("/terminal/api/leave", {})
    assert sanne.submit(f"/desk/gesprekken/{talk_id}/opnemen", page="/desk/").location == "/desk/"
    assert "Deze inwoner is net weggegaan." in sanne.get("/desk/").text
    assert "in de rij" not in sanne.get("/desk/").text


def test_places_count_and_move_up(server: TerminalServer, here: Line) -> None:
    other = line(terminal(server))
    first, _ = walk_in(server, other)
    browser, invitation_id = walk_in(server, here)
    waiting_room = sit_down(browser, invitation_id)
    assert "U bent nummer 2 in de rij." in browser.get(waiting_room).text
    assert first.get("/terminal/uit").status_code == 303
    changed = browser.get(f"{waiting_room}?staat=wacht-2", headers={"HX-Request": "true"})
    assert "U bent de eerste in de rij." in changed.text


def test_the_list_refreshes_only_when_something_changed(server: TerminalServer, here: Line) -> None:
    sanne = server.signed_in()
    ask = {"HX-Request": "true"}

    def state() -> str:
        return sanne.get("/desk/").text.split("?staat=")[1][:8]

    before = state()
    assert sanne.get(f"/desk/?staat={before}", headers=ask).status_code == 204
    walk_in(server, here)
    shown = sanne.get(f"/desk/?staat={before}", headers=ask)
    assert shown.status_code == 200
    assert "Komt zo in de wachtkamer" in shown.text
    assert sanne.get(f"/desk/?staat={state()}", headers=ask).status_code == 204


def test_one_terminal_one_person(server: TerminalServer, here: Line) -> None:
    before, first = walk_in(server, here)
    browser, second = walk_in(server, here)
    assert not conversation_of(server, first).is_open
    assert before.get(f"/gesprek/{first}/ondertitels").status_code == 403
    assert browser.get(f"/gesprek/{second}/ondertitels").status_code == 200


def test_going_away_from_the_waiting_room_frees_the_place(server: TerminalServer, here: Line) -> None:
    browser, invitation_id = walk_in(server, here)
    waiting_room = sit_down(browser, invitation_id)
    answer = browser.submit(f"/gesprek/{invitation_id}/weg", page=waiting_room)
    assert not conversation_of(server, invitation_id).is_open
    assert browser.get(answer.location).location == "/terminal/uit"
    assert browser.get("/terminal/uit").location == f"{FACE}/einde"


# --- The entry


def test_an_entry_used_twice_opens_nothing(server: TerminalServer, here: Line) -> None:
    entry = here.post("/terminal/api/walk-in", {"language": "nl"})["entry"]
    assert server.browser().get(entry).status_code == 303
    for language in ("nl", "en", "ar"):
        stranger = server.browser(language)
        answer = stranger.get(entry)
        assert answer.status_code == 404
        assert f'href="{FACE}/"' in answer.text
        assert "Set-Cookie" not in answer.headers or "invitations" not in answer.headers["Set-Cookie"]
        with stranger.client.session_transaction() as session:
            assert "invitations" not in session


@pytest.mark.parametrize("token", ["x", "x" * 43, "x" * 5000, "%00", "%ED%A0%80", "..%2F.."])
def test_a_made_up_entry_opens_nothing(server: TerminalServer, token: str) -> None:
    assert server.browser().get(f"/terminal/in/{token}").status_code == 404


def test_who_used_this_browser_before_is_forgotten(server: TerminalServer, here: Line) -> None:
    entry = here.post("/terminal/api/walk-in", {"language": "ar"})["entry"]
    browser = server.signed_in("sanne")
    browser.get(entry)
    with browser.client.session_transaction() as session:
        assert set(session) == {"terminal", "invitations"}
        assert session["terminal"]["face"] == FACE
        assert session["terminal"]["id"] == here.id
    assert browser.get("/desk/").location.startswith("/desk/inloggen")


def test_another_browser_cannot_follow(server: TerminalServer, here: Line) -> None:
    browser, invitation_id = walk_in(server, here)
    assert browser.get(f"/gesprek/{invitation_id}/ondertitels").status_code == 200
    assert server.browser().get(f"/gesprek/{invitation_id}/ondertitels").status_code == 403


# --- Leaving


@pytest.mark.parametrize("by", ["page", "terminal"])
def test_leaving_ends_the_session_also_of_a_copy(server: TerminalServer, here: Line, by: str) -> None:
    browser, invitation_id = walk_in(server, here)
    waiting_room = sit_down(browser, invitation_id)
    copy = copy_of(server, browser)
    assert copy.get(waiting_room).status_code == 200, "the control: the copy works until then"
    if by == "page":
        answer = browser.get("/terminal/uit")
        assert answer.status_code == 303
        assert answer.location == f"{FACE}/einde"
        assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
        with browser.client.session_transaction() as session:
            assert dict(session) == {}
        assert browser.client.get_cookie("language") is None
    else:
        here.post("/terminal/api/leave", {})
    for each in (browser, copy):
        assert each.get(waiting_room).status_code == 403
    assert not conversation_of(server, invitation_id).is_open


def test_a_revoked_terminal_opens_nothing_more(server: TerminalServer) -> None:
    stolen = line(terminal(server))
    browser, invitation_id = walk_in(server, stolen)
    assert browser.get(f"/gesprek/{invitation_id}/ondertitels").status_code == 200
    server.terminals.revoke(stolen.id, server.now())
    assert browser.get(f"/gesprek/{invitation_id}/ondertitels").status_code == 403
    assert code_of(lambda: stolen.post("/terminal/api/walk-in", {"language": "nl"})) == "revoked"


def test_revoking_a_terminal_ends_the_talk_at_it(
    server: TerminalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An open socket asks for nothing more: the live side must be told who went."""
    stolen = line(terminal(server))
    browser, invitation_id = walk_in(server, stolen)
    sit_down(browser, invitation_id)
    talk = conversation_of(server, invitation_id)
    server.signed_in().submit(f"/desk/gesprekken/{talk.id}/opnemen", page="/desk/")
    hub = server.app.extensions["wijkbalie_hub"]
    gone: list[str] = []
    monkeypatch.setattr(hub, "seat_left", lambda seat: gone.append(seat.invitation_id))
    page = f"/desk/terminals/{stolen.id}"
    ilse = server.signed_in("ilse")
    assert ilse.submit(f"{page}/intrekken", page=page).status_code == 303
    assert gone == [invitation_id]
    left = conversation_of(server, invitation_id)
    assert invitation_id not in {seat.invitation_id for seat in left.seats}


def test_any_other_browser_keeps_what_it_has(server: TerminalServer) -> None:
    """A page elsewhere could lead an employee to that address."""
    sanne = server.signed_in()
    answer = sanne.get("/terminal/uit")
    assert answer.location == "/"
    assert "Clear-Site-Data" not in answer.headers
    assert sanne.get("/desk/").status_code == 200


def test_the_terminals_own_pages_are_where_the_settings_say(server: TerminalServer) -> None:
    assert server.settings.terminal_face == FACE


# --- Short codes


def code_for(server: TerminalServer, browser: CheckedClient) -> tuple[str, str, str]:
    """The code as the employee reads it, the preparation page, the citizen's invitation."""
    page = browser.submit("/desk/gesprekken", {"service_type": "1"}, page="/desk/").location
    talk = server.conversations.conversation(page.split("/")[-1])
    address = f"{page}/links/{talk.invitations[0].id}/code"
    assert browser.submit(address, page=page).status_code == 303
    shown = browser.get(page).text
    digits = shown.split('class="short-code__digits" dir="ltr">')[1].split("<")[0]
    return digits, page, talk.invitations[0].id


def test_a_code_from_the_desk_opens_the_talk(server: TerminalServer, here: Line) -> None:
    sanne = server.signed_in()
    digits, page, invitation_id = code_for(server, sanne)
    entry = here.post("/terminal/api/short-code", {"code": digits, "language": "en"})["entry"]
    browser = server.browser()
    assert browser.get(entry).location == f"/gesprek/{invitation_id}/"
    assert 'lang="en"' in browser.get(f"/gesprek/{invitation_id}/").text
    colleague = server.signed_in("yusuf").get(page).text
    assert "short-code__digits" not in colleague, "who did not make it does not see it"
    assert "short-code__digits" in sanne.get(page).text


def test_digits_of_other_scripts_are_digits(server: TerminalServer, here: Line) -> None:
    digits, _, _ = code_for(server, server.signed_in())
    arabic = "".join(chr(0x660 + int(each)) for each in digits if each != " ")
    assert "entry" in here.post("/terminal/api/short-code", {"code": f" {arabic} ", "language": "ar"})


def test_codes_that_open_nothing_say_why(server: TerminalServer, here: Line) -> None:
    sanne = server.signed_in()
    digits, page, _ = code_for(server, sanne)

    def ask(code: str) -> str:
        return code_of(lambda: here.post("/terminal/api/short-code", {"code": code, "language": "nl"}))

    wrong = f"{(int(digits.replace(' ', '')) + 1) % 1_000_000:06}"
    assert ask(wrong) == "wrong_code"
    sanne.submit(f"{page}/eindigen", page=page)
    assert ask(digits) == "ended"
    assert [ask(wrong) for _ in range(TRIES_PER_TERMINAL)][-1] == "too_many"


def test_only_the_citizen_has_a_code(server: TerminalServer) -> None:
    sanne = server.signed_in()
    _, page, _ = code_for(server, sanne)
    sanne.submit(f"{page}/uitnodigen", {"role": "interpreter", "name": ""}, page=page)
    interpreter = server.conversations.conversation(page.split("/")[-1]).invitations[-1]
    assert sanne.submit(f"{page}/links/{interpreter.id}/code", page=page).status_code == 404


def test_signing_out_takes_the_codes_along(server: TerminalServer) -> None:
    sanne = server.signed_in()
    _, page, _ = code_for(server, sanne)
    sanne.submit("/desk/uitloggen", page=page)
    with sanne.client.session_transaction() as session:
        assert "new_codes" not in session


# --- Calling back


def sealed(server: TerminalServer, here: Line, content: bytes | dict[str, Any]) -> str:
    key = b64decode(here.get("/terminal/api/key")["public_key"])
    plain = content if isinstance(content, bytes) else json.dumps(content).encode()
    return b64encode(seal(plain, key)).decode()


def asked(server: TerminalServer) -> list[Any]:
    return StoredCallBacks(server.database).call_backs(server.employees.municipality().id)


def test_a_request_reaches_the_desk_and_goes_when_done(server: TerminalServer, here: Line) -> None:
    request = {"id": str(uuid4()), "sealed": sealed(server, here, WISH)}
    assert here.post("/terminal/api/call-back", request) == {"received": True}
    for language in ("nl", "en", "ar"):
        shown = server.signed_in(language=language).get("/desk/terugbellen").text
        for word in (NAME, PHONE, SUBJECT):
            assert word in shown
    sanne = server.signed_in()
    address = f"/desk/terugbellen/{request['id']}/gebeld"
    assert sanne.submit(address, page="/desk/terugbellen").location == "/desk/terugbellen"
    after = sanne.get("/desk/terugbellen").text
    assert NAME not in after
    assert PHONE not in after
    assert here.post("/terminal/api/call-back", request) == {"received": True}, "delivered late once more"
    assert NAME not in sanne.get("/desk/terugbellen").text


def test_the_same_request_at_once_is_one(server: TerminalServer, here: Line) -> None:
    request = {"id": str(uuid4()), "sealed": sealed(server, here, WISH)}
    before, start = len(asked(server)), threading.Barrier(6)

    def deliver(_number: int) -> bool:
        start.wait()
        return here.post("/terminal/api/call-back", request) == {"received": True}

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(deliver, range(6)))
    assert len(asked(server)) == before + 1
    other = {**request, "id": str(uuid4())}
    here.post("/terminal/api/call-back", other)
    assert len(asked(server)) == before + 2, "the control: another id is another request"


def test_padding_is_no_harm(server: TerminalServer, here: Line) -> None:
    padded = json.dumps(WISH).encode() + b" " * 500
    request = {"id": str(uuid4()), "sealed": sealed(server, here, padded)}
    assert here.post("/terminal/api/call-back", request) == {"received": True}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable"),
        (b"\xff", "unreadable"),
        (b"[]", "unreadable"),
        (b"[" * 5000, "unreadable"),
        ({**WISH, "phone": ""}, "unreadable"),
        ({**WISH, "phone": "bel mij"}, "unreadable"),
        ({**WISH, "phone": 612345678}, "unreadable"),
    ],
)
def test_what_is_no_request_gets_a_stable_code(
    server: TerminalServer, here: Line, content, code: str
) -> None:
    before = asked(server)
    request = {"id": str(uuid4()), "sealed": sealed(server, here, content)}
    assert code_of(lambda: here.post("/terminal/api/call-back", request)) == code
    assert asked(server) == before


def test_what_does_not_open_gets_a_stable_code(server: TerminalServer, here: Line) -> None:
    foreign = seal(json.dumps(WISH).encode(), SealingKeys(["somebody else's"]).public_key)
    for garbage in (foreign, b"", b"x" * 48, b"x" * 5000):
        request = {"id": str(uuid4()), "sealed": b64encode(garbage).decode()}
        assert code_of(lambda body=request: here.post("/terminal/api/call-back", body)) == "cannot_open"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("call-back", {}),
        ("call-back", {"id": "x"}),
        ("call-back", {"id": str(uuid4()), "sealed": "not base64!"}),
        ("call-back", {"id": str(uuid4()), "sealed": 7}),
        ("call-back", {"id": str(uuid4()), "sealed": "A" * 100_000}),
        ("walk-in", {}),
        ("walk-in", {"language": "<script>"}),
        ("walk-in", {"language": "nl", "team": "1"}),
        ("walk-in", {"language": "nl", "team": True}),
        ("walk-in", {"language": 7}),
        ("short-code", {"language": "nl"}),
        ("short-code", {"code": 123456, "language": "nl"}),
        ("short-code", {"code": "1" * 1000, "language": "nl"}),
        ("short-code", {"code": "123456"}),
    ],
)
def test_a_body_that_lacks_what_it_needs(here: Line, path: str, body: dict[str, Any]) -> None:
    assert code_of(lambda: here.post(f"/terminal/api/{path}", body)) == "bad_body"


def test_a_team_of_nobody_is_refused(here: Line) -> None:
    ask = {"language": "nl", "team": 999}
    assert code_of(lambda: here.post("/terminal/api/walk-in", ask)) == "no_walk_in"


def test_a_request_without_an_id_of_its_own_is_refused(server: TerminalServer, here: Line) -> None:
    for call_back_id in (None, 7, "x", "x" * 10_000):
        request = {"id": call_back_id, "sealed": sealed(server, here, WISH)}
        assert code_of(lambda body=request: here.post("/terminal/api/call-back", body)) == "unreadable"


def test_too_long_is_cut_not_lost(server: TerminalServer, here: Line) -> None:
    long = {**WISH, "name": "N" * 300, "subject": "vraag \u202e " * 400, "wanted_at": None, "language": "?"}
    request = {"id": str(uuid4()), "sealed": sealed(server, here, long)}
    here.post("/terminal/api/call-back", request)
    wish = next(each.wish for each in asked(server) if each.id == request["id"])
    assert (len(wish.name), len(wish.subject), wish.language, wish.wanted_at) == (60, 500, "nl", "")
    assert "\u202e" not in wish.subject


def test_nothing_of_a_citizen_stands_in_a_log(
    server: TerminalServer, here: Line, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("wijkbalie").warning("the control: logs are seen")
        request = {"id": str(uuid4()), "sealed": sealed(server, here, WISH)}
        here.post("/terminal/api/call-back", request)
        server.signed_in().get("/desk/terugbellen")
        browser, invitation_id = walk_in(server, here)
        sit_down(browser, invitation_id)
        for body in (
            {},
            {"id": request["id"], "sealed": "x"},
            {**request, "sealed": sealed(server, here, b"[]")},
        ):
            code_of(lambda each=body: here.post("/terminal/api/call-back", each))
    ours = [
        each for each in caplog.records if not each.name.startswith("werkzeug")
    ]  # gunicorn keeps no such log
    told = "\n".join(each.getMessage() + str(each.exc_info or "") for each in ours)
    assert "the control" in told
    for word in (NAME, PHONE, SUBJECT, invitation_id):
        assert word not in told


def test_a_flood_of_walk_ins_is_stopped(tmp_path, migrated: Callable[[str], str]) -> None:
    guarded = TerminalServer(tmp_path, migrated("sqlite"), limits=True)
    try:
        mine = line(terminal(guarded))
        for _ in range(60):
            mine.post("/terminal/api/walk-in", {"language": "nl"})
        assert code_of(lambda: mine.post("/terminal/api/walk-in", {"language": "nl"})) == "too_many"
        waits = StoredQueue(guarded.database).walk_ins(1)
        assert len(waits) == 1
    finally:
        guarded.close()


def test_choices_made_at_the_terminal_go_along(server: TerminalServer, here: Line) -> None:
    browser, invitation_id = walk_in(server, here, "ar")
    sit_down(browser, invitation_id)
    (seat,) = conversation_of(server, invitation_id).seats
    chosen = Choices(seat.language, seat.reads_captions, seat.caption_language, seat.agrees_captions)
    assert chosen == Choices("ar", True, "ar", True)
