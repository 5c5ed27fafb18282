"""What the session cookie grants, and to whom."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, session
from flask.ctx import RequestContext

from app.conversations import access
from app.conversations.turn import IceServers
from app.domain.people import Employee
from tests.integration.test_room import seat

NOOR = Employee(1, 1, "noor", "Noor Bakker", "Noor", "balie", "employee")


class Staff:
    def employee_for_token(self, token: str, now: datetime) -> Employee | None:
        assert now.tzinfo is UTC
        return {"noor": NOOR, "ali": replace(NOOR, id=2)}.get(token)


@pytest.fixture
def request_of_a_browser() -> Iterator[RequestContext]:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="proef", BASE_URL="https://balie.example")
    with app.test_request_context("/", base_url="http://127.0.0.1:8000") as context:
        yield context


@pytest.mark.usefixtures("request_of_a_browser")
def test_a_link_opens_its_own_seat_alone() -> None:
    staff: Any = Staff()
    access.grant_invitation("invitation2")
    assert access.granted("invitation2")
    assert access.may_sit(seat(2), staff)
    assert not access.may_sit(seat(3), staff)
    assert not access.may_sit(seat(1), staff)
    access.withdraw_invitation("invitation2")
    assert not access.may_sit(seat(2), staff)


@pytest.mark.usefixtures("request_of_a_browser")
def test_an_employee_sits_in_their_own_seat_alone() -> None:
    staff: Any = Staff()
    access.remember_employee("ali")
    assert not access.may_sit(seat(1), staff)
    access.remember_employee("noor")
    assert access.may_sit(seat(1), staff)
    access.forget_employee()
    assert not access.may_sit(seat(1), staff)
    access.remember_employee("expired")
    assert access.current_employee(staff) is None


@pytest.mark.usefixtures("request_of_a_browser")
def test_the_cookie_stays_small_and_keeps_the_newest_links() -> None:
    for number in range(100):
        access.grant_invitation(f"{number:012}")
    access.grant_invitation("000000000090")
    assert len(session["invitations"]) == access.KEPT_INVITATIONS
    assert session["invitations"][-1] == "000000000090"
    assert not access.granted("000000000001")


@pytest.mark.usefixtures("request_of_a_browser")
def test_signing_in_starts_a_clean_session_but_keeps_links() -> None:
    session["something"] = "planted before"
    access.grant_invitation("mine")
    access.remember_employee("noor")
    assert dict(session) == {"invitations": ["mine"], "employee_token": "noor"}


@pytest.mark.parametrize("odd", [None, "abc", {"a": 1}, [1, None]])
@pytest.mark.usefixtures("request_of_a_browser")
def test_a_session_of_an_odd_form_grants_nothing(odd: object) -> None:
    session["invitations"], session["employee_token"] = odd, odd
    assert not access.granted("a")
    session["employee_token"] = ["noor"]
    staff: Any = Staff()
    assert access.current_employee(staff) is None


def test_no_turn_without_its_secret() -> None:
    assert IceServers().for_participant("a") == []
    assert IceServers(["stun:x"], ["turn:x"], "").for_participant("a") == [{"urls": ["stun:x"]}]


def test_turn_credentials_follow_the_servers_clock_alone() -> None:
    [turn] = IceServers((), ["turn:x"], "geheim", now=lambda: 1_000_000_000.9).for_participant("seat")
    assert turn == {
        "urls": ["turn:x"],
        "username": "1000043200:seat",
        "credential": "vt5gef0r9clIPaa9w+iUlj1Pwkk=",
    }
