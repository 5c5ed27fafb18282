"""The live talk for who reads large, sees no picture, uses no mouse or reads from right to left."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import assert_axe, assert_focus_shows, assert_no_horizontal_scroll
from tests.desk import ServedDesk
from tests.journeys.hearing import hears_a_translation, hears_the_others_again, listens
from tests.journeys.people import Employee, Person, meet, starts_talk

pytestmark = [pytest.mark.media, pytest.mark.browser, pytest.mark.timeout(400)]

PAGE = """document.querySelector('[data-module^="conversations/"]').component"""
LOOKS = ("light", "dark", "contrast")
LINES = ("Goedemorgen, ik kom voor mijn dochter.", "Haar naam is Amina.")


def reads(person: Person, language: str, **preferences: str) -> None:
    """The page again, for a reader with these choices; the cookies are the ones that the pages themselves give."""
    wishes = "&".join(f"{name}={value}" for name, value in preferences.items())
    cookies = {"language": language, "preferences": wishes}
    person.context.add_cookies([{"name": n, "value": v, "url": person.page.url} for n, v in cookies.items()])
    person.page.reload()
    in_talk(person.page)


def in_talk(page: Page) -> None:
    page.wait_for_function("() => document.querySelector('.call').dataset.joined === 'true'")


def types(person: Person, *lines: str) -> None:
    for line in lines:
        person.page.evaluate(f"(text) => {PAGE}.type(text, true)", line)


def reads_translations(person: Person) -> None:
    """One line of each kind, as if the server sent it, in two directions of writing."""
    person.page.evaluate(
        f"""async () => {{
          const log = await {PAGE}.words.log;
          const from = "somebody", language = "nl", text = "Neem uw paspoort of identiteitskaart mee.";
          const states = ["machine", "phrase", "fixture", "lost", "missing"];
          for (const [utterance, state] of states.entries()) {{
            log.show({{ from, name: "Sanne", utterance, text, language, final: true, awaits: true }});
            const translated = ["lost", "missing"].includes(state) ? "" : "أحضر جواز سفرك أو بطاقة هويتك.";
            log.translate({{ from, utterance, language: "ar", text: translated, state }});
          }}
        }}"""
    )
    expect(person.page.locator(".caption__how:visible")).to_have_count(5)


def assert_axe_in_each_look(page: Page, *, aaa: bool) -> None:
    for look in LOOKS:
        page.evaluate("(look) => { document.documentElement.dataset.colour = look; }", look)
        assert_axe(page, aaa=aaa)
    page.evaluate("() => { document.documentElement.dataset.colour = 'auto'; }")


@contextmanager
def opened(page: Page, dialog: str) -> Iterator[Locator]:
    page.locator(f".call__controls [aria-controls={dialog}]").click()
    yield page.locator(f"#{dialog}")
    page.keyboard.press("Escape")


def assert_axe_in_each_state(person: Person, dialogs: tuple[str, ...], *, aaa: bool) -> None:
    page = person.page
    assert_axe_in_each_look(page, aaa=aaa)
    for dialog in dialogs:
        with opened(page, dialog) as shown:
            expect(shown).to_be_visible()
            assert_axe_in_each_look(page, aaa=aaa)
    asks(person, "en")
    page.evaluate(f"() => {PAGE}.showTrouble({{code: 'line_poor', about: null}})")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_axe_in_each_look(page, aaa=aaa)


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_axe_finds_nothing_in_any_state(
    served_desk: ServedDesk, people: Callable[..., Any], beep: Path, language: str
) -> None:
    employee, citizen = meet(people, served_desk, beep)
    types(employee, "Goedemorgen, waarmee kan ik helpen?")
    for person in (citizen, employee):
        reads(person, language)
    types(citizen, *LINES)
    types(employee, "Gefeliciteerd!")
    for person in (citizen, employee):
        expect(person.page.get_by_role("log")).to_contain_text("Gefeliciteerd!")
        reads_translations(person)
    assert_axe_in_each_state(citizen, ("caption-choices", "picture-choices", "leave-call"), aaa=True)
    assert_axe_in_each_state(employee, ("caption-choices", "picture-choices", "end-call"), aaa=False)
    # Alone: the other one is gone for good.
    employee.page.evaluate(
        f"(id) => {PAGE}.client.order('remove', id)", citizen.page.evaluate(f"{PAGE}.client.you")
    )
    stopped = citizen.page.locator("#call-stopped")
    expect(stopped).to_be_visible()
    assert_axe_in_each_look(citizen.page, aaa=True)
    expect(employee.page.locator("[data-call=alone]")).to_be_visible()
    assert_axe_in_each_look(employee.page, aaa=False)


def test_axe_finds_nothing_for_a_guest_alone(
    served_desk: ServedDesk, people: Callable[..., Any], beep: Path
) -> None:
    employee, citizen = meet(people, served_desk, beep)
    employee.page.locator("[aria-controls=end-call]").click()
    employee.page.locator("[data-action=leave]").click()
    expect(citizen.page.locator("[data-call=alone]")).to_be_visible()
    assert_axe_in_each_look(citizen.page, aaa=True)


def focused(page: Page) -> str:
    """What has the focus: its words, or its id."""
    return str(
        page.evaluate(
            "() => { const at = document.activeElement; return at.innerText?.trim() || at.id || at.tagName; }"
        )
    )


def tabs_to(page: Page, name: str, steps: int = 30) -> None:
    for _ in range(steps):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    raise AssertionError(f"Tab never reaches {name!r}; it stands at {focused(page)!r}")


def test_the_keyboard_alone_is_enough(
    served_desk: ServedDesk, people: Callable[..., Any], beep: Path
) -> None:
    _employee, citizen = meet(people, served_desk, beep)
    page, press = citizen.page, citizen.page.keyboard.press
    in_talk(page)
    expect(page.locator(".pictures .tile")).to_have_count(2)
    assert_focus_shows(page, ".call")
    page.evaluate("() => document.activeElement.blur()")

    # Pictures first, then words, then the buttons: as the eye goes.
    for name in ("Zet vast", "Maak kleiner", "Hoe u leest", "type-along", "Klaar", "Zet camera uit"):
        tabs_to(page, name)
    for action, off, on in (
        ("camera", "Zet camera uit", "Zet camera aan"),
        ("microphone", "Zet microfoon uit", "Zet microfoon aan"),
    ):
        button = page.locator(f"[data-call={action}]")
        button.focus()
        expect(button).to_have_accessible_name(off)
        press("Enter")
        expect(button).to_have_accessible_name(on)
        press("Space")
        expect(button).to_have_accessible_name(off)

    for name, dialog in (("Kies ondertitels", "caption-choices"), ("Kies beelden", "picture-choices")):
        tabs_to(page, name)
        press("Enter")
        expect(page.locator(f"#{dialog}")).to_be_visible()
        press("Escape")
        expect(page.locator(f"#{dialog}")).to_be_hidden()
        assert focused(page) == name

    # A tile: pinned and made smaller where it stands.
    tile = page.locator(".pictures .tile").first
    tile.get_by_role("button", name="Zet vast").focus()
    press("Enter")
    expect(tile.get_by_role("button", name="Maak los")).to_have_attribute("aria-pressed", "true")
    wide = tile.bounding_box()
    tabs_to(page, "Maak kleiner", 1)
    press("Enter")
    expect(tile.get_by_role("button", name="Maak groot")).to_be_focused()
    page.wait_for_function(
        "(before) => document.querySelector('.pictures .tile').offsetWidth < before",
        arg=wide["width"] if wide else 0,
    )

    tabs_to(page, "Stop het gesprek")
    press("Enter")
    tabs_to(page, "Ja, stop het gesprek", 4)
    press("Enter")
    page.wait_for_url("**/oordeel")


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_four_times_enlarged_or_twice_as_large_letters_nothing_is_lost(
    served_desk: ServedDesk, people: Callable[..., Any], beep: Path, language: str
) -> None:
    employee, citizen = meet(people, served_desk, beep)
    for person in (citizen, employee):
        reads(person, language)
        types(person, *LINES)
        asks(person, "en")
        reads_translations(person)
        assert_nothing_is_lost(person.page, [(320, 256), (320, 640), (360, 640), (844, 390)])
        reads(person, language, text_size="200")
        assert_nothing_is_lost(person.page, [(390, 844), (844, 390), (1440, 900)])


def assert_nothing_is_lost(page: Page, windows: list[tuple[int, int]]) -> None:
    """Nothing sticks out, nothing lies over something else, and every button can be brought into sight."""
    for width, height in windows:
        page.set_viewport_size({"width": width, "height": height})
        assert_no_horizontal_scroll(page)
        for place in [page.locator(".pictures"), *page.locator(".call__controls > :not([hidden])").all()]:
            place.scroll_into_view_if_needed()
            expect(place).to_be_in_viewport(ratio=0.5)
        over = page.evaluate(
            """() => {
              const parts = [".pictures", ".words", ".call__controls"].map((name) => document.querySelector(name))
                .map((part) => part.getBoundingClientRect());
              return parts.some((one, at) => parts.slice(at + 1).some((other) =>
                one.left < other.right - 1 && other.left < one.right - 1
                && one.top < other.bottom - 1 && other.top < one.bottom - 1));
            }"""
        )
        assert not over, f"parts lie over each other at {width}x{height}"


def test_only_languages_that_can_be_heard_are_offered(
    served_desk: ServedDesk, people: Callable[..., Any], beep: Path
) -> None:
    employee: Employee = people(Employee, "Sanne", microphone=beep)
    starts_talk(employee, served_desk)
    page = employee.page
    in_talk(page)
    with opened(page, "caption-choices") as dialog:
        spoken = dialog.get_by_label("Welke taal spreekt u?")
        heard = page.evaluate(f"() => {PAGE}.client.captionLanguages")
        assert set(offered(spoken)) <= {*heard, "nl"}
        assert "nl" in offered(spoken)
        note = dialog.locator("[data-call=unheard]")
        expect(note).to_have_text("")
        # Chosen when it could be heard: it stays, and the page says how things are now.
        page.evaluate(
            f"""() => {{
              const {{ client, words }} = {PAGE};
              client.captionLanguages = ["nl"];
              client.choice.spoken_language = "pl";
              words.showChoices();
            }}"""
        )
        assert offered(spoken) == ["nl", "pl"]
        expect(spoken).to_have_value("pl")
        expect(note).to_have_text("Wij maken nu geen ondertitels in deze taal.")


def offered(select: Locator, group: str = "") -> list[str]:
    options = select.locator(f"{group} option")
    return [str(value) for value in options.evaluate_all("all => all.map((one) => one.value)")]


ABLE = {
    "nl": {"hear": True, "read": ["en"], "speak": True},
    "en": {"hear": True, "read": ["nl", "pt"], "speak": True},
    "pt": {"hear": False, "read": ["en", "nl"], "speak": False},
}


def can(person: Person, abilities: dict[str, Any]) -> None:
    """As if the server said so in its welcome."""
    person.page.evaluate(
        f"(abilities) => {{ {PAGE}.client.abilities = abilities; {PAGE}.words.showChoices(); }}", abilities
    )


def test_one_chooses_the_language_to_read_and_is_told_what_does_not_work_yet(
    served_desk: ServedDesk, people: Callable[..., Any], beep: Path
) -> None:
    employee, citizen = meet(people, served_desk, beep)
    page = citizen.page
    expect(employee.page.locator(".pictures .tile")).to_have_count(2)
    can(citizen, ABLE)
    with opened(page, "caption-choices") as dialog:
        reading = dialog.get_by_label("In welke taal wilt u lezen?")
        voice = dialog.get_by_role("group", name="Lees vertaling voor")
        assert offered(reading, "[data-call=reading-works]") == ["nl", "en", "pt"]
        assert {"so", "ti", "ar"} <= set(offered(reading, "[data-call=reading-not-yet]"))
        reading.select_option("so")
        expect(dialog.locator("[data-call=untranslated]")).to_have_text(
            re.compile("^Vertalen kan nog niet voor de woorden van .*Sanne.*$")
        )
        expect(dialog.locator("[data-call=unspoken]")).to_have_text(
            "Deze taal kunnen wij nog niet voorlezen."
        )
        expect(voice).to_be_hidden()
        assert_axe(page)
        reading.select_option("pt")
        expect(dialog.locator("[data-call=untranslated]")).to_have_text("")
        expect(voice).to_be_hidden()
        reading.select_option("en")
        expect(voice).to_be_visible()
        # Who wants to hear it reads it too; who reads nothing hears nothing.
        voice.get_by_role("radio", name="Ja").check()
        reads_it = dialog.get_by_role("group", name="Wilt u ondertitels lezen?")
        expect(reads_it.get_by_role("radio", name="Ja")).to_be_checked()
        assert page.evaluate(f"{PAGE}.words.spoken.on")
        reads_it.get_by_role("radio", name="Nee").check()
        expect(voice.get_by_role("radio", name="Nee")).to_be_checked()
        assert not page.evaluate(f"{PAGE}.words.spoken.on")
        reads_it.get_by_role("radio", name="Ja").check()
    you = page.evaluate(f"{PAGE}.client.you")
    employee.page.wait_for_function(
        f"(id) => {{ const {{ reads, caption_language }} = {PAGE}.client.participants.get(id);"
        " return reads && caption_language === 'en'; }",
        arg=you,
    )


def asks(person: Person, language: str) -> Locator:
    """As if the ear heard this language."""
    person.page.evaluate(
        f"""(language) => {PAGE}.client.dispatchEvent(
          new CustomEvent("other_language", {{ detail: {{ language }} }}))""",
        language,
    )
    return person.page.locator("[data-call=asked]")


def test_another_language_than_chosen_is_asked_and_answered_by_keyboard(
    served_desk: ServedDesk, people: Callable[..., Any], beep: Path
) -> None:
    employee, citizen = meet(people, served_desk, beep)
    page = citizen.page
    in_talk(page)
    field = page.locator("#type-along")
    field.focus()
    asked = asks(citizen, "en")
    expect(asked).to_be_visible()
    expect(asked).to_contain_text("Wij horen Engels")
    expect(page.locator("[data-call=told]")).to_contain_text("Spreekt u Engels?")
    expect(field).to_be_focused()
    assert_axe_in_each_look(page, aaa=True)
    asked.get_by_role("button", name="Nee").focus()
    page.keyboard.press("Enter")
    expect(asked).to_be_hidden()
    assert page.evaluate(f"{PAGE}.client.choice.spoken_language") == "nl"
    assert focused(page) != "BODY", "the focus is not lost"

    expect(asks(citizen, "en")).to_be_visible()
    asked.get_by_role("button", name="Ja").focus()
    page.keyboard.press("Space")
    expect(asked).to_be_hidden()
    you = page.evaluate(f"{PAGE}.client.you")
    employee.page.wait_for_function(
        f"(id) => {PAGE}.client.participants.get(id).spoken_language === 'en'", arg=you
    )
    assert citizen.broken == []


def test_the_employee_sees_who_reads_large(
    served_desk: ServedDesk, people: Callable[..., Any], beep: Path
) -> None:
    employee, citizen = meet(people, served_desk, beep)
    large = employee.page.get_by_text("Leest met grote letters: 150%")
    expect(large).to_have_count(0)
    reads(citizen, "nl", text_size="150")
    expect(large).to_be_visible()


def test_a_spoken_translation_sounds_while_the_others_go_softer(
    served_desk: ServedDesk, people: Callable[..., Any], beep: Path
) -> None:
    _employee, citizen = meet(people, served_desk, beep)
    page = citizen.page
    citizen.hears(1)
    listens(page)
    page.evaluate(f"() => {{ const {{ words }} = {PAGE}; words.keepVoice(true); }}")
    can(citizen, ABLE)
    page.evaluate(
        f"() => {{ {PAGE}.client.choose({{ reads: true, language: 'en' }}); {PAGE}.words.showChoices(); }}"
    )
    translation = {
        "from": "x", "of": "caption", "line": 1, "source": "nl", "language": "en", "state": "machine",
        "text": "Good morning, how can I help you today?",
    }  # fmt: skip
    arrives = f"(line) => {PAGE}.client.dispatchEvent(new CustomEvent('translation', {{ detail: line }}))"
    page.evaluate(arrives, translation)
    hears_a_translation(page)
    hears_the_others_again(page)
    # One sounds, one waits; the one between is left out, and the page says so.
    for number in (2, 3, 4):
        page.evaluate(arrives, {**translation, "line": number})
    state = page.locator("[data-call=voice-state]")
    expect(state).to_have_text("De stem loopt achter. Wij slaan een zin over.")
    hears_the_others_again(page)
    expect(state).to_have_text("", timeout=60_000)
    assert page.evaluate("spokenAloud.length") == 3
    assert citizen.broken == []
