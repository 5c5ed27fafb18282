"""The citizen's way from link to goodbye in a real browser: seen, read by axe, by keyboard, without JavaScript."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.conversations import Role
from tests.browser import (
    assert_axe,
    assert_big_targets,
    assert_focus_shows,
    assert_no_horizontal_scroll,
    chromium,
    chromium_context,
)
from tests.visitor_desk import VisitorDesk, served

pytestmark = pytest.mark.browser
PICTURES = Path(os.environ.get("PICTURES", "test-results/visitor"))
LOOKS: list[dict[str, Any]] = [
    {"width": 1280, "language": "nl"},
    {"width": 390, "language": "nl", "script": "blocked"},
    {"width": 320, "language": "ar", "preferences": "colour=dark"},
    {"width": 640, "language": "en", "preferences": "text_size=200&spacing=wide&colour=contrast"},
]
"""320 wide is 400 % zoom on a screen of 1280 (WCAG 1.4.10). "blocked": a page whose scripts never came."""


@pytest.fixture(scope="module")
def one_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VisitorDesk]:
    desk = VisitorDesk(tmp_path_factory.mktemp("desk"))
    with served(desk):
        yield desk
    desk.close()


@pytest.fixture
def desk(one_desk: VisitorDesk) -> VisitorDesk:
    return one_desk.renew()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream") as browser:
        yield browser


@contextmanager
def visiting(browser: Browser, desk: VisitorDesk, **look: Any) -> Iterator[Page]:
    with chromium_context(
        browser, base_url=desk.url, permissions=["camera", "microphone"], **look
    ) as context:
        yield context.new_page()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(str(part) for part in look.values()))
def test_every_page_stands(browser: Browser, desk: VisitorDesk, look: dict[str, Any]) -> None:
    with visiting(browser, desk, **look) as page:
        home = _open_link(page, desk)
        see = _seer(page, look)
        see("welcome")
        for name, path in {
            "start": "/",
            "decline": home + "liever-niet",
            "read_captions": home + "ondertitels",
            "contact": "/contact",
            "privacy": "/privacy",
            "accessibility": "/toegankelijkheid",
        }.items():
            page.goto(path)
            see(name)
        page.goto(home + "ondertitels")
        page.locator("button[name=lezen][value=ja]").click()
        page.wait_for_url("**/stem")
        see("lend_voice")
        page.locator("button[name=stem][value=ja]").click()
        page.wait_for_url("**/apparaat")
        see("device")
        page.locator("form[action$=meedoen] button").click()
        page.wait_for_url("**/wachten")
        see("waiting")
        page.goto(home + "oordeel")
        see("rate_easy")
        page.locator("input[name=makkelijk][value='3']").check()
        page.locator("form button.button--big").click()
        page.wait_for_url("**/prettig")
        see("rate_service")
        page.locator("input[name=prettig][value='2']").check()
        page.locator("form button.button--big").click()
        page.wait_for_url("**/tot-ziens")
        see("goodbye")
    assert desk.ratings() == 1


@pytest.mark.parametrize("look", LOOKS[1:3], ids=["phone", "arabic"])
def test_every_refusal_stands(browser: Browser, desk: VisitorDesk, look: dict[str, Any]) -> None:
    ended = desk.links[Role.CITIZEN]
    desk.end()
    context = browser.new_context(
        base_url=desk.url, viewport={"width": look["width"], "height": 800}, locale=look["language"]
    )
    page = context.new_page()
    see = _seer(page, look)
    for name, path in {
        "ended": f"/l/{ended}",
        "foreign": f"/l/{'A' * 43}",
        "mangled": "/l/stuk",
        "not_yours": "/gesprek/000000000000/",
    }.items():
        page.goto(path)
        see("refused_" + name)
    context.close()


def test_the_way_by_keyboard_alone(browser: Browser, desk: VisitorDesk) -> None:
    with visiting(browser, desk) as page:
        _open_link(page, desk)
        _press_by_key(page, "Ik doe mee")
        page.wait_for_url("**/ondertitels")
        _press_by_key(page, "Ja, ik lees mee")
        page.wait_for_url("**/stem")
        _press_by_key(page, "Terug")
        page.wait_for_url("**/ondertitels")
        _press_by_key(page, "Nee, liever niet")
        page.wait_for_url("**/stem")
        _press_by_key(page, "Ja, dat mag")
        page.wait_for_url("**/apparaat")
        _press_by_key(page, "Ga naar de wachtkamer")
        page.wait_for_url("**/wachten")
        _press_by_key(page, "Ga weg uit de wachtkamer")
        page.wait_for_url("**/tot-ziens")
        assert not desk.conversation().seats


def test_the_way_without_javascript(browser: Browser, desk: VisitorDesk) -> None:
    with visiting(browser, desk, script=False, width=390) as page:
        home = _open_link(page, desk)
        for name in ("Ik doe mee", "Ja, ik lees mee", "Ja, dat mag"):
            _press(page, name)
        assert "Uw browser heeft JavaScript uit staan." in _told_without_script(page)
        expect(page.locator(".device-check")).to_be_hidden()
        _press(page, "Ga naar de wachtkamer")
        assert "Voor het gesprek zelf is JavaScript nodig." in _told_without_script(page)
        expect(page.get_by_text(desk.municipality.phone).first).to_be_visible()
        desk.admit_all()
        expect(page.get_by_role("heading", level=1)).to_have_text("U bent aan de beurt", timeout=60_000)
        desk.end()
        page.wait_for_url(f"**{home}oordeel", timeout=60_000)
        for answer in ("Moeilijk", "Niet prettig"):
            page.get_by_role("radio", name=answer).check()
            _press(page, "Ga verder")
        expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt en tot ziens")
    assert desk.ratings() == 1


def test_called_from_the_waiting_room(browser: Browser, desk: VisitorDesk) -> None:
    """Told aloud, shown, with a bell; what the person holds stays in hand; on to the talk by itself."""
    with visiting(browser, desk) as page:
        home = _open_link(page, desk)
        for name in ("Ik doe mee", "Nee, liever niet", "Nee, dat wil ik niet", "Ga naar de wachtkamer"):
            _press(page, name)
        page.wait_for_url("**/wachten")
        leave = page.get_by_role("button", name="Ga weg uit de wachtkamer")
        leave.focus()
        with page.expect_response(lambda answer: "staat=wacht" in answer.url and answer.status == 204):
            pass
        desk.admit_all()
        expect(page.get_by_role("status").get_by_role("heading", level=1)).to_have_text("U bent aan de beurt")
        expect(leave).to_be_focused()
        expect(page).to_have_title(re.compile("U bent aan de beurt"))
        page.wait_for_url(f"**{home}praten")


def test_each_language_from_the_picker_stays_on_the_page(browser: Browser, desk: VisitorDesk) -> None:
    with visiting(browser, desk, language="tr") as page:
        home = _open_link(page, desk)
        page.get_by_role("button", name="العربية").first.click()
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert page.url.endswith(home)
        expect(page.locator(".languages--big")).to_have_count(0)


def test_going_back_loses_nothing(browser: Browser, desk: VisitorDesk) -> None:
    with visiting(browser, desk) as page:
        home = _open_link(page, desk)
        for name in ("Ik doe mee", "Nee, liever niet", "Nee, dat wil ik niet"):
            _press(page, name)
        page.wait_for_url("**/apparaat")
        page.go_back()
        page.wait_for_url("**/stem")
        page.go_back()
        page.wait_for_url("**/ondertitels")
        page.goto(home + "apparaat")
        _press(page, "Ga naar de wachtkamer")
        page.wait_for_url("**/wachten")
        (seat,) = desk.conversation().seats
        assert (seat.reads_captions, seat.agrees_captions) == (False, False)


def _open_link(page: Page, desk: VisitorDesk) -> str:
    page.goto(f"/l/{desk.links[Role.CITIZEN]}")
    return page.url.removeprefix(desk.url)


def _told_without_script(page: Page) -> str:
    """What <noscript> shows: Playwright's own search by text passes it over."""
    page.locator("noscript p").first.wait_for()
    return " ".join(told.inner_text() for told in page.locator("noscript p").all() if told.is_visible())


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first.click()


def _press_by_key(page: Page, name: str) -> None:
    """Tab until it has the focus, as somebody without a mouse does; then Enter."""
    heading = page.get_by_role("heading", level=1)
    heading.wait_for()
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.textContent.trim()")
        if focused == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{page.url}: Tab never comes to {name!r}")


def _seer(page: Page, look: dict[str, Any]) -> Callable[[str], None]:
    """Looks at a page in every way we have, and keeps a picture."""
    folder = PICTURES / "-".join(str(part).replace("&", "-") for part in look.values())
    folder.mkdir(parents=True, exist_ok=True)

    def see(name: str) -> None:
        page.wait_for_load_state("load")
        page.evaluate("document.fonts.ready")
        page.screenshot(path=folder / f"{name}.png", full_page=True, animations="disabled")
        assert_axe(page)
        assert_no_horizontal_scroll(page)
        assert_big_targets(page, "main")
        assert_focus_shows(page, "main")

    return see
