"""Every citizen's page in every language, as a browser without JavaScript gets it. CheckedClient reads each."""

from collections.abc import Iterator

import pytest

from app.domain.conversations import Role
from app.domain.translation import Pair
from tests.html_checks import parse, problems_of
from tests.visitor_desk import VisitorDesk, hears, speaks, translates

LANGUAGES = ("nl", "en", "ar")


@pytest.fixture(scope="module")
def one_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VisitorDesk]:
    desk = VisitorDesk(tmp_path_factory.mktemp("desk"))
    yield desk
    desk.close()


@pytest.fixture
def desk(one_desk: VisitorDesk) -> VisitorDesk:
    return one_desk.renew()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/contact", "/privacy", "/toegankelijkheid", "/l/kapot"])
def test_open_pages_are_whole(desk: VisitorDesk, path: str, language: str) -> None:
    page = desk.client(language).get(path)
    assert page.status_code in (200, 404)
    assert desk.municipality.phone in page.text
    assert f'lang="{language}"' in page.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [Role.CITIZEN, Role.INTERPRETER, Role.RELATIVE])
def test_the_whole_way_without_javascript(desk: VisitorDesk, role: Role, language: str) -> None:
    guest, home = desk.guest(role, language)
    assert guest.get(home).status_code == 200
    assert guest.get(home + "liever-niet").status_code == 200
    asked = guest.submit(home + "ondertitels", {"lezen": "ja"}, page=home + "ondertitels")
    assert asked.location == home + "ondertitels/stem"
    asked = guest.submit(home + "ondertitels/stem", {"stem": "nee"}, page=home + "ondertitels/stem")
    assert asked.location == home + "apparaat"
    assert desk.conversations.invitation(home.split("/")[2]).reads_captions

    joined = guest.submit(home + "meedoen", page=home + "apparaat")
    assert joined.location == home + "wachten"
    waiting = guest.get(home + "wachten")
    assert desk.municipality.phone in waiting.text
    assert '<meta http-equiv="refresh" content="5">' in waiting.text
    (seat,) = (seat for seat in desk.conversation().seats if seat.role is role)
    assert (seat.language, seat.reads_captions, seat.agrees_captions) == (language, True, False)

    assert guest.get(home + "praten").location == home + "wachten"
    desk.admit_all()
    assert home + "praten" in guest.get(home + "wachten").text
    assert guest.get(home + "praten").status_code == 200

    desk.end()
    assert guest.get(home + "praten").location == home + "oordeel"
    if role is Role.INTERPRETER:
        assert guest.get(home + "oordeel").location == home + "tot-ziens"
    else:
        asked = guest.submit(home + "oordeel", {"makkelijk": "3"}, page=home + "oordeel")
        assert asked.location == home + "oordeel/prettig"
        rated = guest.submit(home + "oordeel/prettig", {"prettig": "2"}, page=home + "oordeel/prettig")
        assert rated.location == home + "tot-ziens"
    assert guest.get(home + "tot-ziens").status_code == 200
    assert guest.get(home).status_code == 403, "goodbye takes the key away"


def test_the_waiting_page_asks_only_what_changed(desk: VisitorDesk) -> None:
    guest, home = desk.guest()
    _sit_down(guest, home)
    poll = {"headers": {"HX-Request": "true"}}
    assert guest.get(home + "wachten?staat=wacht", **poll).status_code == 204
    desk.admit_all()
    called = guest.get(home + "wachten?staat=wacht", **poll)
    assert called.status_code == 200
    assert "<html" not in called.text
    assert "data-called" in called.text
    assert guest.get(home + "wachten?staat=binnen", **poll).status_code == 204
    desk.end()
    assert guest.get(home + "wachten?staat=binnen", **poll).headers["HX-Redirect"] == home + "oordeel"


def test_captions_are_told_honestly(desk: VisitorDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    hears(monkeypatch, "nl", "en")
    guest, home = desk.guest()
    guest.submit(home + "ondertitels", {"lezen": "ja"}, page=home + "ondertitels")
    assert "De computer verstaat nu: Nederlands, Engels." in guest.get(home + "ondertitels/stem").text
    arab, home = desk.guest(Role.RELATIVE, "ar")
    arab.submit(home + "ondertitels", {"lezen": "ja"}, page=home + "ondertitels")
    assert "<strong>" in arab.get(home + "ondertitels/stem").text, "says that Arabic is not heard"


def abilities(page: str) -> list[tuple[str, bool]]:
    """Each line, and whether it works."""
    lines = [(one, one.get("class", "").split()) for one in parse(page).iter("li")]
    return [
        ("".join(one.itertext()).strip(), "ability--not-yet" not in kind)
        for one, kind in lines
        if "ability" in kind
    ]


def test_what_works_for_the_readers_language_is_told_before_the_talk(
    desk: VisitorDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hears(monkeypatch, "nl", "en")
    speaks(monkeypatch, "nl")
    translates(
        monkeypatch,
        Pair("nl", "en", "firefox", None, fixture=False),
        Pair("en", "nl", "argos", None, fixture=True),
        Pair("nl", "ar", "argos", "en", fixture=True),
    )
    guest, home = desk.guest(language="en")
    told = abilities(guest.get(home + "ondertitels").text)
    assert [works for _, works in told] == [True, True, False, False], "a test model is no ability"
    assert len({text for text, _ in told}) == 4
    arab, home = desk.guest(Role.RELATIVE, "ar")
    assert not any(works for _, works in abilities(arab.get(home + "ondertitels").text))
    dutch, home = desk.guest(Role.INTERPRETER)
    assert abilities(dutch.get(home + "ondertitels").text) == [
        ("Hij verstaat Nederlands.", True),
        ("Hij leest Nederlands voor.", True),
    ], "nothing is translated from Dutch into Dutch"


def test_while_the_speech_process_is_away_the_page_says_so(
    desk: VisitorDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hears(monkeypatch)
    speaks(monkeypatch)
    translates(monkeypatch)
    guest, home = desk.guest()
    assert "De ondertitels werken nu niet." in guest.get(home + "ondertitels").text


def test_coming_back_keeps_the_choices(desk: VisitorDesk) -> None:
    guest, home = desk.guest()
    guest.submit(home + "ondertitels", {"lezen": "nee"}, page=home + "ondertitels")
    assert desk.conversations.invitation(home.split("/")[2]).agrees_captions is None, "not asked is not no"
    guest.submit(home + "ondertitels/stem", {"stem": "ja"}, page=home + "ondertitels/stem")
    guest.submit(home + "meedoen", page=home + "apparaat")
    again, _ = desk.guest()
    assert again.get(home + "ondertitels/stem").status_code == 200
    _answer(again, home, reads="ja", voice="ja")
    again.submit(home + "meedoen", page=home + "apparaat")
    (seat,) = desk.conversation().seats
    assert seat.reads_captions, "the seat follows the new choice"


def test_languages_come_first_for_who_reads_no_dutch(desk: VisitorDesk) -> None:
    foreign, home = desk.guest(language="tr,en;q=0.5")
    assert "languages--big" in foreign.get(home).text
    dutch, home = desk.guest(language="nl-NL")
    assert "languages--big" not in dutch.get(home).text


def test_the_link_brings_the_language_the_employee_chose(desk: VisitorDesk) -> None:
    link = desk.conversations.invite(desk.conversation_id, Role.RELATIVE, "", "ar")
    guest = desk.client()
    home = str(guest.get(f"/l/{link.token}").location)
    assert '<html lang="ar" dir="rtl"' in guest.get(home).text


def test_choosing_a_language_stays_on_the_page(desk: VisitorDesk) -> None:
    guest, home = desk.guest()
    here = home + "ondertitels"
    chosen = guest.submit("/taal", {"language": "ar", "next": here}, page=here)
    assert chosen.location == here
    assert '<html lang="ar" dir="rtl"' in guest.get(here).text


def test_the_start_page_leads_back_into_an_open_talk(desk: VisitorDesk) -> None:
    guest, home = desk.guest()
    assert home in guest.get("/").text
    desk.end()
    assert home not in guest.get("/").text


def test_personal_pages_stay_out_of_search_engines_and_caches(desk: VisitorDesk) -> None:
    guest, home = desk.guest()
    for path in (home, home + "ondertitels", "/l/kapot"):
        headers = guest.get(path).headers
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
    assert "X-Robots-Tag" not in guest.get("/").headers


def test_the_checks_themselves_can_fail() -> None:
    head = '<!DOCTYPE html><html lang="nl" dir="ltr"><head><title>T</title></head>'
    good = head + "<body><main><h1>K</h1></main></body></html>"
    assert problems_of(good) == []
    for right, wrong in {
        'lang="nl"': 'lang="xx"',
        'dir="ltr"': 'dir="rtl"',
        "<title>T</title>": "<title></title>",
        "<h1>K</h1>": "<p>K</p>",
        "K</h1>": "K</h1><h1>L</h1>",
        "</h1>": "</h2>",
        "<main><h1>": '<main><input name="x"><h1>',
        "</main>": "<h3>S</h3></main>",
        "<main>": '<main><p id="a"></p><p id="a"></p>',
        "<h1>": '<h1 style="color:red">',
        "</body>": "<script>1</script></body>",
    }.items():
        assert problems_of(good.replace(right, wrong)), f"unnoticed: {wrong}"


def _answer(guest, home: str, reads: str, voice: str) -> None:  # type: ignore[no-untyped-def]
    guest.submit(home + "ondertitels", {"lezen": reads}, page=home + "ondertitels")
    guest.submit(home + "ondertitels/stem", {"stem": voice}, page=home + "ondertitels/stem")


def _sit_down(guest, home: str) -> None:  # type: ignore[no-untyped-def]
    _answer(guest, home, "ja", "ja")
    guest.submit(home + "meedoen", page=home + "apparaat")
