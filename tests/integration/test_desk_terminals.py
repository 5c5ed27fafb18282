"""The manager's pages for terminals: the list, enrolment by the code on the screen, settings, taking out of use."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes

import pytest

from app.domain.local_time import LOCAL
from app.domain.terminals import Heartbeat, SelfTest, Terminal, TerminalProfile
from app.kiosk.device.host_code import HostCode, WrongCode
from app.kiosk.device.store import Store
from app.storage.terminals import StoredTerminals
from tests.employee_desk import EmployeeDesk

PAGE = "/desk/terminals"
PROFILE = TerminalProfile("Bibliotheek Oosterdorp", {}, None, ("nl",), printer=False)


@pytest.fixture
def desk(tmp_path: Path, migrated: Callable[[str], str]) -> Iterator[EmployeeDesk]:
    """On one database: what is kept is tested on both in test_storage_terminals.py."""
    desk = EmployeeDesk(tmp_path, migrated("sqlite"))
    yield desk
    desk.close()


def terminals_of(desk: EmployeeDesk) -> StoredTerminals:
    return StoredTerminals(desk.database)


def code_on_screen(desk: EmployeeDesk, now: datetime | None = None) -> str:
    return terminals_of(desk).begin_enrolment(token_bytes(32), now or datetime.now(UTC))


def enrolled(desk: EmployeeDesk, by: str = "ilse", profile: TerminalProfile = PROFILE) -> Terminal:
    now = datetime.now(UTC)
    token = desk.employees.sign_in(by, desk.passwords[by], now).token
    employee = desk.employees.employee_for_token(token, now)
    assert employee
    return terminals_of(desk).confirm_enrolment(code_on_screen(desk), profile, employee.id, now)


def heartbeat(at: datetime, **differs) -> Heartbeat:
    usual = Heartbeat(
        at, "1.4", "a", at, restarts=2, disk_free_bytes=12_300_000_000, temperature_c=48.6, network="wired",
        camera=True, sound=True, clock_skew_s=0.2,
    )  # fmt: skip
    return replace(usual, **differs)


def submit(desk: EmployeeDesk, **form: str):
    return desk.signed_in("ilse").submit(PAGE, form, page=PAGE)


def test_a_terminal_is_enrolled_with_the_code_on_its_screen(desk) -> None:
    code = code_on_screen(desk)
    answer = submit(desk, code=f"{code[:4].lower()} {code[4:]}", location="Bibliotheek Oosterdorp")
    assert answer.status_code == 303
    terminal = terminals_of(desk).all_terminals(1)[0]
    assert answer.location == f"{PAGE}/{terminal.id}"
    assert terminal.profile.location == "Bibliotheek Oosterdorp"
    page = desk.signed_in("ilse").get(PAGE).text
    assert "Bibliotheek Oosterdorp" in page
    assert "Wij hebben nog niets gehoord" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"code": "AAAA7777"}, "Deze code klopt niet"),
        ({"code": ""}, "Deze code klopt niet"),
        ({"location": " "}, "Vul in waar de terminal staat"),
        ({"location": "x" * 81}, "Gebruik niet meer dan 80 letters"),
    ],
)
def test_a_mistake_is_told_kindly_and_what_was_typed_stays(desk, wrong, sentence) -> None:
    form = {"code": code_on_screen(desk), "location": "Dorpshuis"} | wrong
    answer = submit(desk, **form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{form["code"]}"' in answer.text or not form["code"]
    assert terminals_of(desk).all_terminals(1) == []


def test_an_old_code_and_a_used_code(desk) -> None:
    old = code_on_screen(desk, datetime.now(UTC) - timedelta(minutes=11))
    assert "Deze code is te oud" in submit(desk, code=old, location="Dorpshuis").text
    used = code_on_screen(desk)
    submit(desk, code=used, location="Dorpshuis")
    assert "Deze code is al gebruikt" in submit(desk, code=used, location="Elders").text
    assert len(terminals_of(desk).all_terminals(1)) == 1


def test_who_guesses_codes_is_stopped(desk) -> None:
    right = code_on_screen(desk)
    for _ in range(10):
        submit(desk, code="AAAA7777", location="Dorpshuis")
    assert "te veel verkeerde codes" in submit(desk, code=right, location="Dorpshuis").text
    assert terminals_of(desk).all_terminals(1) == []


JUST_NOW = timedelta()
GOOD = SelfTest(
    datetime(2026, 11, 20, 8, 45, tzinfo=UTC), picture=True, sound=True, loss=0.013, delay_ms=84, failed=""
)


@pytest.mark.parametrize(
    ("heard", "test", "expected"),
    [
        ((JUST_NOW, {}), GOOD, ["Doet het goed", "beeld goed, geluid goed", "1,3 procent kwijt", "12,3 gigabyte"]),
        ((JUST_NOW, {"camera": False}), None, ["Werkt, maar niet helemaal", "Er is geen camera."]),
        ((JUST_NOW, {"sound": False}), None, ["Er is geen geluid."]),
        ((JUST_NOW, {"last_good_paint_at": None}), None, ["Het scherm heeft nog niets getoond."]),
        ((JUST_NOW, {"clock_skew_s": -75}), None, ["De klok loopt niet gelijk."]),
        ((JUST_NOW, {}), replace(GOOD, failed="no_route"), ["De laatste zelftest is niet gelukt.", "no_route"]),
        ((JUST_NOW, {}), replace(GOOD, picture=False), ["gaf geen goed beeld of geluid", "geen goed beeld"]),
        ((timedelta(minutes=6), {}), GOOD, ["Wij horen niets van deze terminal", "De laatste keer was"]),
    ],
)  # fmt: skip
def test_how_a_terminal_is(desk, heard, test, expected) -> None:
    terminal = enrolled(desk)
    ago, differs = heard
    terminals_of(desk).save_heartbeat(terminal.id, heartbeat(datetime.now(UTC) - ago, **differs))
    if test:
        terminals_of(desk).save_self_test(terminal.id, test)
    page = desk.signed_in("ilse").get(f"{PAGE}/{terminal.id}").text
    for sentence in expected:
        assert sentence in page
    assert expected[0] in desk.signed_in("ilse").get(PAGE).text or len(expected) == 1


def test_outside_opening_hours_silence_is_no_alarm(desk) -> None:
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    other_days = dict.fromkeys(day, "00:00-00:01")
    terminal = enrolled(desk, profile=replace(PROFILE, opening_hours=other_days))
    terminals_of(desk).save_heartbeat(terminal.id, heartbeat(datetime.now(UTC) - timedelta(hours=2)))
    assert "Nu gesloten" in desk.signed_in("ilse").get(PAGE).text


def test_one_that_its_host_switched_off_says_until_when(desk) -> None:
    terminal = enrolled(desk)
    now = datetime.now(UTC)
    off_until = now + timedelta(hours=12)
    told = heartbeat(now - timedelta(hours=2), off_until=off_until)
    terminals_of(desk).save_heartbeat(terminal.id, told)
    page = desk.signed_in("ilse").get(PAGE).text
    assert f"Uitgezet door de gastheer of gastvrouw, tot {off_until.astimezone(LOCAL).day} " in page
    assert "Wij horen niets" not in page
    terminals_of(desk).save_heartbeat(terminal.id, replace(told, off_until=now - timedelta(hours=1)))
    assert "Wij horen niets" in desk.signed_in("ilse").get(PAGE).text, "it should be on again"


SETTINGS = {
    "location": "Dorpshuis", "kind": "tablet", "team": "", "hours_mon": "9:00-12:30  13:00-17:00", "hours_tue": "",
    "language_nl": "on", "language_ar": "on", "printer": "on", "lower_half": "on",
}  # fmt: skip


def test_settings_are_kept(desk) -> None:
    terminal = enrolled(desk)
    team = desk.employees.teams(1)[0][0]
    page = f"{PAGE}/{terminal.id}"
    ilse = desk.signed_in("ilse")
    assert ilse.submit(page, SETTINGS | {"team": str(team)}, page=page).status_code == 303
    kept = terminals_of(desk).terminal(terminal.id).profile
    assert kept == TerminalProfile(
        "Dorpshuis", {"mon": "9:00-12:30 13:00-17:00"}, team, ("nl", "ar"), True, "tablet", True
    )
    text = ilse.get(page).text
    assert 'value="9:00-12:30 13:00-17:00"' in text
    assert "Wij hebben dit bewaard" in text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"hours_mon": "9 tot 5"}, "Schrijf de uren zo"),
        ({"hours_mon": "17:00-09:00"}, "Schrijf de uren zo"),
        ({"hours_mon": "25:00-26:00"}, "Schrijf de uren zo"),
        ({"team": "9999"}, "Kies 1 van deze"),
        ({"kind": "phone"}, "Kies 1 van deze"),
        ({"language_nl": "", "language_ar": ""}, "Kies minstens 1 taal"),
        ({"location": ""}, "Vul in waar de terminal staat"),
    ],
)
def test_wrong_settings_change_nothing(desk, wrong, sentence) -> None:
    terminal = enrolled(desk)
    page = f"{PAGE}/{terminal.id}"
    form = {name: text for name, text in (SETTINGS | wrong).items() if text or name in wrong}
    answer = desk.signed_in("ilse").submit(page, form, page=page)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert terminals_of(desk).terminal(terminal.id).profile == PROFILE


def test_the_hosts_code_is_shown_once_and_opens_the_terminal(desk, tmp_path, caplog) -> None:
    terminal = enrolled(desk)
    page = f"{PAGE}/{terminal.id}"
    manager = desk.signed_in("ilse")
    assert "U maakte nog geen code." in manager.get(page).text
    answer = manager.submit(f"{page}/host-code", {}, page=page)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r"digits\" dir=\"ltr\">(\d{4}) (\d{4})<", answer.text)
    assert found
    code = "".join(found.groups())
    again = manager.get(page).text
    assert "".join(found.groups()) not in again.replace(" ", "")
    assert "U maakte de code op" in again
    assert code not in caplog.text + str(answer.headers)

    told = terminals_of(desk).terminal(terminal.id).host_code_hash
    assert told
    own = HostCode(Store(tmp_path / "terminal"))
    own.take_hash(told)
    own.check(f"{code[:4]} {code[4:]}", datetime.now(UTC))
    second = manager.submit(f"{page}/host-code", {}, page=page)
    assert second.text != answer.text
    own.take_hash(terminals_of(desk).terminal(terminal.id).host_code_hash or "")
    with pytest.raises(WrongCode):
        own.check(code, datetime.now(UTC))


def test_a_revoked_terminal_gets_no_code(desk) -> None:
    terminal = enrolled(desk)
    terminals_of(desk).revoke(terminal.id, datetime.now(UTC))
    page = f"{PAGE}/{terminal.id}"
    assert desk.signed_in("ilse").submit(f"{page}/host-code", {}, page=PAGE).status_code == 404


def test_a_revoked_terminal_stays_revoked(desk) -> None:
    terminal = enrolled(desk)
    page = f"{PAGE}/{terminal.id}"
    ilse = desk.signed_in("ilse")
    assert ilse.submit(f"{page}/intrekken", page=page).status_code == 303
    assert terminals_of(desk).terminal(terminal.id).state == "revoked"
    assert "Weggehaald. Deze terminal kan niets meer" in ilse.get(PAGE).text
    assert "Instellingen" not in ilse.get(page).text
    assert ilse.submit(page, SETTINGS, page=PAGE).status_code == 404


def test_another_municipalitys_terminal_is_not_there(desk) -> None:
    user, _ = desk.new_municipality()
    there = enrolled(desk, by=user)
    ilse = desk.signed_in("ilse")
    assert "Oosterdorp" not in ilse.get(PAGE).text
    for address in (f"{PAGE}/{there.id}", f"{PAGE}/nothing"):
        assert ilse.get(address).status_code == 404
    for what in ("intrekken", "host-code"):
        assert ilse.submit(f"{PAGE}/{there.id}/{what}", page=PAGE).status_code == 404
    assert terminals_of(desk).terminal(there.id).state == "new"
    assert terminals_of(desk).terminal(there.id).host_code_hash is None


@pytest.mark.parametrize("language", ["nl", "en", "ar"])
def test_only_managers_and_in_each_language(desk, language) -> None:
    terminal = enrolled(desk)
    assert desk.signed_in("ilse", language).get(f"{PAGE}/{terminal.id}").status_code == 200
    for address in (PAGE, f"{PAGE}/{terminal.id}"):
        assert desk.signed_in("sanne", language).get(address).status_code == 403
