"""What people and others do wrong on the citizen's pages: each gets a kind sentence, and nothing changes."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.conversations import Role, new_token
from tests.html_checks import CheckedClient, parse
from tests.visitor_desk import VisitorDesk


@pytest.fixture(scope="module")
def one_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VisitorDesk]:
    desk = VisitorDesk(tmp_path_factory.mktemp("desk"))
    yield desk
    desk.close()


@pytest.fixture
def desk(one_desk: VisitorDesk) -> VisitorDesk:
    return one_desk.renew()


def ready(desk: VisitorDesk, role: Role = Role.CITIZEN) -> tuple[CheckedClient, str]:
    """Both questions answered."""
    guest, home = desk.guest(role)
    guest.submit(home + "ondertitels", {"lezen": "ja"}, page=home + "ondertitels")
    guest.submit(home + "ondertitels/stem", {"stem": "ja"}, page=home + "ondertitels/stem")
    return guest, home


# --- Links


def test_an_ended_link_says_so(desk: VisitorDesk) -> None:
    desk.end()
    page = desk.client().get(f"/l/{desk.links[Role.CITIZEN]}")
    assert (page.status_code, "Dit gesprek is klaar" in page.text) == (410, True)
    assert "Set-Cookie" not in page.headers or "invitations" not in page.headers["Set-Cookie"]


def test_a_replaced_link_is_out_also_in_an_open_browser(desk: VisitorDesk) -> None:
    guest, home = ready(desk)
    desk.conversations.replace_link(home.split("/")[2])
    page = desk.client().get(f"/l/{desk.links[Role.CITIZEN]}")
    assert (page.status_code, "Er is een nieuwe link voor u" in page.text) == (410, True)
    assert guest.get(home).status_code == 410
    assert guest.get(home + "wachten").status_code == 410


@pytest.mark.parametrize(
    "token", ["", "x", "x" * 5000, "../../desk", "%00", "a/b/c", "é" * 43, "' OR 1=1 --", "<script>"]
)
def test_a_mangled_link_helps_on(desk: VisitorDesk, token: str) -> None:
    page = desk.client().get(f"/l/{token}")
    assert page.status_code == 404
    assert "Er mist een stukje van uw link" in page.text
    assert desk.municipality.phone in page.text


def test_a_foreign_link_helps_on(desk: VisitorDesk) -> None:
    page = desk.client().get(f"/l/{new_token()}")
    assert (page.status_code, "Wij kennen deze link niet" in page.text) == (404, True)


@pytest.mark.parametrize("stuck", [".", ")", "%20", ">", ",", "%E2%80%9D"])
def test_what_mail_leaves_behind_a_link_does_not_hurt(desk: VisitorDesk, stuck: str) -> None:
    assert desk.client().get(f"/l/{desk.links[Role.CITIZEN]}{stuck}").status_code == 303


def test_the_secret_is_in_no_later_address_or_page(desk: VisitorDesk) -> None:
    guest, home = desk.guest()
    token = desk.links[Role.CITIZEN]
    assert token not in home
    assert token not in guest.get(home).text


def test_guessing_is_slowed_down_kindly(tmp_path: Path) -> None:
    desk = VisitorDesk(tmp_path, limits=True)
    client = desk.client()
    answers = [client.get(f"/l/{new_token()}") for _ in range(70)]
    assert answers[0].status_code == 404
    assert answers[-1].status_code == 429
    assert "Wacht" in answers[-1].text
    desk.close()


# --- Other people's


def test_nobody_enters_by_an_address_alone(desk: VisitorDesk) -> None:
    _, home = desk.guest()
    stranger = desk.client()
    nothing = "/gesprek/000000000000/"
    for page in (
        "",
        "liever-niet",
        "ondertitels",
        "ondertitels/stem",
        "apparaat",
        "wachten",
        "praten",
        "oordeel",
    ):
        mine, none = stranger.get(home + page), stranger.get(nothing + page)
        assert (mine.status_code, none.status_code) == (403, 403), page
        assert _bare(mine.text, home) == _bare(none.text, nothing), "existing or not must look the same"


def test_an_invitation_opens_only_itself(desk: VisitorDesk) -> None:
    guest, _ = desk.guest(Role.RELATIVE)
    _, others = desk.guest(Role.CITIZEN)
    assert guest.get(others).status_code == 403
    token = _token(guest, "/")
    for action in ("meedoen", "weg", "oordeel"):
        assert guest.post(others + action, {"csrf_token": token, "makkelijk": "1"}).status_code == 403
    assert desk.conversation().seats == ()


def test_a_tampered_cookie_is_nobody(desk: VisitorDesk) -> None:
    guest, home = desk.guest()
    cookie = guest.client.get_cookie("wijkbalie_session")
    assert cookie is not None
    guest.client.set_cookie("wijkbalie_session", cookie.value[:-4] + "AAAA")
    assert guest.get(home).status_code == 403


# --- Forms


@pytest.mark.parametrize(
    ("page", "field"), [("ondertitels", "lezen"), ("ondertitels/stem", "stem"), ("oordeel", "makkelijk")]
)
@pytest.mark.parametrize("value", ["", "4", "-1", "x" * 10_000, "<b>", "ja\x00", "٣"])
def test_garbage_is_asked_again(desk: VisitorDesk, page: str, field: str, value: str) -> None:
    guest, home = ready(desk)
    before = desk.conversations.invitation(home.split("/")[2])
    answer = guest.submit(home + page, {field: value}, page=home + page)
    assert answer.status_code == 422
    assert desk.conversations.invitation(home.split("/")[2]) == before
    assert desk.ratings() == 0


@pytest.mark.parametrize(
    "action", ["meedoen", "weg", "ondertitels", "ondertitels/stem", "oordeel", "oordeel/prettig"]
)
def test_a_form_without_its_token_changes_nothing(desk: VisitorDesk, action: str) -> None:
    guest, home = ready(desk)
    answer = guest.post(home + action, {"lezen": "ja", "stem": "ja", "makkelijk": "1", "prettig": "1"})
    assert answer.status_code == 400
    assert "Probeer het nog een keer" in answer.text
    assert desk.conversation().seats == ()
    assert desk.ratings() == 0


def test_nobody_sits_down_before_the_questions(desk: VisitorDesk) -> None:
    guest, home = desk.guest()
    assert guest.submit(home + "meedoen", page=home + "apparaat").location == home + "ondertitels"
    assert guest.get(home + "ondertitels/stem").location == home + "ondertitels"
    assert desk.conversation().seats == ()


def test_pressing_twice_is_pressing_once(desk: VisitorDesk) -> None:
    guest, home = ready(desk)
    for _ in range(2):
        assert guest.submit(home + "meedoen", page=home + "apparaat").location == home + "wachten"
    assert len(desk.conversation().seats) == 1
    desk.end()
    for _ in range(2):
        if desk.ratings() == 0:
            guest.submit(home + "oordeel", {"makkelijk": "3"}, page=home + "oordeel")
        token = _token(guest, "/")
        answer = guest.post(home + "oordeel/prettig", {"prettig": "3", "csrf_token": token})
        assert answer.location == home + "tot-ziens"
    assert desk.ratings() == 1


def test_rating_needs_both_answers(desk: VisitorDesk) -> None:
    guest, home = ready(desk)
    desk.end()
    token = _token(guest, "/")
    answer = guest.post(home + "oordeel/prettig", {"prettig": "3", "csrf_token": token})
    assert answer.location == home + "oordeel"
    assert desk.ratings() == 0


# --- Full, gone, over


def test_a_fifth_person_is_refused_kindly_and_can_try_again(desk: VisitorDesk) -> None:
    guests = [ready(desk, role) for role in (Role.CITIZEN, Role.INTERPRETER, Role.RELATIVE)]
    link = desk.invite(Role.RELATIVE, "Nog iemand")
    desk.links[Role.RELATIVE] = link.token
    guests.append(ready(desk, Role.RELATIVE))
    answers = [guest.submit(home + "meedoen", page=home + "apparaat") for guest, home in guests]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 409]
    assert "Het gesprek is vol" in answers[3].text
    first, home = guests[0]
    first.submit(home + "weg", page=home + "wachten")
    last, home = guests[3]
    assert (
        last.post(home + "meedoen", {"csrf_token": _token(last, home + "apparaat")}).location
        == home + "wachten"
    )


def test_two_who_race_for_the_last_seat(desk: VisitorDesk) -> None:
    for role in (Role.CITIZEN, Role.INTERPRETER):
        guest, home = ready(desk, role)
        guest.submit(home + "meedoen", page=home + "apparaat")
    racers = []
    for name in ("Een", "Twee"):
        desk.links[Role.RELATIVE] = desk.invite(Role.RELATIVE, name).token
        guest, home = ready(desk, Role.RELATIVE)
        racers.append((guest, home, _token(guest, home + "apparaat")))
    start = threading.Barrier(2)
    statuses: list[int] = []

    def run(guest: CheckedClient, home: str, token: str) -> None:
        start.wait()
        statuses.append(guest.post(home + "meedoen", {"csrf_token": token}).status_code)

    threads = [threading.Thread(target=run, args=racer) for racer in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 409]
    assert len(desk.conversation().seats) == 3


def test_whoever_declines_takes_no_seat(desk: VisitorDesk) -> None:
    guest, home = desk.guest()
    assert guest.get(home + "liever-niet").status_code == 200
    assert desk.conversation().seats == ()


def test_removed_while_waiting_leads_back_to_the_welcome(desk: VisitorDesk) -> None:
    guest, home = ready(desk)
    guest.submit(home + "meedoen", page=home + "apparaat")
    desk.conversations.leave(desk.conversation().seats[0].id)
    assert guest.get(home + "wachten").location == home
    assert guest.get(home + "praten").location == home


def test_the_talk_ends_while_somebody_chooses(desk: VisitorDesk) -> None:
    guest, home = ready(desk)
    token = _token(guest, home + "apparaat")
    desk.end()
    for page in ("", "liever-niet", "ondertitels", "ondertitels/stem", "apparaat"):
        answer = guest.get(home + page)
        assert (answer.status_code, "Dit gesprek is klaar" in answer.text) == (410, True), page
    assert guest.post(home + "meedoen", {"csrf_token": token}).status_code == 410


def test_leaving_from_two_tabs_is_leaving_once(desk: VisitorDesk) -> None:
    guest, home = ready(desk)
    guest.submit(home + "meedoen", page=home + "apparaat")
    token = _token(guest, home + "wachten")
    assert guest.post(home + "weg", {"csrf_token": token}).location == home + "tot-ziens"
    assert guest.post(home + "weg", {"csrf_token": token}).status_code == 303
    assert desk.conversation().seats == ()


@pytest.mark.parametrize(
    "name", ["x" * 60, "<script>alert(1)</script>", "\u202eevil\u202c", "a\u0000b", "&lt;", "عربي"]
)
def test_a_strange_name_breaks_no_page(desk: VisitorDesk, name: str) -> None:
    link = desk.invite(Role.RELATIVE, name)
    guest = desk.client()
    page = guest.get(str(guest.get(f"/l/{link.token}").location))
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def _token(client: CheckedClient, page: str) -> str:
    fields = parse(client.get(page).text).iter("input")
    return next(field.get("value", "") for field in fields if field.get("name") == "csrf_token")


def _bare(page: str, address: str) -> str:
    """Without what differs between any two answers."""
    return re.sub(r'(name="csrf.token" (value|content)|data-token)="[^"]*"', "", page.replace(address, ""))
