import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_stands_what_every_component_must(check):
    check("language_picker")


@pytest.mark.parametrize("script", [True, False])
def test_each_language_is_named_and_marked_in_itself_and_can_be_chosen(show, script):
    page = show("language_picker", script=script)
    picker = page.locator("header .language-picker")
    picker.locator("summary").click()
    for code, name in (("nl", "Nederlands"), ("en", "English"), ("ar", "العربية")):
        assert picker.get_by_role("button", name=name).get_attribute("lang") == code
    assert picker.get_by_role("button", name="Nederlands").get_attribute("aria-current") == "true"
    picker.get_by_role("button", name="العربية").click()
    expect(page.locator("html[lang=ar][dir=rtl]")).to_have_count(1)
    assert page.url.endswith("/gallery/language_picker")


def test_says_each_name_in_its_own_language_on_focus(show, spoken):
    page = show("language_picker")
    with page.expect_response("**/voorlezen"):
        page.locator("main .languages").get_by_role("button", name="العربية").focus()
    assert spoken[-1] == ("العربية", "ar")
