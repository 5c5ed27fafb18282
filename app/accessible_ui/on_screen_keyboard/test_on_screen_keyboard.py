import re

import pytest
from playwright.sync_api import expect

from tests.browser import assert_axe, assert_big_targets, assert_no_horizontal_scroll
from tests.html_checks import CheckedClient
from tests.kit_desk import kit_app

pytestmark = pytest.mark.browser
KEYS = ".on-screen-keyboard"


def board(page, field="key-name", name="Toetsenbord"):
    """The keys, opened for a field."""
    page.locator(f"#{field}").click()
    group = page.get_by_role("region", name=name, exact=True)
    expect(group).to_be_visible()
    return group


def press(keys, names):
    for name in names:
        keys.get_by_role("button", name=name, exact=True).click()


def letter(keys, what):
    return keys.locator(f"[data-letter={what!r}]")


def value(page, field="key-name"):
    return page.locator(f"#{field}").input_value()


def test_stands_what_every_component_must(check):
    check("on_screen_keyboard")


@pytest.mark.parametrize(
    ("width", "height", "language", "preferences"),
    [
        (1280, 800, "nl", ""),
        (1280, 800, "ar", "colour=dark"),
        (320, 500, "ar", "colour=dark"),
        (640, 900, "en", "colour=contrast&text_size=200&spacing=wide"),
    ],
)
def test_the_open_keys_stand_what_every_component_must(show, width, height, language, preferences):
    page = show("on_screen_keyboard", width=width, height=height, language=language, preferences=preferences)
    page.locator("#key-name").click()
    for layer in (None, "signs", "letters", "more", "letters", "shift", "next"):
        if layer:
            if not page.locator(f"[data-key={layer}]").count():
                continue
            page.locator(f"[data-key={layer}]").click()
        expect(page.locator(f"{KEYS} .hg-button").first).to_be_visible()
        assert_axe(page)
        assert_no_horizontal_scroll(page)
        assert_big_targets(page, KEYS, least_px=64)
        assert page.locator(f"{KEYS} [tabindex='0']").count() == 1
    page.locator("#key-name").focus()
    place = page.locator(KEYS).get_attribute("data-place")
    assert place == ("bottom" if height == 800 else "field")
    if place == "bottom":
        field, keys = page.locator("#key-name").bounding_box(), page.locator(KEYS).bounding_box()
        assert field["y"] + field["height"] <= keys["y"], "one sees what one types"


def test_is_not_there_without_script_and_the_field_works(show):
    page = show("on_screen_keyboard", script=False)
    expect(page.locator(KEYS)).to_be_hidden()
    page.locator("#key-name").fill("Sara")


def test_the_library_comes_only_when_a_field_is_reached(show):
    asked = []
    page = show("", path="/voorkeuren")
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/gallery/on_screen_keyboard")
    page.wait_for_function("() => document.querySelector('.on-screen-keyboard').component")
    assert not any("simple-keyboard" in url for url in asked)
    board(page)
    assert any("simple-keyboard" in url for url in asked)


def test_types_at_the_cursor_with_the_events_of_a_hand(show):
    page = show("on_screen_keyboard")
    page.evaluate(
        """() => {
          window.told = [];
          for (const name of ["beforeinput", "input", "change"]) {
            document.querySelector("#key-name").addEventListener(name, (event) => {
              told.push([name, event.inputType ?? "", event.data ?? "", event.isTrusted]);
            });
          }
        }"""
    )
    keys = board(page)
    press(keys, "sra")
    expect(page.locator("#key-name")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    press(keys, "a")
    assert value(page) == "sara"
    assert ["input", "insertText", "a", True] in page.evaluate("() => told")
    page.keyboard.type("X")
    assert value(page) == "saXra", "a keyboard beside it writes at the same cursor"
    press(keys, ["Wis letter", "Wis letter"])
    assert value(page) == "sra"
    page.keyboard.press("Control+z")
    assert value(page) != "sra", "what the keys did can be undone"
    page.locator("#key-name").select_text()
    press(keys, "q")
    assert value(page) == "q"
    press(keys, ["Spatie", "w", "Wis alles"])
    assert value(page) == ""
    press(keys, ["q", "Klaar"])
    assert "change" in page.evaluate("() => told.map((each) => each[0])")


def test_a_field_takes_no_more_than_its_length_and_says_so(show):
    page = show("on_screen_keyboard")
    keys = board(page)
    press(keys, "abcdefghijkl")
    expect(keys.get_by_role("status")).to_have_text("l")
    press(keys, "m")
    assert value(page) == "abcdefghijkl"
    expect(keys.get_by_role("status")).to_have_text("Er past geen letter meer bij.")


def test_capitals_for_one_letter_and_then_for_all(show):
    page = show("on_screen_keyboard")
    keys = board(page)
    shift = keys.get_by_role("button", name="Hoofdletters")
    press(keys, ["Hoofdletters"])
    expect(shift).to_have_attribute("aria-pressed", "true")
    press(keys, ["hoofdletter A"])
    expect(shift).to_have_attribute("aria-pressed", "false")
    press(keys, ["b", "Hoofdletters", "Hoofdletters", "hoofdletter C", "hoofdletter D", "Hoofdletters", "e"])
    assert value(page) == "AbCDe"


def test_signs_and_letters_with_accents_have_names(show):
    page = show("on_screen_keyboard")
    keys = board(page)
    press(keys, ["Cijfers en tekens", "7", "apenstaartje", "euro", "aanhalingsteken", "Letters"])
    press(keys, ["Andere letters", "é", "ş", "Hoofdletters", "hoofdletter Ü"])
    assert value(page) == '7@€"éşÜ'


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("key-email", ["j", "a", "n", "apenstaartje", "x", "punt", "n", "l", "Wis letter", "l"]),
        ("key-phone", ["plus", "3", "1", "0"]),
        ("key-code", ["1", "2", "3", "4", "5", "6", "7"]),
        ("key-number", ["1", "2", "Wis letter", "4"]),
        ("key-question", ["a", "Spatie", "b", "Nieuwe regel", "c"]),
    ],
)
def test_every_kind_of_field_gets_the_keys_it_needs(show, field, typed):
    page = show("on_screen_keyboard")
    keys = board(page, field)
    press(keys, typed)
    assert value(page, field) == {
        "key-email": "jan@x.nl", "key-phone": "+310", "key-code": "123456", "key-number": "14",
        "key-question": "a b\nc",
    }[field]  # fmt: skip


def test_arabic_and_ukrainian_are_written_as_they_are_read(show):
    page = show("on_screen_keyboard", language="ar")
    page.locator("#key-name").click()
    keys = page.locator(KEYS)
    for each in "سلام":
        letter(keys, each).click()
    assert value(page) == "سلام"
    assert letter(keys, "س").get_attribute("lang") == "ar"
    boxes = [letter(keys, each).bounding_box()["x"] for each in "ضث"]
    assert boxes[0] < boxes[1], "the keys stand where they stand on every Arabic keyboard"
    page.keyboard.press("Home")
    letter(keys, "و").click()
    assert value(page) == "وسلام"
    for name in ("Nederlands", "Українська"):
        keys.get_by_role("button", name=name, exact=True).click()
    letter(keys, "ї").click()
    letter(keys, "ґ").click()
    assert value(page) == "وїґسلام"
    keys.get_by_role("button", name="العربية", exact=True).click()
    expect(letter(keys, "ض")).to_be_visible()


def test_done_leads_on_and_a_touch_on_the_field_brings_the_keys_back(show):
    page = show("on_screen_keyboard")
    keys = board(page)
    press(keys, ["a", "Klaar"])
    expect(keys).to_be_hidden()
    expect(page.get_by_role("button", name="Verder")).to_be_focused()
    board(page)


def test_whoever_presses_a_button_beside_it_hits_that_button(show):
    page = show("on_screen_keyboard", width=1280, height=700)
    keys = board(page, "key-question")
    page.evaluate(
        "() => document.forms[document.forms.length - 1].addEventListener('submit', (e) => e.preventDefault())"
    )
    page.evaluate(
        "() => document.addEventListener('click', (event) =>"
        " (window.hit = event.target.closest('button')?.textContent.trim()))"
    )
    box = page.get_by_role("button", name="Verder").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    expect(keys).to_be_visible()
    page.mouse.up()
    expect(keys).to_be_hidden()
    assert page.evaluate("() => window.hit") == "Verder"


def test_every_key_can_be_pressed_without_a_pointer(show):
    page = show("on_screen_keyboard")
    keys = board(page)
    keys.get_by_role("button", name="q", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert value(page) == "ws"
    expect(keys.get_by_role("button", name="s", exact=True)).to_be_focused()
    for _row in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert re.fullmatch("[a-z]", page.evaluate("() => document.activeElement.dataset.letter"))
    page.keyboard.press("Escape")
    expect(page.locator("#key-name")).to_be_focused()


def test_goes_along_into_a_dialog(show):
    page = show("on_screen_keyboard")
    page.get_by_role("button", name="Vraag in een venster").click()
    keys = board(page, "key-inside")
    press(keys, "ab")
    assert value(page, "key-inside") == "ab"
    assert page.locator("dialog[open] .on-screen-keyboard").count() == 1
    assert_axe(page)
    page.keyboard.press("Escape")
    press(board(page), "c")
    assert value(page) == "c"


def test_says_each_key_for_who_asked_to_hear_it_and_for_nobody_else(show, spoken):
    page = show("on_screen_keyboard", preferences="aloud=on")
    keys = board(page)
    for name, said in (
        ("q", ("q", "nl")),
        ("Wis letter", ("Wis letter", "nl")),
        ("apenstaartje", ("apenstaartje", "nl")),
    ):
        with page.expect_response("**/voorlezen"):
            press(keys, [name])
        assert spoken[-1] == said
    keys.get_by_role("button", name="العربية", exact=True).click()
    with page.expect_response("**/voorlezen"):
        letter(keys, "ب").click()
    assert spoken[-1][1] == "ar"
    count = len(spoken)
    page.evaluate("() => { document.querySelector('#key-name').type = 'password' }")
    letter(keys, "ب").click()
    page.evaluate(
        "() => { document.documentElement.dataset.aloud = 'off'; document.querySelector('#key-name').type = 'text' }"
    )
    letter(keys, "ب").click()
    page.evaluate("() => { document.documentElement.dataset.aloud = 'on' }")
    with page.expect_response("**/voorlezen"):
        letter(keys, "ت").click()
    assert len(spoken) <= count + 1


def test_comes_by_itself_on_every_page_of_a_terminal_and_on_no_other():
    keys = 'data-module="accessible_ui/on_screen_keyboard/on_screen_keyboard"'
    app = kit_app()
    assert keys not in kit_app().test_client().get("/voorkeuren").text
    app.context_processor(lambda: {"at_terminal": {"id": "t1"}})
    page = CheckedClient(app.test_client()).get("/voorkeuren").text
    assert page.count(keys) == 1
    assert "/site/terminal.css" in page
