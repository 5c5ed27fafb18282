import pytest
from playwright.sync_api import expect

from tests.browser import assert_axe, assert_no_horizontal_scroll

pytestmark = pytest.mark.browser


def letters_px(page):
    return page.locator("h1 + p").evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")


def test_stands_what_every_component_must(check):
    check("reading_preferences")


def test_a_choice_shows_at_once_and_holds_when_kept(show):
    page = show("", path="/voorkeuren?next=/voorkeuren")
    before = letters_px(page)
    page.get_by_label("Heel groot").check(force=True)
    assert letters_px(page) == pytest.approx(2 * before, rel=0.02)
    page.get_by_label("Donker").check(force=True)
    assert page.locator("body").evaluate("(e) => getComputedStyle(e).backgroundColor") != "rgb(246, 245, 250)"
    page.get_by_role("button", name="Bewaar en ga terug").click()
    expect(page.locator("html[data-colour=dark][data-text-size='200']")).to_have_count(1)
    assert letters_px(page) == pytest.approx(2 * before, rel=0.02)


def test_works_without_script(show):
    page = show("", path="/voorkeuren?next=/voorkeuren", script=False)
    page.get_by_label("Veel contrast").check(force=True)
    page.get_by_role("button", name="Bewaar en ga terug").click()
    expect(page.locator("html[data-colour=contrast]")).to_have_count(1)
    page.goto("/voorkeuren?next=/voorkeuren")
    page.get_by_role("button", name="Zet alles terug").click()
    expect(page.locator("html[data-colour=auto]")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_follows_the_device_until_one_chooses(show, scheme):
    page = show("", path="/voorkeuren", color_scheme=scheme)
    light = page.locator("body").evaluate("(e) => getComputedStyle(e).color").startswith("rgb(25")
    assert light == (scheme == "light")
    assert_axe(page)


def test_calm_means_that_nothing_moves(show):
    page = show("", path="/voorkeuren", reduced_motion="no-preference")
    moving = "() => [...document.querySelectorAll('*')].some((e) => getComputedStyle(e).transitionDuration !== '0s')"
    page.goto("/gallery/choice_list")
    assert page.evaluate(moving)
    page.goto("/voorkeuren?next=/gallery/choice_list")
    page.get_by_label("Liever niet").check(force=True)
    page.get_by_role("button", name="Bewaar en ga terug").click()
    page.wait_for_url("**/gallery/choice_list")
    assert not page.evaluate(moving)


@pytest.mark.parametrize("width", [320, 640])
def test_the_largest_letters_on_the_smallest_screen_still_fit(browser, gallery, width, show):
    page = show("", path="/voorkeuren", width=width, preferences="text_size=200&spacing=wide")
    assert_no_horizontal_scroll(page)
