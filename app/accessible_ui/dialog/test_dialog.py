import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_stands_what_every_component_must(check):
    check("dialog")


def test_gives_the_focus_back_to_who_opened_it(show):
    page = show("dialog")
    opener = page.get_by_role("button", name="Stop het gesprek").first
    for close in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.get_by_role("button", name="Sluit").click(),
        lambda: page.mouse.click(3, 3),
    ):
        opener.click()
        expect(page.get_by_role("dialog", name="Wilt u stoppen?")).to_be_visible()
        close()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(opener).to_be_focused()


def test_keeps_the_keyboard_inside(show):
    page = show("dialog")
    page.get_by_role("button", name="Stop het gesprek").first.click()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
