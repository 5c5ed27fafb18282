import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_stands_what_every_component_must(check):
    check("level_meter")


def test_moves_with_the_voice_and_tells_it_in_words_not_too_often(show):
    page = show("level_meter")
    meter = page.get_by_role("meter", name="Uw microfoon")
    words = page.locator(".level-meter__words")

    def level(value, now_ms):
        page.evaluate(
            "([v, t]) => document.querySelector('.level-meter').component.level(v, t)", [value, now_ms]
        )

    level(0.0, 10_000)
    expect(words).to_have_text("Wij horen niets")
    expect(page.locator(".level-meter__step--on")).to_have_count(0)
    level(0.5, 10_100)
    assert page.locator(".level-meter__step--on").count() >= 8
    expect(words).to_have_text("Wij horen niets")  # too soon to speak again
    level(0.0, 11_600)
    expect(words).to_have_text("Wij horen u goed")  # the loudest of the moment counts
    assert meter.get_attribute("aria-valuetext") == "Wij horen u goed"
    level(0.08, 13_200)
    expect(words).to_have_text("Wij horen u zacht")
    level(99, 15_000)
    expect(page.locator(".level-meter__step--on")).to_have_count(16)
    assert meter.get_attribute("aria-valuenow") == "100"
