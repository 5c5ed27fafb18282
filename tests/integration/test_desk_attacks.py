"""The desk attacked: without signing in, from another municipality, without a token, after signing out, by guessing."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.desk.gate import OPEN_TO_ALL, own_page
from app.storage.employees import StoredEmployees
from tests.employee_desk import EmployeeDesk, sign_in
from tests.integration.test_desk_pages import links_on, new_talk


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[EmployeeDesk]:
    desk = EmployeeDesk(tmp_path, database_url, base_url="https://balie.example")
    yield desk
    desk.close()


def desk_routes(desk: EmployeeDesk) -> list[tuple[str, str, str]]:
    """Endpoint, method, path, with the demo talk's names in the path."""
    conversation = desk.conversations.conversation(desk.demo.conversation_id)
    names = {
        "conversation_id": conversation.id,
        "invitation_id": conversation.invitations[0].id,
        "kind": "namen",
        "word_id": "1",
        "terminal_id": "0123456789ab",
        "call_back_id": "8b0c7f0e-5f0e-4c7e-9d3c-5b1d2f3a4e5d",
    }
    found = []
    for rule in desk.app.url_map.iter_rules():
        if rule.endpoint.startswith("desk."):
            path = re.sub(r"<(\w+)>", lambda match: names[match[1]], rule.rule)
            found += [
                (rule.endpoint, method, path) for method in sorted((rule.methods or set()) & {"GET", "POST"})
            ]
    return found


def state_of(desk: EmployeeDesk) -> object:
    return desk.conversations.conversation(desk.demo.conversation_id)


def test_no_route_is_open_without_signing_in(desk: EmployeeDesk) -> None:
    routes, before = desk_routes(desk), state_of(desk)
    assert len(routes) >= 11
    desk.app.config["WTF_CSRF_ENABLED"] = False  # so that the gate alone is tested
    for endpoint, method, path in routes:
        answer = desk.browser().client.open(path, method=method)
        if endpoint in OPEN_TO_ALL:
            assert answer.status_code in (200, 303, 422)
        else:
            assert answer.status_code == 303, path
            assert answer.location.startswith("/desk/inloggen"), path
    assert state_of(desk) == before


def test_a_form_from_elsewhere_changes_nothing(desk: EmployeeDesk) -> None:
    browser, before = desk.signed_in(), state_of(desk)
    for _, method, path in desk_routes(desk):
        if method == "POST":
            for token in ({}, {"csrf_token": "made up"}):
                answer = browser.post(path, {"role": "relative", "service_type": "1", **token})
                assert answer.status_code == 400, path
    assert state_of(desk) == before
    assert browser.get("/desk/").status_code == 200, "not even signed out"


def test_another_municipalitys_talk_is_not_there(desk: EmployeeDesk) -> None:
    stranger, foreign_id = desk.new_municipality()
    for user, conversation_id in ((stranger, desk.demo.conversation_id), ("sanne", foreign_id)):
        browser = desk.signed_in(user)
        conversation = desk.conversations.conversation(conversation_id)
        for _, method, path in desk_routes(desk):
            if "/gesprekken/" not in path:
                continue
            path = path.replace(desk.demo.conversation_id, conversation_id)
            answer = (
                browser.get(path)
                if method == "GET"
                else browser.submit(path, {"role": "relative"}, page="/desk/uiterlijk")
            )
            assert answer.status_code == 404, path
        assert desk.conversations.conversation(conversation_id) == conversation
        assert conversation_id not in browser.get("/desk/").text


def test_another_municipalitys_service_starts_nothing(desk: EmployeeDesk) -> None:
    desk.new_municipality()
    browser = desk.signed_in()
    for service_type in ("5", "999999", "-1", "x", "", "1; DROP TABLE seat", "9" * 400):
        answer = browser.submit("/desk/gesprekken", {"service_type": service_type}, page="/desk/")
        assert answer.status_code == 404


def test_a_link_of_another_talk_cannot_be_renewed_through_ours(desk: EmployeeDesk) -> None:
    browser = desk.signed_in()
    page, _ = new_talk(desk, browser)
    other = desk.conversations.conversation(desk.demo.conversation_id).invitations[0]
    for invitation_id in (other.id, "nothing", "%00", "%ED%A0%80"):
        answer = browser.submit(f"{page}/links/{invitation_id}/vernieuwen", page=page)
        assert answer.status_code == 404
    assert desk.conversations.invitation(other.id).replaced_at is None


@pytest.mark.parametrize("odd", ["%00", "%ED%A0%80", "x" * 5_000, "' OR 1=1 --", "%F0%9F%98%80"])
def test_an_odd_address_is_not_there(desk: EmployeeDesk, odd: str) -> None:
    assert desk.signed_in().client.get(f"/desk/gesprekken/{odd}").status_code == 404


def test_wrong_name_and_wrong_password_read_the_same(desk: EmployeeDesk) -> None:
    def told(user: str) -> str:
        browser = desk.browser()
        answer = sign_in(browser, user, "wrong")
        assert answer.status_code == 422
        return re.sub(r'(value|content|data-token)="[^"]*"', "", answer.text)  # forms' tokens, the name typed

    assert told("sanne") == told("nobody")


def test_guessing_is_locked_out_with_a_time(desk: EmployeeDesk) -> None:
    for user in ("sanne", "nobody"):
        browser = desk.browser()
        for _ in range(5):
            answer = sign_in(browser, user, "wrong")
        assert re.search(r"Probeer het weer om \d\d:\d\d", answer.text)
    answer = sign_in(desk.browser(), "sanne", desk.passwords["sanne"])
    assert answer.status_code == 422, "the right password does not help either"


def test_many_names_from_one_address_are_slowed_down(tmp_path: Path, migrated) -> None:
    desk = EmployeeDesk(tmp_path, migrated("sqlite"), limits=True)
    browser = desk.browser()
    answers = [sign_in(browser, f"name{n}", "wrong").status_code for n in range(22)]
    assert answers[:20] == [422] * 20
    assert answers[20:] == [429, 429]
    desk.close()


def test_empty_fields_count_as_no_guess(desk: EmployeeDesk) -> None:
    for _ in range(6):
        answer = sign_in(desk.browser(), "sanne", "")
        assert answer.status_code == 422
        assert "Vul uw wachtwoord in" in answer.text
    desk.signed_in()


def test_a_session_is_new_at_each_signing_in(desk: EmployeeDesk) -> None:
    """A cookie that somebody planted before must not become the employee's (CWE-384)."""
    browser = desk.signed_in()
    planted = browser.client.get_cookie("wijkbalie_session").value
    with browser.client.session_transaction() as session:
        first = session["employee_token"]
    browser.submit("/desk/uitloggen", page="/desk/")
    sign_in(browser, "yusuf", desk.passwords["yusuf"])
    with browser.client.session_transaction() as session:
        assert session["employee_token"] != first
    victim = desk.browser()
    victim.client.set_cookie("wijkbalie_session", planted)
    assert victim.get("/desk/").status_code == 303


def test_signing_in_over_another_session_ends_that_one(desk: EmployeeDesk) -> None:
    browser = desk.signed_in()
    page, _ = new_talk(desk, browser)
    stolen = browser.client.get_cookie("wijkbalie_session").value
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/desk/").text)[1]
    fields = {"csrf_token": token, "user_name": "yusuf", "password": desk.passwords["yusuf"]}
    assert browser.post("/desk/inloggen", fields).status_code == 303
    assert not links_on(browser.get(page).text), "the former person's links are gone"
    thief = desk.browser()
    thief.client.set_cookie("wijkbalie_session", stolen)
    assert thief.get("/desk/").status_code == 303


def test_a_kept_cookie_is_worthless_after_signing_out(desk: EmployeeDesk) -> None:
    browser = desk.signed_in()
    kept = browser.client.get_cookie("wijkbalie_session").value
    assert browser.submit("/desk/uitloggen", page="/desk/").location == "/desk/inloggen"
    thief = desk.browser()
    thief.client.set_cookie("wijkbalie_session", kept)
    for path in ("/desk/", f"/desk/gesprekken/{desk.demo.conversation_id}/praten"):
        assert thief.get(path).status_code == 303
    assert (
        thief.get("/desk/", headers={"HX-Request": "true"})
        .headers["HX-Redirect"]
        .startswith("/desk/inloggen")
    )


def test_a_changed_cookie_is_no_cookie(desk: EmployeeDesk) -> None:
    browser = desk.signed_in()
    value = browser.client.get_cookie("wijkbalie_session").value
    browser.client.set_cookie("wijkbalie_session", "A" + value[1:])
    assert browser.get("/desk/").status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/", "//evil.example/desk/", "/\\evil.example", "/desk//evil.example", "/desk/\\evil",
        "javascript:alert(1)", "/desk/../gesprek", "/desk/%0d%0aSet-Cookie:x=1", "/deskevil", "/desk@evil.example",
        "/desk/?next=//evil.example", " /desk/", "/desk/\t/evil.example", "https:/desk/", "/desk/#@evil", "/desk",
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(desk: EmployeeDesk, address: str, monkeypatch) -> None:
    assert own_page(address) is None
    browser = desk.browser()
    form = browser.get("/desk/inloggen", query_string={"next": address}).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
    monkeypatch.setattr(
        StoredEmployees, "_find", lambda *_: 1
    )  # a fitting password, without the slow hashing
    answer = browser.post(
        "/desk/inloggen",
        {"csrf_token": token, "user_name": "sanne", "password": desk.passwords["sanne"]},
        query_string={"next": address},
    )
    assert answer.location == "/desk/"


def test_the_self_refreshing_list_does_not_keep_one_in(desk: EmployeeDesk, monkeypatch) -> None:
    browser = desk.signed_in()
    late = datetime.now(UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return late

    monkeypatch.setattr("app.desk.routes.datetime", Clock)
    for _ in range(6):
        late += timedelta(minutes=5, seconds=1)
        last = browser.get("/desk/", headers={"HX-Request": "true"})
    assert last.headers.get("HX-Redirect", "").startswith("/desk/inloggen")


def test_too_many_invitations_are_refused(desk: EmployeeDesk) -> None:
    browser = desk.signed_in()
    page, conversation_id = new_talk(desk, browser)
    for _ in range(11):
        browser.submit(f"{page}/uitnodigen", {"role": "relative"}, page=page)
    refused = browser.submit(f"{page}/uitnodigen", {"role": "relative"}, page=page)
    assert refused.status_code == 422
    assert len(desk.conversations.conversation(conversation_id).invitations) == 12
    assert len(browser.client.get_cookie("wijkbalie_session").value) < 3_500
    for role in ("citizen", "manager", "", "lead"):
        assert browser.submit(f"{page}/uitnodigen", {"role": role}, page=page).status_code == 400
