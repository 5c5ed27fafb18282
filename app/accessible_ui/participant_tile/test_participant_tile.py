import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PERSON = {"name": "Hassan", "role": "tolk", "camera": True, "microphone": True}


def tell(page, method, *values):
    page.evaluate(
        "([method, values]) => document.querySelector('#example-hassan').component[method](...values)",
        [method, list(values)],
    )


def test_stands_what_every_component_must(check):
    check("participant_tile")


def test_says_in_words_what_is_off(show):
    page = show("participant_tile")
    tile = page.get_by_role("article", name="Hassan")
    tell(page, "show", PERSON)
    expect(tile.get_by_text("Microfoon uit")).to_be_hidden()
    expect(tile.locator(".tile__still")).to_be_hidden()
    tell(page, "show", {**PERSON, "microphone": False, "sound_only": True})
    expect(tile.get_by_text("Microfoon uit")).to_be_visible()
    expect(tile.get_by_text("Alleen geluid, de lijn is traag")).to_be_visible()
    tell(page, "show", {**PERSON, "away": True})
    expect(tile.get_by_text("Even weg. Wij wachten.")).to_be_visible()
    tell(page, "trouble", "Wij krijgen geen geluid van Hassan.")
    expect(tile.get_by_role("status")).to_have_text("Wij krijgen geen geluid van Hassan.")


def test_shows_who_speaks_and_lets_go_after_a_moment(show):
    page = show("participant_tile")
    tile = page.locator("#example-hassan")
    tell(page, "level", 0.5, 1000)
    expect(tile).to_contain_class("tile--speaking")
    tell(page, "level", 0.0, 1500)
    expect(tile).to_contain_class("tile--speaking")
    tell(page, "level", 0.0, 1800)
    expect(tile).not_to_contain_class("tile--speaking")


def test_can_be_pinned_and_enlarged_by_buttons_that_say_what_they_do(show):
    page = show("participant_tile")
    page.evaluate(
        "() => { window.told = []; for (const name of ['tile-pin', 'tile-size'])"
        " addEventListener(name, (event) => window.told.push(event.detail)); }"
    )
    tile = page.get_by_role("article", name="Hassan")
    tile.get_by_role("button", name="Zet vast").click()
    expect(tile.get_by_role("button", name="Maak los", pressed=True)).to_be_visible()
    tile.get_by_role("button", name="Maak groot").click()
    expect(tile.get_by_role("button", name="Maak kleiner")).to_be_visible()
    assert page.evaluate("() => window.told") == [{"pinned": True}, {"size": "large"}]
