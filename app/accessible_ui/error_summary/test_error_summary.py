import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_stands_what_every_component_must(check):
    check("error_summary")


def test_has_the_focus_and_leads_to_each_question(show):
    page = show("error_summary")
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link", name="Vul uw naam in.").click()
    expect(page.get_by_label("Hoe heet u?")).to_be_focused()
    page.get_by_role("link", name="Kies 1 antwoord.").click()
    expect(page.get_by_role("radio", name="Ja")).to_be_focused()


def test_is_a_list_of_links_without_script(show):
    page = show("error_summary", script=False)
    page.get_by_role("link", name="Vul uw naam in.").click()
    assert page.url.endswith("#wrong-name")
