"""The municipality's own pages, as a terminal's browser gets them: whole, with a beacon and one way out."""

from collections.abc import Iterator

import pytest

from app.kiosk.municipal.presence import WAITING_IDLE_S
from tests.html_checks import CheckedClient
from tests.terminal_entry import an_entry
from tests.visitor_desk import VisitorDesk

FACE = "http://127.0.0.1:8180"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VisitorDesk]:
    desk = VisitorDesk(tmp_path_factory.mktemp("desk"))
    yield desk
    desk.close()


def at_terminal(desk: VisitorDesk, browser: CheckedClient) -> None:
    with browser.client.session_transaction() as session:
        session["terminal"] = an_entry(desk.database, FACE)


@pytest.mark.parametrize("language", ["nl", "en", "ar"])
def test_each_page_of_a_visit_at_a_terminal_has_a_beacon_and_a_way_out(
    desk: VisitorDesk, language: str
) -> None:
    """Waiting room and call included; CheckedClient holds each to valid HTML, one h1 and labelled parts."""
    desk.renew()
    guest, home = desk.guest(language=language)
    at_terminal(desk, guest)
    texts = [guest.get(home + page).text for page in ("", "ondertitels")]
    guest.submit(home + "ondertitels", {"lezen": "ja"}, page=home + "ondertitels")
    guest.submit(home + "ondertitels/stem", {"stem": "nee"}, page=home + "ondertitels/stem")
    texts.append(guest.get(home + "apparaat").text)
    guest.submit(home + "meedoen", page=home + "apparaat")
    waiting = guest.get(home + "wachten").text
    desk.admit_all()
    texts += [waiting, guest.get(home + "praten").text]
    assert guest.get(home + "tot-ziens").location == "/terminal/uit", "the terminal says goodbye itself"
    for text in texts:
        assert f'data-address="{FACE}/hartslag"' in text
        assert text.count('href="/terminal/uit"') >= 1
    if 'data-idle-s="' in waiting:
        assert f'data-idle-s="{WAITING_IDLE_S}"' in waiting


def test_a_page_that_is_not_there_can_be_left_as_well(desk: VisitorDesk) -> None:
    guest = desk.client()
    at_terminal(desk, guest)
    assert 'href="/terminal/uit"' in guest.get("/l/kapot").text


def test_elsewhere_there_is_nothing_of_it(desk: VisitorDesk) -> None:
    guest, home = desk.renew().guest()
    for text in (guest.get(home).text, desk.client().get("/").text):
        assert "terminal/uit" not in text
        assert "presence" not in text
