"""The desk's pages in Chromium: looked at, with and without a script, by keyboard, narrow, right to left, by axe."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app.domain.conversations import Role
from app.storage.migrate import migrate
from tests.browser import (
    assert_axe,
    assert_big_targets,
    assert_focus_shows,
    assert_no_horizontal_scroll,
    chromium,
    chromium_context,
)
from tests.desk import free_port
from tests.employee_desk import EmployeeDesk

pytestmark = pytest.mark.browser
PICTURES = Path("test-results/desk")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream") as browser:
        yield browser


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[EmployeeDesk]:
    port, database_url = free_port(), f"sqlite:///{tmp_path}/desk.db"
    migrate(database_url)
    desk = EmployeeDesk(tmp_path, database_url, base_url=f"http://127.0.0.1:{port}")
    server = make_server("127.0.0.1", port, desk.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield desk
    server.shutdown()
    thread.join()
    desk.close()


def sign_in(page: Page, desk: EmployeeDesk) -> None:
    page.goto("/desk/")
    page.get_by_role("textbox").nth(0).fill("sanne")
    page.locator("#password").fill(desk.passwords["sanne"])
    page.locator("main form button").click()
    page.wait_for_url("**/desk/")


def look(page: Page, name: str, *, axe: bool = True) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    assert_no_horizontal_scroll(page)
    if axe:
        assert_axe(page, aaa=False)
        assert_big_targets(page, "main", least_px=44)  # an employee sits at a desk


def people_wait(desk: EmployeeDesk) -> None:
    conversation_id = desk.demo.conversation_id
    citizen, interpreter = (
        next(i for i in desk.conversations.conversation(conversation_id).invitations if i.role is role)
        for role in (Role.CITIZEN, Role.INTERPRETER)
    )
    desk.conversations.take_seat(citizen.id)
    desk.conversations.admit(desk.conversations.take_seat(interpreter.id).id, datetime.now(UTC))


@pytest.mark.parametrize(
    ("width", "language", "script"),
    [
        (1280, "nl", True),
        (390, "nl", "blocked"),
        (320, "ar", True),
        (1280, "ar", "blocked"),
        (768, "en", True),
    ],
)
def test_the_whole_way(browser: Browser, desk: EmployeeDesk, width: int, language: str, script) -> None:
    people_wait(desk)
    ended, _ = desk.conversations.start_conversation(1, 2)
    desk.conversations.end_conversation(ended.id, datetime.now(UTC))
    kind = f"{width}-{language}{'' if script is True else '-no-script'}"
    with chromium_context(
        browser, width=width, language=language, script=script, base_url=desk.settings.base_url
    ) as context:
        page = context.new_page()
        page.goto("/desk/")
        look(page, f"sign-in-{kind}")
        sign_in(page, desk)
        look(page, f"today-{kind}")
        page.locator(".desk-offers button").first.click()
        page.wait_for_url("**/desk/gesprekken/*")
        page.locator("main form button[name=role]").first.click()
        expect(page.locator(".link-card")).to_have_count(2)
        look(page, f"prepare-{kind}")
        page.locator(".desk-end summary").click()
        page.locator(".desk-nav a[href$=uiterlijk]").click()
        page.wait_for_url("**/desk/uiterlijk")
        look(page, f"appearance-{kind}")
        page.locator("main form button").last.click()
        page.wait_for_url("**/desk/")
        expect(page.locator(".desk-said")).to_be_visible()


def test_signing_in_wrongly_is_told_kindly(browser: Browser, desk: EmployeeDesk) -> None:
    # Not chromium_context: Chromium writes each answer of 422 to the console, which fails a test there.
    with browser.new_context(base_url=desk.settings.base_url, locale="nl") as context:
        page = context.new_page()
        page.goto("/desk/inloggen")
        page.get_by_label("Gebruikersnaam").fill("sanne")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_contain_text("Vul uw wachtwoord in")
        expect(page.get_by_label("Gebruikersnaam")).to_have_value("sanne")
        expect(page.get_by_label("Wachtwoord")).to_have_attribute("aria-invalid", "true")
        look(page, "sign-in-wrong")


def test_copying_says_so(browser: Browser, desk: EmployeeDesk) -> None:
    with chromium_context(
        browser, base_url=desk.settings.base_url, permissions=["clipboard-read", "clipboard-write"]
    ) as context:
        page = context.new_page()
        sign_in(page, desk)
        page.get_by_role("button", name="Geboorte aangeven").click()
        page.get_by_role("button", name="Kopieer de link").click()
        expect(page.get_by_role("status").filter(has_text="De link is gekopieerd.")).to_be_visible()
        address = page.get_by_label("Link voor Inwoner").input_value()
        assert page.evaluate("navigator.clipboard.readText()") == address
        assert address.startswith(f"{desk.settings.base_url}/l/")


def test_without_permission_to_copy_the_link_is_selected(browser: Browser, desk: EmployeeDesk) -> None:
    with chromium_context(browser, base_url=desk.settings.base_url) as context:
        context.add_init_script(
            "if (navigator.clipboard) navigator.clipboard.writeText = () => Promise.reject(new Error('no'))"
        )
        page = context.new_page()
        sign_in(page, desk)
        page.get_by_role("button", name="Geboorte aangeven").click()
        page.get_by_role("button", name="Kopieer de link").click()
        expect(page.get_by_role("status").filter(has_text="Ctrl en C")).to_be_visible()
        field = page.get_by_label("Link voor Inwoner")
        expect(field).to_be_focused()
        assert field.evaluate("f => f.value.slice(f.selectionStart, f.selectionEnd)") == field.input_value()


def test_by_keyboard_alone(browser: Browser, desk: EmployeeDesk) -> None:
    # Not chromium_context: focus makes the language picker speak, and no speech process runs here (503 in the console).
    with browser.new_context(base_url=desk.settings.base_url, locale="nl") as context:
        page = context.new_page()
        page.goto("/desk/inloggen")
        _tab_to(page, "Gebruikersnaam")
        page.keyboard.type("sanne")
        page.keyboard.press("Tab")
        page.keyboard.type(desk.passwords["sanne"])
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/")
        assert_focus_shows(page, "main")
        _tab_to(page, "Verhuizen doorgeven")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/gesprekken/*")
        assert_focus_shows(page, "main")
        _tab_to(page, "Naar het gesprek")
        _tab_to(page, "Kopieer de link")
        _tab_to(page, "Nodig uit: Tolk")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Link voor Tolk")).to_be_visible()


def _tab_to(page: Page, name: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """(() => {
              const at = document.activeElement;
              return at.matches("body, main") ? "" : [at.textContent, at.labels?.[0]?.textContent].join(" ");
            })()"""
        )
        if name in focused:
            return
    raise AssertionError(f"the Tab key does not reach {name!r}")


def test_somebody_who_comes_appears_by_itself(browser: Browser, desk: EmployeeDesk) -> None:
    with chromium_context(browser, base_url=desk.settings.base_url) as context:
        page = context.new_page()
        sign_in(page, desk)
        expect(page.get_by_text("Wacht:")).to_have_count(0)
        people_wait(desk)
        expect(page.get_by_text("Wacht:")).to_be_visible(timeout=60_000)
        assert page.get_by_role("listitem").filter(has_text="Wacht:").get_by_text("Inwoner").is_visible()


@pytest.mark.parametrize("preferences", ["colour=dark", "colour=contrast&text_size=200", "spacing=wide"])
def test_the_readers_preferences_hold(browser: Browser, desk: EmployeeDesk, preferences: str) -> None:
    people_wait(desk)
    with chromium_context(browser, base_url=desk.settings.base_url, preferences=preferences) as context:
        page = context.new_page()
        sign_in(page, desk)
        look(page, f"today-{preferences.replace('&', '-')}")
        page.get_by_role("button", name="Geboorte aangeven").click()
        look(page, f"prepare-{preferences.replace('&', '-')}")
