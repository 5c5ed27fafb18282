"""Staff mode in a browser: large targets, keyboard, axe, right to left, with and without script; camera and sound."""

from collections.abc import Iterator
from contextlib import contextmanager

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
from tests.kit_desk import LOOKS, served
from tests.terminal.staff_place import CODE, StaffPlace
from tests.terminal.test_staff_mode import PAGES

pytestmark = pytest.mark.browser
TARGET_PX = 64
TALL_PX = 3000
"""Nothing lies below the face's bar, which stays in sight: axe counts what it covers as too small."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream") as running:
        yield running


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffPlace]:
    made = StaffPlace(tmp_path_factory.mktemp("staff"))
    yield made
    made.store.close()


@pytest.fixture
def address(place: StaffPlace) -> Iterator[str]:
    with served(place.app) as base_url:
        yield base_url


@contextmanager
def host_context(
    browser: Browser, place: StaffPlace, address: str, **options: object
) -> Iterator[BrowserContext]:
    """A browser in which a host is in already."""
    with chromium_context(browser, base_url=address, height=TALL_PX, **options) as context:  # type: ignore[arg-type]
        token = place.ports.sessions.begin(place.now)
        context.add_cookies([{"name": "terminal_host", "value": token, "url": f"{address}/host"}])
        yield context


def check_page(page: Page) -> None:
    assert_axe(page)
    assert_no_horizontal_scroll(page)
    assert_big_targets(page, ".staff", TARGET_PX)
    assert_focus_shows(page, ".staff")


@pytest.mark.parametrize(("script", "width", "language", "preferences"), LOOKS)
def test_each_page_is_for_everybody(
    browser: Browser,
    place: StaffPlace,
    address: str,
    script: bool,
    width: int,
    language: str,
    preferences: str,
) -> None:
    place.ports.log.write("wrong_code", place.now)
    looks = {"script": script, "width": width, "language": language, "preferences": preferences}
    with chromium_context(browser, base_url=address, height=TALL_PX, **looks) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/host")
        check_page(page)
    with host_context(browser, place, address, **looks) as context:
        page = context.new_page()
        for path in ["", *PAGES]:
            page.goto(f"/host{path}")
            check_page(page)


def test_a_host_gets_in_by_touch_alone(browser: Browser, place: StaffPlace, address: str) -> None:
    with chromium_context(browser, base_url=address, has_touch=True) as context:
        page = context.new_page()
        page.goto("/host")
        keys = page.get_by_role("group", name="Cijfers")
        for digit in f"99{CODE}":
            if digit == CODE[0] and page.get_by_label("Code").input_value() == "99":
                keys.get_by_role("button", name="Wis").tap()
            keys.get_by_role("button", name=digit, exact=True).tap()
        page.get_by_role("button", name="Verder").tap()
        expect(page.get_by_role("heading", level=1)).to_have_text("Wat wilt u doen?")
        page.get_by_role("link", name="Test").tap()
        page.get_by_role("link", name="Camera").tap()
        video = page.locator("video")
        page.wait_for_function("() => document.querySelector('video').videoWidth > 0")
        assert video.evaluate("(video) => video.srcObject.getAudioTracks().length") == 0
        expect(page.get_by_text("Nog geen beeld")).to_be_hidden()
        page.get_by_role("button", name="Ja").tap()
        expect(page.get_by_text("Goed om 9.30 uur")).to_be_visible()
    assert place.deeds() == ["came_in", "camera_good"]


def test_a_host_gets_in_by_keyboard_alone(browser: Browser, place: StaffPlace, address: str) -> None:
    with chromium_context(browser, base_url=address) as context:
        page = context.new_page()
        page.goto("/host")
        field = page.get_by_label("Code")
        for _tab in range(20):
            page.keyboard.press("Tab")
            if field.evaluate("(field) => field === document.activeElement"):
                break
        page.keyboard.type(CODE)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Wat wilt u doen?")


def test_the_bar_moves_and_the_tone_sounds(browser: Browser, place: StaffPlace, address: str) -> None:
    with host_context(browser, place, address) as context:
        page = context.new_page()
        page.goto("/host/test/geluid")
        # Chromium's fake microphone beeps once a second.
        page.wait_for_function("() => document.querySelectorAll('.level-meter__step--on').length > 3")
        loudest = page.evaluate(
            """async () => {
              const real = AudioContext.prototype.createGain;
              let heard = null;
              AudioContext.prototype.createGain = function () {
                const gain = real.call(this);
                heard = this.createAnalyser();
                gain.connect(heard);
                return gain;
              };
              document.querySelector("[data-action=tone]").click();
              const samples = new Float32Array(2048);
              for (;;) {
                await new Promise(requestAnimationFrame);
                heard?.getFloatTimeDomainData(samples);
                const loudest = Math.max(...samples);
                if (loudest > 0.3) return loudest;
              }
            }"""
        )
        assert 0.3 < loudest <= 0.45


def test_a_terminal_without_a_camera_says_so(browser: Browser, place: StaffPlace, address: str) -> None:
    with host_context(browser, place, address) as context:
        page = context.new_page()
        page.add_init_script(
            "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))"
        )
        page.goto("/host/test/camera")
        expect(page.get_by_text("Er is geen camera.")).to_be_visible()
        page.goto("/host/test/geluid")
        expect(page.get_by_text("Er is geen microfoon.")).to_be_visible()


def test_a_minute_before_the_end_it_warns_and_then_it_leaves(
    browser: Browser, place: StaffPlace, address: str
) -> None:
    with host_context(browser, place, address) as context:
        page = context.new_page()
        page.clock.install()
        page.goto("/host/test")
        page.wait_for_function("() => document.querySelector('.staff-time').component")
        page.clock.fast_forward("08:50")
        expect(page.get_by_role("alert")).to_be_empty()
        page.clock.fast_forward("00:15")
        expect(page.get_by_role("alert")).to_contain_text("Over 1 minuut gaat u eruit.")
        assert_axe(page)
        place.pass_time(minutes=10)
        page.clock.fast_forward("01:10")
        expect(page.get_by_role("heading", level=1)).to_have_text("Alleen voor de host")


def test_ten_minutes_more_keeps_the_page(browser: Browser, place: StaffPlace, address: str) -> None:
    with host_context(browser, place, address) as context:
        page = context.new_page()
        page.goto("/host/logboek")
        place.pass_time(minutes=5)
        page.get_by_role("button", name="Nog 10 minuten").click()
        expect(page.get_by_text("U kunt hier werken tot 9.45 uur.")).to_be_visible()
        expect(page).to_have_url(f"{address}/host/logboek")
