import pytest
from playwright.sync_api import expect

from tests.browser import assert_axe, assert_big_targets, assert_focus_shows, assert_no_horizontal_scroll

pytestmark = pytest.mark.browser


def test_the_first_tab_leads_past_the_header(show):
    page = show("", path="/voorkeuren")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Ga naar de inhoud")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    assert skip.bounding_box()["height"] >= 48
    assert skip.bounding_box()["width"] >= 150
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize("path", ["/voorkeuren", "/broken/403"])
@pytest.mark.parametrize(("width", "language"), [(1280, "nl"), (320, "ar")])
def test_every_part_of_the_frame_stands(show, path, width, language):
    page = show("", path="/voorkeuren", width=width, language=language)
    if path != "/voorkeuren":
        # A page that fails is an error in the console as well: told to the reader, so not to the test.
        page.route("**/broken/*", lambda route: route.fulfill(response=route.fetch(), status=200))
        page.goto(path)
    assert_axe(page)
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_focus_shows(page, "body")


def test_a_phone_number_stands_on_every_page(show):
    page = show("", path="/voorkeuren")
    assert page.locator("footer").get_by_role("link", name="Bel 14 010").get_attribute("href") == "tel:14010"


@pytest.mark.parametrize(
    "look", [{"forced_colors": "active"}, {"contrast": "more"}, {"color_scheme": "dark"}]
)
def test_follows_what_the_device_asks(show, look):
    page = show("", path="/gallery/choice_list", **look)
    assert_axe(page)
    assert_focus_shows(page, "#choice_list-examples")


def test_one_component_that_fails_leaves_the_others_standing(browser, gallery):
    context = browser.new_context(base_url=gallery)
    page = context.new_page()
    page.route(
        "**/dialog/dialog.js", lambda route: route.fulfill(content_type="text/javascript", body="throw 1")
    )
    page.goto("/gallery")
    page.wait_for_function("() => document.querySelector('.caption-log').component")
    assert page.evaluate("() => document.querySelector('dialog').component === undefined")
    context.close()


def test_prints_black_on_white_without_tools(show):
    page = show("", path="/voorkeuren", color_scheme="light")
    page.emulate_media(media="print")
    expect(page.locator(".tools")).to_be_hidden()
    expect(page.get_by_role("main")).to_be_visible()
