"""Without an appointment, in real browsers: a citizen at a terminal waits, an employee takes, both meet, no trace."""

import contextlib
import json
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from app.kiosk.device.line import Line
from app.kiosk.sealing import seal
from tests.browser import (
    assert_axe,
    assert_big_targets,
    assert_focus_shows,
    assert_no_horizontal_scroll,
    chromium,
    chromium_context,
)
from tests.terminal_server import TerminalServer, line, terminal

pytestmark = pytest.mark.browser
PICTURES = Path(os.environ.get("PICTURES", "test-results/walk-in"))
FACE = "http://127.0.0.1:8180"
LOOKS: list[dict[str, Any]] = [
    {"width": 1280, "language": "nl"},
    {"width": 390, "language": "nl", "script": "blocked"},
    {"width": 320, "language": "ar", "preferences": "colour=dark"},
    {"width": 640, "language": "en", "preferences": "text_size=200&spacing=wide&colour=contrast"},
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream") as browser:
        yield browser


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[TerminalServer]:
    from app.storage.migrate import migrate

    folder = tmp_path_factory.mktemp("walk-in")
    migrate(f"sqlite:///{folder}/desk.db")
    server = TerminalServer(folder, f"sqlite:///{folder}/desk.db")
    yield server
    server.close()


@pytest.fixture
def here(server: TerminalServer) -> Iterator[Line]:
    mine = line(terminal(server))
    yield mine
    mine.post("/terminal/api/leave", {})


def look_at(page: Page, name: str, *, desk: bool = False) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    assert_no_horizontal_scroll(page)
    assert_axe(page, aaa=not desk)
    assert_big_targets(page, "main", least_px=44 if desk else 48)
    assert_focus_shows(page, "main")


@contextlib.contextmanager
def at_terminal(browser: Browser, server: TerminalServer, **look: Any) -> Iterator[BrowserContext]:
    """A terminal's browser. Its own pages are not there; what hears that a page lives says thank you."""
    with chromium_context(
        browser, base_url=server.url, permissions=["camera", "microphone"], **look
    ) as context:
        heard = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
        context.route(f"{FACE}/hartslag", lambda route: route.fulfill(status=204, headers=heard))
        yield context


def wait_in_line(page: Page, here: Line, language: str = "nl") -> None:
    page.goto(here.post("/terminal/api/walk-in", {"language": language})["entry"])
    page.locator("button[name=lezen][value=ja]").click()
    page.wait_for_url("**/stem")
    page.locator("button[name=stem][value=ja]").click()
    page.wait_for_url("**/apparaat")
    page.locator("form[action$=meedoen] button").click()
    page.wait_for_url("**/wachten")


def sign_in(context: BrowserContext, server: TerminalServer, user: str = "sanne") -> Page:
    page = context.new_page()
    page.goto("/desk/")
    page.locator("#user_name").fill(user)
    page.locator("#password").fill(server.passwords[user])
    page.locator("main form button").click()
    page.wait_for_url("**/desk/")
    return page


def name_of(look: dict[str, Any]) -> str:
    return "-".join(str(part) for part in look.values()).replace("&", "-").replace("=", "-")


@pytest.mark.parametrize("look", LOOKS, ids=name_of)
def test_the_citizens_pages_stand(
    browser: Browser, server: TerminalServer, here: Line, look: dict[str, Any]
) -> None:
    other = line(terminal(server))
    other.post("/terminal/api/walk-in", {"language": "nl"})
    used = here.post("/terminal/api/walk-in", {"language": "nl"})["entry"]
    server.browser().get(used)
    try:
        with at_terminal(browser, server, **look) as context:
            page = context.new_page()
            if look.get("script") == "blocked":
                page.goto(here.post("/terminal/api/walk-in", {"language": look["language"]})["entry"])
                page.locator("button[name=lezen][value=nee]").click()
                page.locator("button[name=stem][value=nee]").click()
                page.goto(page.url.replace("apparaat", ""))
                look_at(page, f"welcome-{name_of(look)}")
            else:
                wait_in_line(page, here, look["language"])
                expect(page.locator(".waiting__place")).to_contain_text("2")
                expect(page.locator(".phone-number").first).to_contain_text("14 099")
                look_at(page, f"waiting-{name_of(look)}")
        # Not chromium_context: Chromium writes each answer of 404 to the console, which fails a test there.
        with browser.new_context(
            base_url=server.url, locale=look["language"], viewport={"width": look["width"], "height": 800}
        ) as stranger:
            page = stranger.new_page()
            page.goto(used)
            expect(page.locator(f"main a[href='{FACE}/']")).to_be_visible()
            look_at(page, f"closed-{name_of(look)}")
    finally:
        other.post("/terminal/api/leave", {})


@pytest.mark.parametrize("look", LOOKS, ids=name_of)
def test_the_desks_pages_stand(
    browser: Browser, server: TerminalServer, here: Line, look: dict[str, Any]
) -> None:
    here.post("/terminal/api/walk-in", {"language": "ar"})
    wish = {
        "name": "Xanthippe van der Vlugt-Achterberg",
        "phone": "+31612345678",
        "language": "ar",
        "subject": "Paspoort of identiteitskaart",
        "wanted_at": "In de ochtend",
    }
    key = b64decode(here.get("/terminal/api/key")["public_key"])
    sealed = b64encode(seal(json.dumps(wish).encode(), key)).decode()
    here.post("/terminal/api/call-back", {"id": str(uuid4()), "sealed": sealed})
    with chromium_context(browser, base_url=server.url, **look) as context:
        page = sign_in(context, server)
        expect(page.locator("[id^=take-]")).to_have_count(1)
        look_at(page, f"today-{name_of(look)}", desk=True)
        page.locator(".desk-nav a[href$=terugbellen]").click()
        expect(page.locator(".talk").last).to_contain_text("Xanthippe")
        look_at(page, f"call-backs-{name_of(look)}", desk=True)
        for waiting in range(page.locator(".talk").count(), 0, -1):
            expect(page.locator(".talk")).to_have_count(waiting)
            page.locator(".talk form button").first.click()
        expect(page.locator(".desk-empty")).to_be_visible()
        page.locator(".desk-nav a").first.click()
        page.locator(".desk-offers button").first.click()
        page.wait_for_url("**/desk/gesprekken/*")
        page.locator("form[action$=code] button").click()
        expect(page.locator(".short-code__digits")).to_have_text(re.compile(r"^\d{3} \d{3}$"))
        look_at(page, f"code-{name_of(look)}", desk=True)


def test_a_walk_in_meets_an_employee_and_leaves_no_trace(
    browser: Browser, server: TerminalServer, here: Line
) -> None:
    with (
        at_terminal(browser, server) as terminal_browser,
        at_terminal(browser, server) as desk_browser,
    ):
        sanne = sign_in(desk_browser, server)
        expect(sanne.locator("[id^=take-]")).to_have_count(0)
        citizen = terminal_browser.new_page()
        wait_in_line(citizen, here)
        expect(citizen.locator("#waiting")).to_contain_text("U bent de eerste in de rij.")
        expect(sanne.locator(".talk--waiting").first).to_contain_text("Zit in de wachtkamer")  # by itself
        sanne.get_by_role("button", name="Neem op: nummer 1 in de rij").click()
        sanne.wait_for_url("**/praten")
        expect(citizen.locator("#waiting")).to_contain_text("De medewerker ziet dat u er bent.")
        sanne.get_by_role("button", name="Laat binnen").first.click()
        citizen.wait_for_url("**/praten")

        expect(sanne.locator(".people__list .person")).to_have_count(1)
        with contextlib.suppress(Error):  # the terminal's own pages are not served in this test
            citizen.goto("/terminal/uit")
        assert terminal_browser.cookies(server.url) == []
        expect(sanne.locator(".people__list .person")).to_have_count(0)


def test_focus_stays_on_the_button_when_the_line_changes(
    browser: Browser, server: TerminalServer, here: Line
) -> None:
    other = line(terminal(server))
    here.post("/terminal/api/walk-in", {"language": "nl"})
    with chromium_context(browser, base_url=server.url) as context:
        page = sign_in(context, server)
        button = page.locator("[id^=take-]").first
        button.focus()
        mine = button.get_attribute("id")
        try:
            other.post("/terminal/api/walk-in", {"language": "nl"})
            expect(page.locator("[id^=take-]")).to_have_count(2)
            assert page.evaluate("document.activeElement.id") == mine
        finally:
            other.post("/terminal/api/leave", {})
