"""By a clock that the test moves: nothing here waits for real seconds."""

import pytest
from playwright.sync_api import expect

from tests.browser import assert_axe, assert_no_horizontal_scroll

pytestmark = pytest.mark.browser
SLOW = "scan=slow"
PACE_MS, FIRST_MS = 3000, 4000
READER = "header [data-module$='/read_aloud']"
READY = "() => [...document.querySelectorAll('[data-module]')].every((element) => element.component)"
AROUND = """() => {
  const box = document.querySelector(".scanning__ring").getBoundingClientRect();
  if (!box.width) return [];
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((each) => each.checkVisibility({visibilityProperty: true}) && !each.closest("[inert]"))
    .filter((each) => {
      const at = each.getBoundingClientRect();
      return at.width > 2 && at.left > box.left && at.right < box.right && at.top > box.top && at.bottom < box.bottom;
    })
    .map((each) => (each.ariaLabel || each.textContent || each.labels?.[0]?.textContent || each.id).trim());
}"""


@pytest.fixture
def scan(show):
    """scan("dialog"): a component's examples with the ring on, by a clock that stands still."""

    def open_examples(name="scanning", preferences=SLOW, body="", **options):
        page = show("", path="/voorkeuren", preferences="scan=off", **options)
        page.clock.install(time=0)
        page.clock.pause_at(1000)
        page.context.add_cookies([{"name": "preferences", "value": preferences, "url": page.url}])
        if body:
            page.route(
                f"**/gallery/{name}",
                lambda route: route.fulfill(response=(got := route.fetch()), body=put_in(got.text(), body)),
            )
        page.goto(f"/gallery/{name}")
        page.wait_for_function(READY)
        return page

    return open_examples


def put_in(page, body):
    """The page with only this in it."""
    before, _, _ = page.partition('<header class="page-header">')
    return f'{before}<main id="inhoud"><h1>Proef</h1>{body}</main></body></html>'


def around(page):
    """Names of all that the ring is around."""
    return page.evaluate(AROUND)


def wait(page, ms=PACE_MS):
    page.clock.run_for(ms)


def switch(page, key="Space"):
    wait(page, 300)
    page.keyboard.press(key)


def until(page, name, most=40):
    """Lets the ring go on till it is around this alone, or around a row with it; then presses."""
    for _step in range(most):
        if name in around(page):
            break
        wait(page)
    assert name in around(page)
    switch(page)


FOUR = "".join(f"<button type=button>{name}</button>" for name in ("Een", "Twee", "Drie", "Vier"))


def test_stands_what_every_component_must(check):
    check("scanning")


@pytest.mark.parametrize(
    ("width", "language", "preferences"),
    [
        (1280, "nl", SLOW),
        (320, "ar", f"{SLOW}&colour=dark"),
        (640, "en", f"{SLOW}&colour=contrast&text_size=200"),
    ],
)
def test_the_page_with_the_ring_stands_what_every_page_must(scan, width, language, preferences):
    page = scan(width=width, language=language, preferences=preferences)
    expect(page.locator(".scanning__ring").first).to_be_visible()
    page.clock.resume()  # axe has timers of its own
    assert_axe(page)
    assert_no_horizontal_scroll(page)


def test_without_script_nothing_is_in_the_way(show):
    page = show("scanning", script=False, preferences=SLOW)
    expect(page.locator(".scanning__ring").first).to_be_hidden()


def test_goes_in_the_order_of_reading_and_presses_what_it_is_around(scan):
    page = scan(body=FOUR)
    page.evaluate("() => document.addEventListener('click', (e) => (window.hit = e.target.textContent))")
    assert around(page) == ["Een"]
    wait(page, FIRST_MS)
    assert around(page) == ["Twee"]
    wait(page)
    assert around(page) == ["Drie"]
    switch(page, "Enter")
    assert page.evaluate("() => window.hit") == "Drie"
    assert page.evaluate("() => document.activeElement === document.body"), "the focus is not thrown about"


@pytest.mark.parametrize(("pace", "ms"), [("slow", 3000), ("medium", 2000), ("fast", 1000)])
def test_goes_as_fast_as_one_chose(scan, pace, ms):
    page = scan(body=FOUR, preferences=f"scan={pace}")
    wait(page, ms + 1000 - 10)
    assert around(page) == ["Een"]
    wait(page, 20)
    assert around(page) == ["Twee"]
    wait(page, ms)
    assert around(page) == ["Drie"]


def test_begins_again_and_rests_after_three_rounds_and_a_switch_wakes_it(scan):
    page = scan(body=FOUR)
    wait(page, 3 * (FIRST_MS + 3 * PACE_MS) + 100)
    assert around(page) == []
    expect(page.locator(".scanning__hint")).to_contain_text("De ring wacht")
    switch(page)
    assert around(page) == ["Een"]


def test_rows_first_then_what_is_in_the_row(scan):
    rows = "".join(
        f"<p>{''.join(f'<button type=button>{row}{place}</button> ' for place in '123')}</p>" for row in "abc"
    )
    page = scan(body=rows)
    page.evaluate("() => document.addEventListener('click', (e) => (window.hit = e.target.textContent))")
    assert around(page) == ["a1", "a2", "a3"]
    wait(page, FIRST_MS)
    assert around(page) == ["b1", "b2", "b3"]
    switch(page)
    assert around(page) == ["b1"]
    wait(page, FIRST_MS)
    switch(page)
    assert page.evaluate("() => window.hit") == "b2"
    assert around(page) == ["b2"], "for a moment once more is one press"
    wait(page)
    assert around(page) == ["a1", "a2", "a3"]
    switch(page)
    wait(page, FIRST_MS + 5 * PACE_MS + 100)
    assert around(page) == ["b1", "b2", "b3"], "who chose the wrong row comes out of it"


def test_what_cannot_be_pressed_is_passed_over(scan):
    page = scan(
        body="<button type=button>Een</button><button disabled>Uit</button><button aria-disabled=true>Grijs</button>"
        "<button hidden>Weg</button><div inert><button>Stil</button></div>"
        "<div aria-hidden=true><button tabindex=-1>Sier</button></div>"
        "<input type=hidden><fieldset disabled><button>Vast</button></fieldset><button type=button>Twee</button>"
    )
    seen = around(page)
    wait(page, FIRST_MS)
    seen += around(page)
    wait(page)
    seen += around(page)
    assert seen == ["Een", "Twee", "Een"]


def test_only_what_is_in_the_dialog_in_front(scan):
    page = scan("dialog")
    until(page, "Stop het gesprek")
    if page.get_by_role("dialog").count() == 0:  # it was in a row
        until(page, "Stop het gesprek")
    expect(page.get_by_role("dialog", name="Wilt u stoppen?")).to_be_visible()
    seen = set()
    for _step in range(4):
        wait(page)
        seen |= set(around(page))
    assert seen == {"Ja, stop het gesprek", "Sluit"}
    with_ring = page.screenshot()
    page.locator(".scanning__ring").evaluate("(ring) => (ring.style.visibility = 'hidden')")
    assert page.screenshot() != with_ring, "the ring lies over the dialog"
    page.locator(".scanning__ring").evaluate("(ring) => (ring.style.visibility = '')")
    until(page, "Sluit")
    expect(page.get_by_role("dialog")).to_have_count(0)
    wait(page, 3 * PACE_MS)
    assert around(page)


def test_two_switches_one_moves_and_one_chooses_and_time_does_nothing(scan):
    page = scan(body=FOUR, preferences=f"{SLOW}&switches=two")
    page.evaluate("() => document.addEventListener('click', (e) => (window.hit = e.target.textContent))")
    wait(page, 60_000)
    assert around(page) == ["Een"]
    switch(page, "Enter")
    switch(page, "Enter")
    assert around(page) == ["Drie"]
    switch(page, "Space")
    assert page.evaluate("() => window.hit") == "Drie"


def test_a_shaking_hand_presses_once(scan):
    page = scan(body=FOUR)
    page.evaluate("() => { window.hits = 0; document.addEventListener('click', () => hits += 1) }")
    switch(page)
    page.keyboard.press("Space")
    page.keyboard.down("Space")
    page.keyboard.down("Space")
    assert page.evaluate("() => hits") == 1


@pytest.mark.parametrize(
    "by", [lambda page: page.mouse.click(5, 400), lambda page: page.keyboard.press("Tab")]
)
def test_rests_when_somebody_touches_the_screen_or_takes_a_keyboard(scan, by):
    page = scan(body=FOUR)
    expect(page.locator(".scanning__ring")).to_be_visible()
    by(page)
    wait(page, 5 * PACE_MS)
    expect(page.locator(".scanning__ring")).to_be_hidden()


def test_a_name_in_the_field_is_written_with_one_switch(scan):
    page = scan("on_screen_keyboard")
    until(page, "Hoe mogen wij u noemen?")
    page.wait_for_function("() => document.querySelector('.on-screen-keyboard:not([hidden]) .hg-button')")
    for each in "hi":
        until(page, each)
        until(page, each, most=15)
        wait(page)
    expect(page.locator("#key-name")).to_have_value("hi")
    until(page, "Klaar")
    until(page, "Klaar", most=10)
    expect(page.locator(".on-screen-keyboard")).to_be_hidden()


def test_leaves_the_keys_when_nothing_in_them_is_chosen(scan):
    page = scan("on_screen_keyboard")
    page.locator("#key-name").focus()
    page.wait_for_function("() => document.querySelector('.on-screen-keyboard:not([hidden]) .hg-button')")
    for _step in range(40):
        wait(page)
        if not any(len(name) == 1 for name in around(page)) and "Anders lezen" in around(page):
            return
    raise AssertionError("the ring never left the keys")


def test_says_what_it_is_around_for_who_asked_to_hear_it(scan, spoken):
    page = scan("scanning", preferences=f"{SLOW}&aloud=on")
    for _step in range(12):
        if "Een" in around(page):
            break
        wait(page)
        page.wait_for_function(f"() => document.querySelector(\"{READER}\").dataset.state === 'idle'")
    page.wait_for_function(f"() => document.querySelector(\"{READER}\").dataset.state === 'idle'")
    assert spoken[-1] == ("Een, Twee, Drie", "nl")
    quiet = scan("scanning")
    count = len(spoken)
    wait(quiet, 5 * PACE_MS)
    assert len(spoken) == count


def test_ticks_turns_and_slides(scan):
    page = scan(
        body="<label><input type=checkbox id=tick> Ja</label>"
        "<select id=turn><option>x<option disabled>u<option>y</select>"
        "<input type=range id=slide min=0 max=2 value=1><audio id=sound controls></audio>"
    )
    changes = "() => { window.told = []; document.addEventListener('change', (e) => told.push(e.target.id)) }"
    page.evaluate(changes)
    switch(page)
    assert page.locator("#tick").is_checked()
    wait(page, PACE_MS)
    wait(page, FIRST_MS)
    switch(page)
    assert page.locator("#turn").input_value() == "y"
    switch(page)
    assert page.locator("#turn").input_value() == "x"
    for _step in range(3):
        wait(page)
    wait(page, 1000)
    switch(page)
    assert page.locator("#slide").input_value() == "2"
    assert page.evaluate("() => told") == ["tick", "turn", "turn", "slide"]
