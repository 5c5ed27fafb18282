"""Staff mode: nothing without the code, ten minutes with it, everything in the logbook."""

import struct
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import AF_INET, SOCK_DGRAM, socket
from typing import Any, get_args

import pytest

from app.domain.host_code import UnfitCode
from app.kiosk.device.agent_client import AgentDown, AgentRefused
from app.kiosk.device.host_code import (
    LOCK_OUT,
    TRIES,
    HostCode,
    NoCodeYet,
    WrongCode,
)
from app.kiosk.device.line import LineDown, LineRefused
from app.kiosk.device.network_test import NetworkFound, NetworkTest, relay_answers, relay_of
from app.kiosk.device.off_today import OffForToday, next_opening
from app.kiosk.device.printing import PrinterCode
from app.kiosk.device.staff_log import DEEDS, KEPT, StaffLog
from app.kiosk.device.store import Store
from app.kiosk.face.staff import words
from app.kiosk.face.staff.sessions import LONGEST, STAY, HostSessions
from tests.html_checks import CheckedClient
from tests.terminal.staff_place import CODE, HOURS, MONDAY, QUICK, StaffPlace

PAGES = [
    "/test",
    "/test/camera",
    "/test/geluid",
    "/test/netwerk",
    "/test/printer",
    "/herstart",
    "/vandaag-uit",
    "/logboek",
]
ORDERS = [
    "/langer", "/klaar", "/test/camera", "/test/netwerk/nu", "/test/printer/nu", "/herstart/scherm", "/herstart/zuil",
    "/vandaag-uit", "/aan",
]  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Iterator[StaffPlace]:
    made = StaffPlace(tmp_path / "data")
    yield made
    made.store.close()


def try_code(place: StaffPlace, code: str, browser: CheckedClient | None = None) -> Any:
    return (browser or place.browser()).submit("/host", {"code": code}, page="/host")


# Nothing without the code


def test_every_address_of_staff_mode_is_tried_here(place: StaffPlace) -> None:
    rules = {
        (method, rule.rule.removeprefix("/host"))
        for rule in place.app.url_map.iter_rules()
        if rule.rule.startswith("/host")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    tried = (
        {("GET", page) for page in PAGES}
        | {("POST", order) for order in ORDERS}
        | {("GET", ""), ("POST", "")}
    )
    replaced = {
        (method, path.replace("camera", "<part>").replace("/herstart/scherm", "/herstart/<what>"))
        for method, path in tried
    }
    assert rules - replaced == set()


@pytest.mark.parametrize("cookie", ["", "terminal_host=x", "terminal_host=" + "a" * 3000])
def test_nothing_opens_without_the_code(place: StaffPlace, cookie: str) -> None:
    place.app.config["WTF_CSRF_ENABLED"] = False  # so that the code alone is tested
    place.host()
    before, asked = place.deeds(), list(place.agent.asked)
    headers = {"Cookie": cookie} if cookie else {}
    for method, paths in (("GET", PAGES), ("POST", ORDERS), ("HEAD", PAGES)):
        for path in paths:
            answer = place.app.test_client(use_cookies=False).open(
                f"/host{path}", method=method, headers=headers
            )
            assert (answer.status_code, answer.location) == (303, "/host"), f"{method} {path}"
    assert (place.deeds(), place.agent.asked, place.printer.printed) == (before, asked, [])
    assert place.ports.off.until(place.now) is None


def test_with_the_code_the_same_addresses_open(place: StaffPlace) -> None:
    """Else a door that is always shut would pass above."""
    host = place.host()
    for page in PAGES:
        answer = host.get(f"/host{page}")
        assert answer.status_code == 200, page
        assert answer.headers["Cache-Control"] == "no-store"
    assert host.get("/host/test/iets-anders").status_code == 404


def test_an_order_needs_the_forms_own_token(place: StaffPlace) -> None:
    host = place.host()
    for order in ORDERS:
        assert host.post(f"/host{order}").status_code == 400, order
    assert place.agent.asked == []


def test_the_cookie_is_the_hosts_alone_and_of_this_visit(place: StaffPlace) -> None:
    made = try_code(place, CODE).headers.getlist("Set-Cookie")
    (cookie,) = [each for each in made if each.startswith("terminal_host=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/host" in cookie
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


# The code


def test_wrong_codes_lock_and_are_logged_and_the_right_one_waits_too(place: StaffPlace) -> None:
    for number in range(TRIES):
        answer = try_code(place, f"5555000{number}")
        assert answer.status_code == 422
    assert "Te veel verkeerde codes" in answer.text
    assert "9.45" in answer.text
    assert try_code(place, CODE).status_code == 422, "the right code must not open a locked door"
    assert place.deeds() == ["wrong_code"] * (TRIES - 1) + ["locked_out"] * 2
    place.pass_time(seconds=LOCK_OUT.total_seconds() - 1)
    assert try_code(place, CODE).status_code == 422
    place.pass_time(seconds=2)
    assert try_code(place, CODE).status_code == 303
    assert place.deeds()[-1] == "came_in"


def test_a_flood_from_many_threads_gets_five_tries(place: StaffPlace) -> None:
    outcomes: list[str] = []

    def guess(number: int) -> None:
        try:
            place.ports.code.check(f"{number:08}", MONDAY)
            outcomes.append("in")
        except WrongCode as wrong:
            outcomes.append("locked" if wrong.locked_until else "wrong")

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("wrong") == TRIES - 1
    assert outcomes.count("locked") == 60 - (TRIES - 1)


def test_a_restart_does_not_forget_the_tries(place: StaffPlace, tmp_path: Path) -> None:
    for number in range(TRIES):
        try_code(place, f"5555000{number}")
    place.store.close()
    again = HostCode(Store(tmp_path / "data"), QUICK)
    with pytest.raises(WrongCode):
        again.check(CODE, MONDAY + timedelta(minutes=1))


def test_a_right_code_forgets_the_wrong_ones_before(place: StaffPlace) -> None:
    for _round in range(3):
        for number in range(TRIES - 1):
            try_code(place, f"5555000{number}")
        assert try_code(place, "4091 72.63").status_code == 303


def test_a_clock_that_was_set_back_locks_nobody_out_for_a_year(place: StaffPlace) -> None:
    place.pass_time(days=400)
    for number in range(TRIES):
        try_code(place, f"5555000{number}")
    place.now = MONDAY
    assert try_code(place, CODE).status_code == 303


@pytest.mark.parametrize(
    "code", ["", "12345", "1" * 13, "abcdefgh", "00000000", "12345678", "87654321", "١٢٣٤٥٦٧٩"]
)
def test_codes_that_everybody_guesses_are_not_taken(place: StaffPlace, code: str) -> None:
    with pytest.raises(UnfitCode):
        place.ports.code.change(code)
    place.ports.code.check(CODE, MONDAY)


def test_a_made_code_opens_and_only_its_hash_is_on_the_disk(place: StaffPlace, tmp_path: Path) -> None:
    code = place.ports.code.make()
    with pytest.raises(WrongCode):
        place.ports.code.check(CODE, MONDAY)
    place.ports.code.check(code, MONDAY)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("terminal.sqlite*"))
    assert b"$argon2id$" in kept
    assert code.encode() not in kept


def test_the_municipality_may_send_a_hash_but_nothing_else(place: StaffPlace) -> None:
    with pytest.raises(UnfitCode):
        place.ports.code.take_hash("40917263")
    good = QUICK.hash("73920461")
    costly = good.replace("m=8", "m=4000000000")
    for bad in ("40917263", good[:-1], good[:-1] + "\ud800", costly, good.replace("argon2id", "argon2i")):
        place.ports.take_host_code(bad)
    place.ports.code.check(CODE, MONDAY)
    sent = QUICK.hash("73920461")
    for _ in range(2):
        place.ports.take_host_code(sent)
    place.ports.code.check("7392-0461", MONDAY)
    with pytest.raises(WrongCode):
        place.ports.code.check(CODE, MONDAY)
    assert [entry.what for entry in place.ports.log.entries(MONDAY)] == ["code_changed"], "noted once"


def test_without_a_code_nobody_gets_in(tmp_path: Path, place: StaffPlace) -> None:
    place.store.forget("host_code")
    with pytest.raises(NoCodeYet):
        place.ports.code.check("", MONDAY)
    page = place.browser().get("/host")
    assert "nog geen code" in page.text
    assert 'name="code"' not in page.text


# Ten minutes


def test_after_ten_minutes_the_host_is_out(place: StaffPlace) -> None:
    host = place.host()
    place.pass_time(seconds=STAY.total_seconds() - 1)
    assert host.get("/host/test").status_code == 200
    place.pass_time(seconds=1)
    assert host.get("/host/test").location == "/host"
    place.now = MONDAY
    assert host.get("/host/test").location == "/host", "a clock that is set back must not open it again"


def test_ten_minutes_more_but_an_hour_at_most(place: StaffPlace) -> None:
    host = place.host()
    for _more in range(8):
        place.pass_time(minutes=9)
        host.submit(
            "/host/langer", {"next": "/host/test"}, page="/host/logboek"
        ) if place.now - MONDAY < LONGEST else None
    assert host.get("/host/test").location == "/host"
    assert place.deeds().count("stayed_longer") == 6


def test_leading_elsewhere_by_a_form_is_not_possible(place: StaffPlace) -> None:
    host = place.host()
    for elsewhere in ("https://kwaad.example", "//kwaad.example", "/host//kwaad.example", "/voorkeuren"):
        assert host.submit("/host/langer", {"next": elsewhere}, page="/host").location == "/host"


def test_being_ready_ends_it_and_a_second_host_ends_the_first(place: StaffPlace) -> None:
    first = place.host()
    second = place.host()
    assert first.get("/host/test").location == "/host"
    answer = second.submit("/host/klaar", page="/host")
    assert answer.location == "/"
    assert "terminal_host=;" in answer.headers["Set-Cookie"]
    assert second.get("/host/test").location == "/host"
    assert place.deeds() == ["came_in", "came_in", "went_out"]


def test_a_session_from_the_future_is_none() -> None:
    sessions = HostSessions()
    token = sessions.begin(MONDAY)
    assert sessions.find(token, MONDAY - timedelta(seconds=1)) is None
    assert sessions.find(token, MONDAY) is None, "once out, out"


# Testing, restarting, switching off


def test_what_a_host_saw_is_in_the_logbook(place: StaffPlace) -> None:
    host = place.host()
    host.submit("/host/test/camera", {"answer": "goed"}, page="/host/test/camera")
    place.pass_time(minutes=1)
    host.submit("/host/test/geluid", {"answer": "fout"}, page="/host/test/geluid")
    assert host.submit("/host/test/camera", {"answer": "x"}, page="/host/test/camera").status_code == 400
    tests = host.get("/host/test").text
    assert "Goed om 9.30 uur" in tests
    assert "Niet goed om 9.31 uur" in tests
    logbook = host.get("/host/logboek").text
    assert "Camera getest: goed." in logbook
    assert "Geluid getest: niet goed." in logbook
    assert "maandag 2 maart" in logbook
    place.pass_time(days=1)
    assert "om 9.30 uur" not in place.host().get("/host/test").text, "of yesterday"


@pytest.mark.parametrize(
    ("found", "told", "deed"),
    [
        (NetworkFound("", True, 0), "De zuil kan de gemeente bereiken.", "network_good"),
        (NetworkFound("", False, 0), "Beeld en geluid komen er niet door.", "network_bad"),
        (NetworkFound("network", False, 0), "De zuil heeft geen internet.", "network_bad"),
        (NetworkFound("certificate", True, 0), "De verbinding is niet veilig.", "network_bad"),
        (NetworkFound("never_heard_of", True, 0), "De gemeente weigert deze zuil.", "network_bad"),
        (NetworkFound("", True, 3600), "De klok van de zuil loopt verkeerd.", "network_bad"),
    ],
)
def test_the_network_test_says_what_is_wrong(
    place: StaffPlace, found: NetworkFound, told: str, deed: str
) -> None:
    place.found = found
    answer = place.host().submit("/host/test/netwerk/nu", page="/host/test/netwerk")
    assert told in answer.text
    assert place.deeds()[-1] == deed


@pytest.mark.parametrize("code", get_args(PrinterCode))
def test_each_state_of_the_printer_has_a_sentence(place: StaffPlace, code: PrinterCode) -> None:
    place.printer.code = code
    host = place.host()
    page = host.get("/host/test/printer").text
    with place.app.test_request_context():
        sentence = words.printer(code)
    assert sentence != code
    assert sentence in page
    if code == "no_printer":
        assert "testbon" not in page
        return
    answer = host.submit("/host/test/printer/nu", page="/host/test/printer").text
    assert (sentence in answer) == (code != "ready")
    assert place.deeds()[-1] == ("page_printed" if code == "ready" else "page_not_printed")
    assert len(place.printer.printed) == (code == "ready")


def test_restarting_asks_the_agent(place: StaffPlace) -> None:
    answer = place.host().submit("/host/herstart/scherm", page="/host/herstart")
    assert "De zuil start opnieuw" in answer.text
    assert "U kunt hier werken" not in answer.text
    place.host().submit("/host/herstart/zuil", page="/host/herstart")
    assert place.agent.asked == ["restart_browser", "restart_machine"]
    assert place.host().submit("/host/herstart/iets", page="/host/herstart").status_code == 404


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (AgentDown(), "Zet de zuil uit met de knop"),
        (AgentRefused("in_talk"), "Er is nu een gesprek."),
        (AgentRefused("anything"), "Dat mag nu niet."),
    ],
)
def test_what_cannot_be_restarted_is_said(place: StaffPlace, problem: Exception, told: str) -> None:
    place.agent.problem = problem
    host = place.host()
    answer = host.submit("/host/herstart/zuil", page="/host/herstart")
    assert answer.status_code == 503
    assert told in answer.text
    assert place.deeds()[-1] == "restart_failed"
    assert host.get("/host").status_code == 200, "still in"


def test_off_for_today_comes_back_at_the_next_opening_by_itself(place: StaffPlace) -> None:
    host = place.host()
    assert "woensdag 4 maart, 10.00 uur" in host.get("/host/vandaag-uit").text
    assert host.submit("/host/vandaag-uit", page="/host/vandaag-uit").location == "/"
    opening = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
    assert place.agent.asked == [f"switch_off until {opening.isoformat()}"]
    assert place.ports.off.until(place.now) == opening
    assert place.ports.off.until(opening - timedelta(seconds=1)) is not None
    assert place.ports.off.until(opening) is None
    assert place.deeds()[-1] == "switched_off"
    assert host.get("/host/test").location == "/host", "the host is out"


def test_off_without_an_agent_and_on_again_by_the_host(place: StaffPlace) -> None:
    place.agent.problem = AgentDown()
    host = place.host()
    host.submit("/host/vandaag-uit", page="/host/vandaag-uit")
    assert place.ports.off.until(place.now) is not None
    host = place.host()
    assert host.submit("/host/aan", page="/host").location == "/host"
    assert place.ports.off.until(place.now) is None
    assert place.deeds()[-1] == "switched_on"


def test_nobody_switches_off_during_a_talk(place: StaffPlace) -> None:
    place.agent.in_talk = True
    answer = place.host().submit("/host/vandaag-uit", page="/host/vandaag-uit")
    assert "Er is nu een gesprek." in answer.text
    assert place.ports.off.until(place.now) is None
    assert place.agent.asked == []


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        (HOURS, MONDAY, datetime(2026, 3, 4, 9, 0, tzinfo=UTC)),
        ({}, MONDAY, datetime(2026, 3, 3, 7, 0, tzinfo=UTC)),
        ({"mon": "09:00-17:00"}, MONDAY, datetime(2026, 3, 9, 8, 0, tzinfo=UTC)),
        ({"tue": "morgens"}, MONDAY, datetime(2026, 3, 3, 7, 0, tzinfo=UTC)),
        ({"mon": ""}, MONDAY, datetime(2026, 3, 3, 7, 0, tzinfo=UTC)),
        # Summer time begins on Sunday 29 March: nine o'clock stays nine o'clock.
        (
            {"sun": "09:00-12:00"},
            datetime(2026, 3, 28, 12, tzinfo=UTC),
            datetime(2026, 3, 29, 7, 0, tzinfo=UTC),
        ),
        # After midnight in Amsterdam it is another day than in London.
        (
            {"tue": "09:00-12:00"},
            datetime(2026, 3, 2, 23, 30, tzinfo=UTC),
            datetime(2026, 3, 10, 8, 0, tzinfo=UTC),
        ),
    ],
)
def test_the_next_opening(hours: dict[str, str], now: datetime, opens: datetime) -> None:
    assert next_opening(hours, now) == opens


def test_a_wrong_clock_keeps_no_terminal_off(place: StaffPlace) -> None:
    off = OffForToday(place.store)
    off.switch_off(HOURS, MONDAY + timedelta(days=365))
    assert off.until(MONDAY) is None


def test_requests_that_wait_are_told_to_the_host(place: StaffPlace) -> None:
    assert "terug te bellen" not in place.host().get("/host").text
    place.waiting = type(place.waiting)(3, 0)
    assert "die nog wachten: 3." in place.host().get("/host").text
    place.waiting = type(place.waiting)(3, 1)
    assert "nam een vraag om terug te bellen niet aan" in place.host().get("/host").text


# The logbook


def test_the_logbook_keeps_ninety_days(place: StaffPlace) -> None:
    log = StaffLog(place.store)
    log.write("came_in", MONDAY)
    log.write("went_out", MONDAY + timedelta(days=1))
    assert len(log.entries(MONDAY + KEPT)) == 2
    assert [entry.what for entry in log.entries(MONDAY + KEPT + timedelta(seconds=1))] == ["went_out"]
    log.write("came_in", MONDAY + KEPT + timedelta(days=2))
    with place.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM staff_log").scalar_one() == 1


def test_the_logbook_takes_no_words_of_anybody(place: StaffPlace) -> None:
    with pytest.raises(ValueError, match="no deed"):
        StaffLog(place.store).write("Wilhelmina 06-12345678", MONDAY)  # type: ignore[arg-type]


def test_each_deed_has_a_sentence(place: StaffPlace) -> None:
    with place.app.test_request_context():
        assert [what for what in DEEDS if words.deed(what) == what] == []


# The network, for real


class ScriptedLine:
    def __init__(self, problem: Exception | None = None, skew_s: float = 0) -> None:
        self.problem, self.clock_skew_s = problem, skew_s

    def post(self, path: str, body: Any) -> dict[str, Any]:
        if self.problem is not None:
            raise self.problem
        return {}


@pytest.mark.parametrize(
    ("line", "told", "clock"),
    [
        (None, "not_enrolled", 0),
        (ScriptedLine(), "", 0),
        (ScriptedLine(skew_s=119), "", 0),
        (ScriptedLine(skew_s=-3600), "", -3600),
        (ScriptedLine(LineDown("timeout")), "timeout", 0),
        (ScriptedLine(LineRefused("revoked")), "revoked", 0),
    ],
)
def test_the_municipality_is_asked(line: ScriptedLine | None, told: str, clock: int) -> None:
    found = NetworkTest(lambda: line, ("127.0.0.1", 9))()
    assert (found.municipality, found.relay, found.clock_off_s) == (told, False, clock)
    assert not found.good


def test_where_the_relay_is() -> None:
    assert relay_of("https://balie.voorbeeld.nl:8443") == ("balie.voorbeeld.nl", 3478)
    assert not relay_answers("no-such-host.invalid", 3478, 0.1)


@pytest.mark.parametrize("answers", ["rightly", "to somebody else", "nonsense"])
def test_a_relay_is_one_that_answers_the_question(answers: str) -> None:
    with socket(AF_INET, SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))

        def answer() -> None:
            asked, who = other.recvfrom(1500)
            number = asked[8:20] if answers == "rightly" else bytes(12)
            kind = 0x0101 if answers != "nonsense" else 0x0001
            other.sendto(struct.pack(">HHI", kind, 0, 0x2112A442) + number, who)

        thread = threading.Thread(target=answer)
        thread.start()
        assert relay_answers("127.0.0.1", other.getsockname()[1], 0.5) == (answers == "rightly")
        thread.join()


def test_the_real_relay_answers(coturn: int) -> None:
    assert relay_answers("127.0.0.1", coturn)
