import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_stands_what_every_component_must(check):
    check("real_time_text")


def test_sends_the_growing_line_and_begins_a_new_one(show):
    page = show("real_time_text")
    page.evaluate(
        "() => { window.told = []; addEventListener('typing', (event) => window.told.push(event.detail)); }"
    )
    field = page.get_by_label("Typ mee")
    field.press_sequentially("Hoi")
    page.wait_for_function("() => window.told.at(-1)?.text === 'Hoi'")
    assert page.evaluate("() => window.told.every(({ done, line }) => !done && line === 1)")
    field.press("Enter")
    assert page.evaluate("() => window.told.at(-1)") == {"line": 1, "text": "Hoi", "done": True}
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    field.press("Enter")  # an empty line is no line
    field.fill("Dag")
    page.get_by_role("button", name="Klaar").click()
    assert page.evaluate("() => window.told.at(-1)") == {"line": 2, "text": "Dag", "done": True}
