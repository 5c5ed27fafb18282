"""By a clock that the test moves: nothing here waits for real seconds."""

import pytest
from playwright.sync_api import expect

from tests.browser import assert_axe, assert_big_targets, assert_no_horizontal_scroll

pytestmark = pytest.mark.browser
IDLE_S, COUNT_S = 90, 30


@pytest.fixture
def idle(show):
    """idle(language="ar"): the examples, seen at noon by a clock that stands still."""

    def open_examples(**options):
        page = show("", path="/voorkeuren", **options)
        page.clock.install(time=0)
        page.clock.pause_at(1000)
        page.goto("/gallery/idle")
        page.wait_for_function(
            "() => [...document.querySelectorAll('[data-module]')].every((element) => element.component)"
        )
        page.evaluate(
            """() => {
              window.told = [];
              for (const name of ["idle:end", "idle:stay", "say"]) {
                document.addEventListener(name, (event) => told.push([name, event.detail?.text]));
              }
            }"""
        )
        return page

    return open_examples


def pass_s(page, seconds):
    page.clock.run_for(seconds * 1000)


def warning(page):
    return page.get_by_role("alertdialog", name="Bent u er nog?")


def told(page, name):
    return page.evaluate("(name) => told.filter((each) => each[0] === name).map((each) => each[1])", name)


def test_stands_what_every_component_must(check):
    check("idle")


@pytest.mark.parametrize(
    ("width", "language", "preferences"),
    [(1280, "nl", ""), (320, "ar", "colour=dark"), (640, "en", "colour=contrast&text_size=200&spacing=wide")],
)
def test_the_warning_stands_what_every_component_must(idle, width, language, preferences):
    page = idle(width=width, language=language, preferences=preferences)
    pass_s(page, IDLE_S + 1)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.clock.resume()  # axe has timers of its own
    assert_axe(page)
    assert_no_horizontal_scroll(page)
    assert_big_targets(page, ".idle__warning", least_px=64)
    inside = page.locator(".idle__warning").evaluate("(e) => e.scrollWidth - e.clientWidth")
    assert inside <= 0


def test_warns_after_its_time_and_not_before(idle):
    page = idle()
    pass_s(page, IDLE_S - 2)
    expect(warning(page)).to_be_hidden()
    pass_s(page, 3)
    expect(warning(page)).to_be_visible()
    expect(page.get_by_role("button", name="Ik ben er nog")).to_be_focused()


def test_counts_down_and_ends_once(idle):
    page = idle()
    pass_s(page, IDLE_S + 1)
    first = int(page.locator(".idle__number").text_content())
    assert first in (COUNT_S, COUNT_S - 1), "a look each second"
    pass_s(page, 12)
    expect(page.locator(".idle__number")).to_have_text(str(first - 12))
    expect(page.locator(".idle__left")).to_have_text(f"Nog {first - 12} seconden.")
    assert told(page, "idle:end") == []
    pass_s(page, COUNT_S - 12)
    assert len(told(page, "idle:end")) == 1


@pytest.mark.parametrize(
    "answer",
    [
        lambda page: page.get_by_role("button", name="Ik ben er nog").click(),
        lambda page: page.keyboard.press("Enter"),
        lambda page: page.keyboard.press("Space"),
        lambda page: page.keyboard.press("Escape"),
        lambda page: page.keyboard.press("x"),
        lambda page: page.mouse.click(5, 5),
    ],
    ids=["button", "enter", "space", "escape", "letter", "beside"],
)
def test_one_touch_gives_all_the_time_again_and_does_nothing_else(idle, answer):
    page = idle()
    page.locator("#idle-field").focus()
    page.evaluate(
        "() => document.querySelectorAll('#idle-examples > .gallery__examples > button')"
        ".forEach((b) => b.onclick = () => told.push(['pressed']))"
    )
    for _round in range(2):
        pass_s(page, IDLE_S - 2)
        expect(warning(page)).to_be_hidden()
        pass_s(page, 3)
        expect(warning(page)).to_be_visible()
        answer(page)
        expect(warning(page)).to_be_hidden()
    assert told(page, "idle:end") == []
    assert told(page, "pressed") == []
    assert page.locator("#idle-field").input_value() == ""


@pytest.mark.parametrize(
    "sign",
    [
        lambda page: page.mouse.click(300, 3),
        lambda page: page.touchscreen.tap(300, 3),
        lambda page: page.keyboard.press("Shift"),
        lambda page: page.mouse.wheel(0, 10),
    ],
    ids=["press", "touch", "key", "wheel"],
)
def test_any_touch_or_key_begins_the_time_anew(idle, sign):
    page = idle(has_touch=True)
    pass_s(page, IDLE_S - 2)
    seen = page.evaluate_handle(
        "() => { const seen = {}; for (const name of ['pointerdown', 'keydown', 'wheel'])"
        " addEventListener(name, () => (seen.one = true)); return seen; }"
    )
    sign(page)
    page.wait_for_function("(seen) => seen.one", arg=seen)
    pass_s(page, IDLE_S - 2)
    expect(warning(page)).to_be_hidden()
    pass_s(page, 3)
    expect(warning(page)).to_be_visible()


def test_tells_the_count_four_times_to_eyes_ears_and_screen_readers(idle):
    page = idle()
    page.evaluate(
        """() => {
          const alert = document.querySelector(".idle [role=alert]");
          new MutationObserver(() => told.push(["alert", alert.textContent])).observe(alert, {childList: true});
        }"""
    )
    pass_s(page, IDLE_S + COUNT_S)
    left = [f"Nog {seconds} seconden." for seconds in (30, 20, 10, 5)]
    assert told(page, "alert") == left
    spoken = told(page, "say")
    assert spoken[0] == f"Bent u er nog? Anders stoppen wij. Dan wissen wij wat u hier deed. {left[0]}"
    assert spoken[1:4] == left[1:]


def test_the_warning_sounds_without_anybody_having_asked_for_a_voice(idle, spoken):
    page = idle()
    assert page.locator("html").get_attribute("data-aloud") == "off"
    with page.expect_response("**/voorlezen"):
        pass_s(page, IDLE_S + 1)
    assert spoken[-1][0].startswith("Bent u er nog?")
    assert spoken[-1][1] == "nl"


def test_never_during_a_talk_and_the_time_begins_when_it_ends(idle):
    page = idle()
    page.evaluate("() => document.documentElement.dataset.inTalk = ''")
    pass_s(page, 10 * IDLE_S)
    expect(warning(page)).to_be_hidden()
    page.evaluate("() => delete document.documentElement.dataset.inTalk")
    pass_s(page, IDLE_S - 2)
    expect(warning(page)).to_be_hidden()
    pass_s(page, 3)
    expect(warning(page)).to_be_visible()


def test_a_talk_that_begins_takes_the_warning_away(idle):
    page = idle()
    pass_s(page, IDLE_S + 5)
    page.evaluate("() => document.documentElement.dataset.inTalk = ''")
    pass_s(page, COUNT_S)
    expect(warning(page)).to_be_hidden()
    assert told(page, "idle:end") == []


@pytest.mark.parametrize("state", ["loading", "speaking"])
def test_never_while_the_page_is_read_aloud(idle, state):
    page = idle()
    reader = page.locator("header [data-module$='/read_aloud']")
    reader.evaluate("(element, state) => element.dataset.state = state", state)
    pass_s(page, 10 * IDLE_S)
    expect(warning(page)).to_be_hidden()
    reader.evaluate("(element) => element.dataset.state = 'paused'")
    pass_s(page, IDLE_S + 1)
    expect(warning(page)).to_be_visible()


def test_a_machine_that_slept_does_not_end_at_once(idle):
    page = idle()
    page.clock.fast_forward(3600 * 1000)
    pass_s(page, 1)
    expect(warning(page)).to_be_visible()
    assert told(page, "idle:end") == []


def test_less_than_twenty_seconds_to_answer_is_not_given(idle):
    page = idle()
    page.evaluate(
        """() => {
          const short = document.querySelector(".idle").cloneNode(true);
          short.dataset.countS = "5";
          document.querySelector(".idle").replaceWith(short);
          return import(document.querySelector("script[src*=start]").src.replace("start.js", "idle/idle.js"))
            .then((module) => short.component = new module.default(short));
        }"""
    )
    pass_s(page, IDLE_S + 19)
    expect(warning(page)).to_be_visible()


def test_goes_to_its_page_at_the_end_unless_another_part_does(idle):
    page = idle()
    page.locator(".idle").evaluate("(element) => element.dataset.end = '/voorkeuren'")
    page.evaluate("() => addEventListener('idle:end', (event) => event.preventDefault(), {once: true})")
    pass_s(page, IDLE_S + COUNT_S + 1)
    expect(warning(page)).to_be_visible()
    assert page.url.endswith("/gallery/idle")
    page.reload()
    page.wait_for_function("() => document.querySelector('.idle')?.component")
    page.locator(".idle").evaluate("(element) => element.dataset.end = '/voorkeuren'")
    pass_s(page, IDLE_S + COUNT_S + 1)
    page.wait_for_url("**/voorkeuren")


def test_without_script_nothing_is_in_the_way(show):
    page = show("idle", script=False)
    expect(page.locator(".idle__warning")).to_be_hidden()
