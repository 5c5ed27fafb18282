"""The live talk for who reads large, sees no picture, uses no mouse or reads from right to left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import assert_axe
from tests.desk import ServedDesk
from tests.journeys.people import Person, meet

pytestmark = [pytest.mark.media, pytest.mark.browser, pytest.mark.timeout(240)]

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
