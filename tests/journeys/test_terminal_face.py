"""The terminal's face in Chromium: axe, targets, reach, keyboard, right to left, with and without script."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import (
    assert_axe,
    assert_big_targets,
    assert_focus_shows,
    assert_no_horizontal_scroll,
    chromium,
    chromium_context,
)
from tests.terminal_face import PAGES, TerminalFace, served
from tests.waiting import until

pytestmark = pytest.mark.browser

TALL, WIDE = (1080, 1920), (1280, 800)
SCOPE = ":is(header, main, footer)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--autoplay-policy=no-user-gesture-required") as running:
        yield running


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[TerminalFace]:
    made = TerminalFace(tmp_path)
    with served(made):
        yield made


def before(
    browser: Browser, terminal: TerminalFace, size: tuple[int, int] = TALL, **options: Any
) -> AbstractContextManager[BrowserContext]:
    return chromium_context(browser, width=size[0], height=size[1], base_url=terminal.url, **options)


def wake(page: Page, language: str = "nl") -> None:
    page.goto("/")
    page.locator(f"#begin button[value={language}]").click()
    page.wait_for_url("**/keuze")


def built(page: Page) -> None:
    """All scripts of the page have their part. A function, since the content policy allows no eval of a string."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-module]')].every((element) => element.component)"
    )


def choose_other(page: Page, language: str) -> None:
    page.goto("/vertaal/taal/ander")
    page.locator(f"button[value={language}]").click()
    page.wait_for_url("**/vertaal")


@pytest.mark.parametrize(
    ("size", "language", "preferences"),
    [(TALL, "nl", ""), (WIDE, "ar", "colour=dark"), (WIDE, "en", "colour=contrast&text_size=200")],
)
def test_every_page_can_be_used_by_everybody(
    browser: Browser, terminal: TerminalFace, size: tuple[int, int], language: str, preferences: str
) -> None:
    """axe with the AAA rules, targets of 64 px, a ring on each stop, nothing sideways."""
    with before(browser, terminal, size) as context:
        page = context.new_page()
        page.goto("/")
        assert_axe(page)
        assert_big_targets(page, SCOPE, least_px=64)
        wake(page, language)
        choose_other(page, "en" if language == "nl" else "nl")
        if preferences:
            context.add_cookies([{"name": "preferences", "value": preferences, "url": terminal.url}])
        for path in PAGES:
            page.goto(path)
            expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
            assert_axe(page)
            assert_big_targets(page, SCOPE, least_px=64)
            assert_no_horizontal_scroll(page)
            assert_focus_shows(page, SCOPE)


def above_the_middle(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(":is(main, footer) :is(button, a[href], input:not([type=hidden]))")]
          .filter((element) => element.checkVisibility())
          .map((element) => [element.textContent.trim().slice(0, 40), element.getBoundingClientRect()])
          .filter(([, box]) => box.top < innerHeight / 2 - 1 || box.bottom > innerHeight + 1)
          .map(([text, box]) => `${text}: ${Math.round(box.top)}–${Math.round(box.bottom)} of ${innerHeight}`)"""
    )
    return [f"{page.url} {each}" for each in found]


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_a_seated_person_reaches_everything(
    browser: Browser, terminal: TerminalFace, size: tuple[int, int]
) -> None:
    with before(browser, terminal, size) as context:
        page = context.new_page()
        wake(page)
        choose_other(page, "en")
        page.goto("/keuze")
        assert above_the_middle(page), "else this test proves nothing"
        terminal.profile(lower_half=True)
        high = []
        for path in PAGES:
            page.goto(path)
            high += above_the_middle(page)
        page.goto("/")
        high += above_the_middle(page)
        assert not high, "\n".join(high)


def go(page: Page, to: str, *, most: int = 40) -> None:
    """With Tab to what bears these words, and Enter."""
    for _ in range(most):
        page.keyboard.press("Tab")
        said = page.evaluate("document.activeElement?.innerText ?? ''")
        if to in said:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab does not reach {to!r} on {page.url}")


def typed(page: Page, text: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement instanceof HTMLInputElement"):
            page.keyboard.type(text)
            return
    raise AssertionError(f"Tab reaches no field on {page.url}")


def test_with_the_keyboard_alone_from_the_first_screen_to_each_end(
    browser: Browser, terminal: TerminalFace
) -> None:
    with before(browser, terminal, WIDE) as context:
        page = context.new_page()
        page.goto("/")
        built(page)
        page.keyboard.press("a")
        page.wait_for_url("**/taal")
        go(page, "Nederlands")
        go(page, "Bel mij terug")
        go(page, "Geld en hulp")
        typed(page, "De Vries")
        page.keyboard.press("Enter")
        page.wait_for_url("**/telefoon")
        typed(page, "0612345678")
        page.keyboard.press("Enter")
        page.wait_for_url("**/wanneer")
        go(page, "In de ochtend")
        go(page, "Ja, bel mij terug")
        expect(page.get_by_role("heading", name="Wij bellen u")).to_be_visible()
        assert len(terminal.outbox.kept) == 1
        go(page, "Ik wil nog iets doen")
        go(page, "Lees of luister")
        go(page, "Hulp met geld")
        go(page, "Verder")
        go(page, "Taal")
        go(page, "English")
        go(page, "Talk in another language")
        go(page, "I say something")
        page.keyboard.press("Escape")
        go(page, "Stop")
        go(page, "Erase everything now")
        page.wait_for_url("**/")
        assert terminal.agent.wipes == 1


@pytest.mark.parametrize("how", ["touch", "Space", "ArrowDown", "Tab"])
def test_any_touch_key_or_switch_wakes_it(browser: Browser, terminal: TerminalFace, how: str) -> None:
    with before(browser, terminal) as context:
        page = context.new_page()
        page.goto("/")
        built(page)
        if how == "touch":
            page.mouse.click(300, 300)
        else:
            page.keyboard.press(how)
        page.wait_for_url("**/taal")


def test_the_greeting_turns_and_speaks(browser: Browser, terminal: TerminalFace) -> None:
    with before(browser, terminal) as context:
        page = context.new_page()
        page.clock.install(time=0)
        page.clock.pause_at(1_000)
        page.goto("/")
        shown = page.locator(".face-greeting[data-shown]")
        expect(shown).to_have_attribute("lang", "nl")
        page.clock.run_for(5_000)
        expect(shown).to_have_attribute("lang", "en")
        page.clock.run_for(5_000)
        expect(shown).to_have_attribute("lang", "ar")
    with before(browser, terminal, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto("/")
        built(page)
        expect(page.locator(".face-greeting[data-shown]")).to_have_count(0)
        for greeting in page.locator(".face-greeting").all():
            expect(greeting).to_be_visible()
    with before(browser, terminal) as context:
        page = context.new_page()
        page.goto("/")
        built(page)
        page.mouse.click(300, 300)
        page.wait_for_url("**/taal")
        until(
            lambda: (
                [language for text, language in terminal.voice.asked if "." in text] == ["nl", "en", "ar"]
            ),
            f"not greeted in each language: {terminal.voice.asked}",
        )


def test_without_a_script(browser: Browser, terminal: TerminalFace) -> None:
    with before(browser, terminal, WIDE, script=False) as context:
        page = context.new_page()
        page.goto("/")
        for name in ("Nederlands", "English", "العربية"):
            expect(page.get_by_role("button", name=name)).to_be_visible()
        page.get_by_role("button", name="English").click()
        page.get_by_role("link", name="Call me back").click()
        page.get_by_role("button", name="Money and help").click()
        page.get_by_label("Your name").fill("De Vries")
        page.get_by_role("button", name="Next").click()
        page.get_by_role("button", name="Colours").click()
        expect(page.locator("html")).to_have_attribute("data-colour", "contrast")
        expect(page.get_by_role("heading", name="On which number")).to_be_visible()
        page.get_by_role("link", name="Stop").click()
        page.get_by_role("button", name="Erase everything now").click()
        expect(page.locator("html")).to_have_attribute("data-colour", "auto")
        expect(page.locator("html")).to_have_attribute("lang", "nl")


def test_the_bar_loses_nothing_that_was_typed(browser: Browser, terminal: TerminalFace) -> None:
    with before(browser, terminal, WIDE) as context:
        page = context.new_page()
        wake(page)
        page.goto("/terugbellen/naam")
        page.get_by_label("Uw naam").fill("De Vri")
        page.get_by_role("button", name="Kleuren").click()
        expect(page.locator("html")).to_have_attribute("data-colour", "contrast")
        page.get_by_role("button", name="Groter").click()
        expect(page.locator("html")).to_have_attribute("data-text-size", "125")
        page.get_by_role("button", name="Harder").click()
        expect(page.locator("[data-level-text]")).to_have_text("Geluid 4 van 5")
        assert page.get_by_label("Uw naam").input_value() == "De Vri"
        page.goto("/keuze")
        expect(page.locator("html")).to_have_attribute("data-text-size", "125")


def test_headphones_begin_to_speak_and_their_loss_is_silence(
    browser: Browser, terminal: TerminalFace
) -> None:
    with before(browser, terminal, WIDE) as context:
        page = context.new_page()
        wake(page)
        page.goto("/informatie/geld")
        reader = page.locator("[data-module='accessible_ui/read_aloud/read_aloud']")
        terminal.agent.told["headphones"] = True
        until(
            lambda: any("te weinig geld" in text for text, _ in terminal.voice.asked), "nothing is read aloud"
        )
        page.goto("/informatie/verhuizen")
        until(
            lambda: any("verhuist" in text for text, _ in terminal.voice.asked),
            "the next page is not read aloud",
        )
        terminal.agent.told["headphones"] = False
        expect(page.locator(".face-bar")).to_have_attribute("data-reads", "no")
        expect(reader).to_have_attribute("data-state", "idle")
        asked = len(terminal.voice.asked)
        page.goto("/informatie/paspoort")
        built(page)
        assert len(terminal.voice.asked) == asked, "the speaker stays silent until somebody presses"
        page.get_by_role("button", name="Lees voor").click()
        until(
            lambda: any("Maak een afspraak" in text for text, _ in terminal.voice.asked), "the button is dead"
        )


def test_the_page_beats_and_says_when_the_line_falls(browser: Browser, terminal: TerminalFace) -> None:
    with before(browser, terminal, WIDE) as context:
        page = context.new_page()
        page.goto("/")
        until(lambda: terminal.agent.beacons, "no beacon")
        assert terminal.agent.beacons[0].page == "face"
        assert terminal.agent.beacons[0].at_rest
        until(lambda: any(beacon.painted for beacon in terminal.agent.beacons), "never painted")
        terminal.line_falls()
        expect(page.locator(".face-line[role=status]")).to_contain_text("Geen verbinding")
        wake(page)
        expect(page.get_by_text("Er is nu geen verbinding.")).to_be_visible()
        expect(page.get_by_text("Praat met een medewerker")).to_have_count(0)


def test_goodbye_counts_down_by_itself(browser: Browser, terminal: TerminalFace) -> None:
    with before(browser, terminal, WIDE) as context:
        page = context.new_page()
        wake(page)
        # A page that began by the real clock would see this one go back, and its beacon tell so.
        page.close()
        page = context.new_page()
        page.clock.install(time=0)
        page.clock.pause_at(1_000)
        page.goto("/einde")
        built(page)
        page.clock.run_for(5_000)
        expect(page.get_by_text("Dat gaat vanzelf over 10 tellen.")).to_be_visible()
        page.clock.run_for(11_000)
        page.wait_for_url("**/")
        assert terminal.agent.wipes == 1


def test_a_page_stays_within_its_budget(browser: Browser, terminal: TerminalFace) -> None:
    """60 kB on the wire, first visit, fonts included."""
    with before(browser, terminal) as context:
        page = context.new_page()
        sizes: dict[str, int] = {}

        def count(finished: Any) -> None:
            sizes[finished.url] = finished.sizes()["responseBodySize"]

        page.on("requestfinished", count)
        wake(page)
        page.wait_for_load_state("networkidle")
        total = sum(size for url, size in sizes.items() if "/voorlezen" not in url and "/stand" not in url)
        print(f"first visit, two pages: {total} bytes")  # noqa: T201
        assert total < 60_000, sizes
