"""A sentence from the phrase board in a live talk: chosen in one language, read by the other in theirs."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import assert_axe
from tests.desk import ServedDesk
from tests.journeys.people import meet

pytestmark = [pytest.mark.media, pytest.mark.browser, pytest.mark.timeout(400)]


def test_a_phrase_is_read_in_the_others_language(
    served_desk: ServedDesk, people: Callable[..., Any], beep: Path
) -> None:
    employee, citizen = meet(people, served_desk, beep)
    asked: list[str] = []
    citizen.page.on("request", lambda request: asked.append(request.url))

    citizen.page.get_by_role("button", name="Kies een zin").click()
    board = citizen.page.get_by_role("dialog", name="Kies een zin")
    expect(board.get_by_role("heading", name="Snel zeggen")).to_be_visible()
    board.get_by_label("Taal van de zinnen").select_option("so")
    expect(board.get_by_text("Niemand die deze taal spreekt, keek dit na.")).to_be_visible()
    press = board.get_by_role("button", name=re.compile("^Ma fahmayo"))
    expect(press).to_contain_text("Ik begrijp het niet.")
    assert_axe(citizen.page, scope="#phrases")
    citizen.page.screenshot(path="test-results/phrases-citizen.png")
    press.click()

    expect(board).to_be_hidden()
    expect(citizen.page.get_by_role("log")).to_contain_text("Ma fahmayo.")
    heard = employee.page.get_by_role("log")
    expect(heard).to_contain_text("Ma fahmayo.")
    expect(heard).to_contain_text("Ik begrijp het niet.")

    employee.page.get_by_role("button", name="Kies een zin").click()
    board = employee.page.get_by_role("dialog", name="Kies een zin")
    expect(board.get_by_role("heading", name="Waar gaat het over?")).to_be_visible()
    board.get_by_role("button", name="Het gesprek").click()
    employee.page.screenshot(path="test-results/phrases-employee.png")
    board.get_by_role("button", name=re.compile("^Hebt u een tolk nodig")).click()
    expect(citizen.page.get_by_role("log")).to_contain_text("Hebt u een tolk nodig?")

    # Opened again it is there at once: one request for each language, no more.
    citizen.page.get_by_role("button", name="Kies een zin").click()
    expect(citizen.page.get_by_role("button", name=re.compile("^Ma fahmayo"))).to_be_visible()
    fragments = [url for url in asked if "/zinnen/fragment" in url]
    assert len(fragments) == 2, fragments
