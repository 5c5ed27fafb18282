"""The employee's pages, without JavaScript, on both databases. CheckedClient reads each page it is given."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest

from app.domain.conversations import LinkState, Role
from tests.employee_desk import EmployeeDesk, sign_in


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[EmployeeDesk]:
    desk = EmployeeDesk(tmp_path, database_url, base_url="https://balie.example")
    yield desk
    desk.close()


def links_on(html: str) -> list[str]:
    return re.findall(r'value="https://balie\.example/l/([A-Za-z0-9_-]{43})"', html)


def new_talk(desk: EmployeeDesk, browser) -> tuple[str, str]:
    """The preparation page's address and the new conversation's id."""
    answer = browser.submit("/desk/gesprekken", {"service_type": "1"}, page="/desk/")
    assert answer.status_code == 303
    return answer.location, answer.location.split("/")[-1]


@pytest.mark.parametrize("language", ["nl", "en", "ar"])
def test_every_page_is_whole(desk: EmployeeDesk, language: str) -> None:
    browser = desk.signed_in(language=language)
    page, conversation_id = new_talk(desk, browser)
    for path in ("/desk/", "/desk/uiterlijk", page, f"{page}/praten"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.text
    desk.conversations.end_conversation(conversation_id, datetime.now(UTC))
    assert browser.get(page).status_code == 200
    assert browser.get(f"{page}/praten").status_code == 410


def test_a_new_conversation_in_two_presses(desk: EmployeeDesk) -> None:
    browser = desk.signed_in()
    page, conversation_id = new_talk(desk, browser)
    shown = browser.get(page).text
    (token,) = links_on(shown)
    state, invitation = desk.conversations.check_link(token)
    assert (state, invitation.role, invitation.conversation_id) == (
        LinkState.OPEN,
        Role.CITIZEN,
        conversation_id,
    )
    assert "data:image/svg+xml" in shown
    mail, sms = re.search(r'href="(mailto:[^"]+)"', shown), re.search(r'href="(sms:[^"]+)"', shown)
    for address in (mail, sms):
        assert f"https://balie.example/l/{token}" in unquote(address[1])


def test_a_link_is_shown_to_its_maker_only(desk: EmployeeDesk) -> None:
    maker, colleague = desk.signed_in(), desk.signed_in("yusuf")
    page, _ = new_talk(desk, maker)
    assert links_on(maker.get(page).text)
    assert links_on(maker.get(page).text), "loading it again must not lose it"
    assert not links_on(colleague.get(page).text)


def test_a_link_is_not_shown_for_long(desk: EmployeeDesk, monkeypatch) -> None:
    browser = desk.signed_in()
    page, _ = new_talk(desk, browser)
    now = datetime.now(UTC).timestamp()
    monkeypatch.setattr("app.desk.new_links.time.time", lambda: now + 601)
    shown = browser.get(page).text
    assert not links_on(shown)
    assert "Wij bewaren de link niet" in shown


@pytest.mark.parametrize("role", ["interpreter", "relative", "employee"])
def test_inviting_gives_a_link_besides_the_first(desk: EmployeeDesk, role: str) -> None:
    browser = desk.signed_in()
    page, conversation_id = new_talk(desk, browser)
    answer = browser.submit(f"{page}/uitnodigen", {"role": role, "name": " A\u202emina "}, page=page)
    assert answer.status_code == 303
    shown = browser.get(page).text
    assert len(links_on(shown)) == 2
    invited = desk.conversations.conversation(conversation_id).invitations[-1]
    assert (invited.role, invited.display_name) == (Role(role), "Amina")
    assert desk.conversations.check_link(links_on(shown)[-1])[1].id == invited.id


def test_a_name_is_not_needed_but_must_be_readable(desk: EmployeeDesk) -> None:
    browser = desk.signed_in()
    page, conversation_id = new_talk(desk, browser)
    assert (
        browser.submit(f"{page}/uitnodigen", {"role": "relative", "name": "  "}, page=page).status_code == 303
    )
    for name in ("x" * 61, "\u200b\u202e", "--", "<b>" * 3_000):
        refused = browser.submit(f"{page}/uitnodigen", {"role": "relative", "name": name}, page=page)
        assert refused.status_code == 422
        assert 'href="#name"' in refused.text
    html = browser.submit(
        f"{page}/uitnodigen", {"role": "relative", "name": "<img src=x onerror=1>"}, page=page
    )
    assert html.status_code == 303
    assert "<img src=x" not in browser.get(page).text
    assert len(desk.conversations.conversation(conversation_id).invitations) == 3


def test_a_renewed_link_replaces_the_old_and_frees_the_seat(desk: EmployeeDesk) -> None:
    browser = desk.signed_in()
    page, conversation_id = new_talk(desk, browser)
    (old,) = links_on(browser.get(page).text)
    invitation = desk.conversations.check_link(old)[1]
    desk.conversations.take_seat(invitation.id)
    assert "Zit in de wachtkamer" in browser.get(page).text
    assert browser.submit(f"{page}/links/{invitation.id}/vernieuwen", page=page).status_code == 303
    (new,) = links_on(browser.get(page).text)
    assert desk.conversations.check_link(old)[0] is LinkState.REPLACED
    assert desk.conversations.check_link(new)[0] is LinkState.OPEN
    assert desk.conversations.conversation(conversation_id).seats == ()


def test_who_waits_stands_on_top(desk: EmployeeDesk) -> None:
    browser = desk.signed_in()
    _, conversation_id = new_talk(desk, browser)
    (invitation,) = desk.conversations.conversation(conversation_id).invitations
    desk.conversations.take_seat(invitation.id)
    page = browser.get("/desk/").text
    assert page.index(conversation_id) < page.index(desk.demo.conversation_id)
    assert "Wacht:" in page


def test_the_list_asks_itself_what_is_new(desk: EmployeeDesk) -> None:
    browser = desk.signed_in()
    part = browser.get("/desk/", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    again = re.search(r'hx-get="([^"]+)"', part)[1]
    assert browser.get(again, headers={"HX-Request": "true"}).status_code == 204
    new_talk(desk, browser)
    assert browser.get(again, headers={"HX-Request": "true"}).status_code == 200


def test_appearance_is_kept_and_seen(desk: EmployeeDesk) -> None:
    browser = desk.signed_in()
    chosen = {"display_name": "Medewerker Burgerzaken", "background": "blur"}
    assert browser.submit("/desk/uiterlijk", chosen, page="/desk/uiterlijk").status_code == 303
    assert "Medewerker Burgerzaken" in browser.get("/desk/").text
    assert 'value="Medewerker Burgerzaken"' in browser.get("/desk/uiterlijk").text
    for wrong in (
        {"display_name": "", "background": "none"},
        {"display_name": "Sanne", "background": "beach"},
    ):
        refused = browser.submit("/desk/uiterlijk", wrong, page="/desk/uiterlijk")
        assert refused.status_code == 422
    console = browser.get(f"/desk/gesprekken/{desk.demo.conversation_id}/praten")
    assert "wasm-unsafe-eval" in console.headers["Content-Security-Policy"]
    assert "wasm-unsafe-eval" not in browser.get("/desk/").headers["Content-Security-Policy"]


def test_the_console_takes_the_leads_seat(desk: EmployeeDesk) -> None:
    page = f"/desk/gesprekken/{desk.demo.conversation_id}/praten"
    answer = desk.signed_in().get(page)
    assert answer.status_code == 200
    (seat,) = desk.conversations.conversation(desk.demo.conversation_id).seats
    assert (seat.number, seat.role) == (1, Role.EMPLOYEE)
    assert f"/sockets/gesprek/{seat.id}" in answer.text
    desk.signed_in("yusuf").get(page)
    assert {s.number for s in desk.conversations.conversation(desk.demo.conversation_id).seats} == {1, 2}


def test_a_full_talk_refuses_a_colleague_kindly(desk: EmployeeDesk) -> None:
    conversation_id = desk.demo.conversation_id
    for invitation in desk.conversations.conversation(conversation_id).invitations:
        desk.conversations.take_seat(invitation.id)
    page = f"/desk/gesprekken/{conversation_id}/praten"
    refused = desk.signed_in("yusuf").get(page)
    assert refused.status_code == 409
    assert "Er zitten al 4 mensen" in refused.text
    assert desk.signed_in().get(page).status_code == 200, "the lead's place is kept"


def test_ending_ends_for_everyone(desk: EmployeeDesk) -> None:
    browser = desk.signed_in()
    page, conversation_id = new_talk(desk, browser)
    (token,) = links_on(browser.get(page).text)
    assert browser.submit(f"{page}/eindigen", page=page).location == "/desk/"
    assert desk.conversations.check_link(token)[0] is LinkState.ENDED
    today = browser.get("/desk/").text
    assert "Wij bewaren er niets van" in today
    for action in ("uitnodigen", "eindigen"):
        again = browser.submit(f"{page}/{action}", {"role": "relative"}, page="/desk/")
        assert again.location == "/desk/"
    assert desk.conversations.conversation(conversation_id).ended_at


def test_after_signing_in_one_comes_where_one_wanted(desk: EmployeeDesk) -> None:
    browser = desk.browser()
    wanted = f"/desk/gesprekken/{desk.demo.conversation_id}"
    asked = browser.get(wanted)
    assert asked.status_code == 303
    answer = sign_in(browser, "sanne", desk.passwords["sanne"], page=asked.location)
    assert answer.location == wanted
    assert browser.get("/desk/inloggen").location == "/desk/", "who is in need not sign in"
