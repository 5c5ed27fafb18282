"""Who may use each address of the real application. One table; an address that is not in it fails the test."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from app.domain.call_backs import CallBackWish
from app.domain.conversations import Choices, Role
from app.domain.terminals import TerminalProfile
from app.storage.call_backs import StoredCallBacks
from app.storage.terminals import StoredTerminals
from app.storage.words import StoredWords
from tests.employee_desk import EmployeeDesk
from tests.html_checks import CheckedClient


class Right(StrEnum):
    """What opens an address."""

    NONE = "everybody may"
    SECRET = "who knows the secret in the address"
    LINK = "who opened this person's link"
    SEAT = "who sits in this seat"
    EMPLOYEE = "an employee of this municipality who is signed in"
    MANAGER = "a manager of this municipality who is signed in"
    TERMINAL = "a terminal, by the signature of its key"
    MACHINE = "everybody may; says nothing of people"


RIGHTS = {
    "GET /": Right.NONE,
    "GET /assets/<content_hash>/<path:path>": Right.NONE,
    "GET /contact": Right.NONE,
    "GET /gallery": Right.NONE,
    "GET /gallery/<name>": Right.NONE,
    "GET /privacy": Right.NONE,
    "GET /toegankelijkheid": Right.NONE,
    "GET /zinnen": Right.NONE,
    "GET /zinnen/fragment": Right.NONE,
    "GET /zinnen/geluid/<language>/<phrase_id>": Right.NONE,
    "GET /voorkeuren": Right.NONE,
    "POST /voorkeuren": Right.NONE,
    "POST /taal": Right.NONE,
    "POST /voorlezen": Right.NONE,
    "GET /desk/inloggen": Right.NONE,
    "POST /desk/inloggen": Right.NONE,
    "POST /desk/uitloggen": Right.NONE,
    "GET /gesprek/<invitation_id>/tot-ziens": Right.NONE,  # the same words for everybody
    "GET /l/": Right.SECRET,
    "GET /l/<path:token>": Right.SECRET,
    "GET /voorlezen/<token>.wav": Right.SECRET,
    "GET /gesprek/<invitation_id>/": Right.LINK,
    "GET /gesprek/<invitation_id>/apparaat": Right.LINK,
    "GET /gesprek/<invitation_id>/liever-niet": Right.LINK,
    "POST /gesprek/<invitation_id>/meedoen": Right.LINK,
    "GET /gesprek/<invitation_id>/ondertitels": Right.LINK,
    "POST /gesprek/<invitation_id>/ondertitels": Right.LINK,
    "GET /gesprek/<invitation_id>/ondertitels/stem": Right.LINK,
    "POST /gesprek/<invitation_id>/ondertitels/stem": Right.LINK,
    "GET /gesprek/<invitation_id>/oordeel": Right.LINK,
    "POST /gesprek/<invitation_id>/oordeel": Right.LINK,
    "GET /gesprek/<invitation_id>/oordeel/prettig": Right.LINK,
    "POST /gesprek/<invitation_id>/oordeel/prettig": Right.LINK,
    "GET /gesprek/<invitation_id>/praten": Right.LINK,
    "GET /gesprek/<invitation_id>/wachten": Right.LINK,
    "POST /gesprek/<invitation_id>/weg": Right.LINK,
    "GET /sockets/geluid/<seat_id>": Right.SEAT,
    "GET /sockets/gesprek/<seat_id>": Right.SEAT,
    "GET /desk/": Right.EMPLOYEE,
    "POST /desk/gesprekken": Right.EMPLOYEE,
    "GET /desk/gesprekken/<conversation_id>": Right.EMPLOYEE,
    "POST /desk/gesprekken/<conversation_id>/eindigen": Right.EMPLOYEE,
    "POST /desk/gesprekken/<conversation_id>/links/<invitation_id>/vernieuwen": Right.EMPLOYEE,
    "GET /desk/gesprekken/<conversation_id>/praten": Right.EMPLOYEE,
    "POST /desk/gesprekken/<conversation_id>/uitnodigen": Right.EMPLOYEE,
    "POST /desk/gesprekken/<conversation_id>/links/<invitation_id>/code": Right.EMPLOYEE,
    "POST /desk/gesprekken/<conversation_id>/opnemen": Right.EMPLOYEE,
    "GET /desk/terugbellen": Right.EMPLOYEE,
    "POST /desk/terugbellen/<call_back_id>/gebeld": Right.EMPLOYEE,
    "GET /desk/uiterlijk": Right.EMPLOYEE,
    "POST /desk/uiterlijk": Right.EMPLOYEE,
    "GET /desk/terminals": Right.MANAGER,
    "POST /desk/terminals": Right.MANAGER,
    "GET /desk/terminals/<terminal_id>": Right.MANAGER,
    "POST /desk/terminals/<terminal_id>": Right.MANAGER,
    "POST /desk/terminals/<terminal_id>/host-code": Right.MANAGER,
    "POST /desk/terminals/<terminal_id>/intrekken": Right.MANAGER,
    "GET /desk/woorden": Right.MANAGER,
    "POST /desk/woorden/<kind>": Right.MANAGER,
    "POST /desk/woorden/<kind>/<word_id>/weg": Right.MANAGER,
    "POST /terminal/api/enrolments": Right.TERMINAL,  # any key: it gets a code to show, and nothing else
    "POST /terminal/api/enrolments/state": Right.TERMINAL,
    "POST /terminal/api/heartbeat": Right.TERMINAL,
    "POST /terminal/api/host-code": Right.TERMINAL,
    "POST /terminal/api/profile": Right.TERMINAL,
    "POST /terminal/api/self-test": Right.TERMINAL,
    "POST /terminal/api/self-tests": Right.TERMINAL,
    "GET /terminal/zelftest/<token>": Right.SECRET,
    "POST /terminal/zelftest/<token>/offer": Right.SECRET,
    "POST /terminal/zelftest/<token>/result": Right.SECRET,
    "POST /terminal/api/call-back": Right.TERMINAL,
    "GET /terminal/api/key": Right.TERMINAL,
    "POST /terminal/api/leave": Right.TERMINAL,
    "POST /terminal/api/short-code": Right.TERMINAL,
    "POST /terminal/api/walk-in": Right.TERMINAL,
    "GET /terminal/in/<token>": Right.SECRET,
    "GET /terminal/uit": Right.NONE,  # does something for a terminal's browser alone
    "POST /terminal/api/information": Right.TERMINAL,
    "GET /healthz": Right.MACHINE,
    "GET /readyz": Right.MACHINE,
}

SECRET_NAME = "Xanthippe"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Origin": "http://localhost",
}


class Talk:
    """A desk with one talk in which two people sit whose names nobody else may read."""

    def __init__(self, desk: EmployeeDesk) -> None:
        self.desk = desk
        lead = desk.conversations.conversation(desk.demo.conversation_id)
        start = desk.conversations.start_conversation
        talk, _ = start(lead.lead_employee_id, lead.service_type.id)
        self.id = talk.id
        self.link = desk.conversations.invite(talk.id, Role.RELATIVE, SECRET_NAME)
        self.sister = desk.conversations.invite(talk.id, Role.RELATIVE, f"{SECRET_NAME} 2")
        for link in (self.link, self.sister):
            desk.conversations.keep_choices(link.invitation.id, Choices("nl", True, "nl", True))
        self.seat = desk.conversations.take_seat(self.link.invitation.id)
        desk.conversations.take_seat(self.sister.invitation.id)
        self.other_talk_link = start(lead.lead_employee_id, lead.service_type.id)[1]
        self.stranger, _ = desk.new_municipality()
        self.call_back_id = str(uuid4())
        self.call_backs = StoredCallBacks(desk.database)
        self.call_backs.keep_call_back(
            self.call_back_id, CallBackWish(SECRET_NAME, "0612345678", "nl", "", "")
        )
        self.terminals = StoredTerminals(desk.database)
        now = datetime.now(UTC)
        self.terminal_id = self.terminals.confirm_enrolment(
            self.terminals.begin_enrolment(b"k" * 32, now),
            TerminalProfile(SECRET_NAME, {}, None, ("nl",), printer=False),
            lead.lead_employee_id or 0,
            now,
        ).id
        self.municipality_id = desk.employees.municipality().id
        desk.app.config["WTF_CSRF_ENABLED"] = False  # so that the right alone is tested

    def address(self, rule: str) -> str:
        names = {
            "invitation_id": self.link.invitation.id,
            "conversation_id": self.id,
            "seat_id": self.seat.id,
            "content_hash": "0",
            "path": "accessible_ui/start.js",
            "language": "nl",
            "phrase_id": "not-understand",
            "kind": "namen",
            "word_id": "1",
            "terminal_id": self.terminal_id,
            "call_back_id": self.call_back_id,
            "name": "button",
            "token": "bm90LWEtc2VjcmV0",
        }
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: names[match[1]], rule)

    def ask(self, browser: CheckedClient, rule: str) -> TestResponse:
        method, path = rule.split(" ", 1)
        headers = UPGRADE if path.startswith("/sockets/") else {}
        form = {"role": "relative", "service_type": "1", "lezen": "ja", "stem": "ja", "makkelijk": "1"}
        body = {"data": form} if method == "POST" else {}
        return browser.client.open(self.address(path), method=method, headers=headers, **body)

    def guest(self, token: str) -> CheckedClient:
        browser = self.desk.browser()
        assert browser.get(f"/l/{token}").status_code == 303
        return browser

    def words(self) -> tuple[object, ...]:
        kept = StoredWords(self.desk.database)
        return kept.own_phrases(), kept.own_terms(), kept.vocabulary_words()

    def state(self) -> tuple[object, ...]:
        conversation = self.desk.conversations.conversation(self.id)
        return (
            conversation,
            self.words(),
            self.terminals.all_terminals(self.municipality_id),
            self.call_backs.call_backs(self.municipality_id),
            [self.desk.conversations.invitation(each.id) for each in conversation.invitations],
        )


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[str], str]) -> Iterator[Talk]:
    desk = EmployeeDesk(tmp_path_factory.mktemp("routes"), migrated("sqlite"))
    yield Talk(desk)
    desk.close()


def with_right(*rights: Right) -> list[str]:
    return [rule for rule, right in RIGHTS.items() if right in rights]


def test_every_route_is_in_the_table(talk: Talk) -> None:
    real = {
        f"{method} {rule.rule}"
        for rule in talk.desk.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert real - RIGHTS.keys() == set(), "say in RIGHTS who may use these"
    assert RIGHTS.keys() - real == set(), "these are gone"


def intruders(talk: Talk) -> dict[str, CheckedClient]:
    return {
        "nobody": talk.desk.browser(),
        "guest of another talk": talk.guest(talk.other_talk_link.token),
        "other guest of this talk": talk.guest(talk.sister.token),
        "this municipality's employee": talk.desk.signed_in("sanne"),
        "another municipality's employee": talk.desk.signed_in(talk.stranger),
    }


def refused(right: Right, who: str, rule: str, answer: TestResponse) -> bool:
    """As this right is refused: the status, and where a person is led."""
    if right is Right.SECRET:
        return answer.status_code == 404
    if right in (Right.LINK, Right.SEAT):
        return answer.status_code == 403
    if right is Right.TERMINAL:
        return answer.status_code == 401 and answer.get_json()["code"] == "bad_signature"
    if who != "another municipality's employee":
        if right is Right.MANAGER and who == "this municipality's employee":
            return answer.status_code == 403
        return answer.status_code == 303 and answer.location.startswith("/desk/inloggen")
    if right is Right.MANAGER:
        return answer.status_code == 403
    return answer.status_code == 404


@pytest.mark.parametrize("right", [each for each in Right if each not in (Right.NONE, Right.MACHINE)])
def test_without_the_right_there_is_a_refusal_and_no_data(talk: Talk, right: Right) -> None:
    before = talk.state()
    own_pages = {
        "GET /desk/",
        "GET /desk/uiterlijk",
        "POST /desk/uiterlijk",
        "GET /desk/terugbellen",
    }  # of any employee's own municipality
    for who, browser in intruders(talk).items():
        if right is Right.EMPLOYEE and who == "this municipality's employee":
            continue
        for rule in with_right(right):
            if who == "another municipality's employee" and rule in own_pages:
                continue
            answer = talk.ask(browser, rule)
            assert refused(right, who, rule, answer), (
                f"{who}: {rule} → {answer.status_code} {answer.location}"
            )
            assert SECRET_NAME not in answer.text, f"{who}: {rule}"
            assert talk.id not in answer.text.replace(talk.address(rule.split()[1]), ""), f"{who}: {rule}"
            assert "invitations" not in answer.headers.get("Set-Cookie", "")
    assert talk.state() == before


@pytest.mark.parametrize("right", [Right.NONE, Right.MACHINE])
def test_what_everybody_may_see_names_nobody(talk: Talk, right: Right) -> None:
    before, browser = talk.state(), talk.desk.browser()
    for rule in with_right(right):
        answer = talk.ask(browser, rule)
        assert answer.status_code in (200, 303, 400, 422, 503), f"{rule} → {answer.status_code}"
        assert SECRET_NAME not in answer.text, rule
        assert talk.id not in answer.text, rule
        assert talk.link.token not in answer.text, rule
    assert talk.state() == before


def test_with_the_right_the_same_addresses_open(talk: Talk) -> None:
    """Else a page that refuses everybody would pass above."""
    holders = {
        Right.LINK: talk.guest(talk.link.token),
        Right.EMPLOYEE: talk.desk.signed_in("sanne"),
        Right.MANAGER: talk.desk.signed_in("ilse"),
    }
    for right, browser in holders.items():
        for rule in with_right(right):
            if rule.startswith("GET "):
                answer = talk.ask(browser, rule)
                assert answer.status_code in (200, 303), f"{rule} → {answer.status_code}"
                assert not (answer.location or "").startswith("/desk/inloggen"), rule
    assert talk.guest(talk.link.token).get(f"/gesprek/{talk.link.invitation.id}/").status_code == 200


def test_other_methods_open_nothing(talk: Talk) -> None:
    """HEAD has the rule of GET, OPTIONS tells methods alone, the rest is not there."""
    browser = talk.desk.browser().client
    for rule in with_right(Right.LINK, Right.EMPLOYEE, Right.MANAGER):
        path = talk.address(rule.split()[1])
        for method in ("HEAD", "PUT", "PATCH", "DELETE"):
            answer = browser.open(path, method=method)
            assert answer.status_code in (303, 403, 405), f"{method} {path} → {answer.status_code}"
            assert SECRET_NAME not in answer.text
        assert browser.options(path).text == "" or browser.options(path).status_code in (303, 403)
