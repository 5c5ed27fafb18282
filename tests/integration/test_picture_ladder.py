"""How much picture a line carries: steps down on a poor one, back up on a good one, without flashing on and off."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

GOOD = {"lost": 0, "availableBps": 400_000}
LOSSY = {"lost": 0.5, "availableBps": 400_000}
NARROW = {"lost": 0, "availableBps": 40_000}
BUSY = {"lost": 0, "availableBps": 98_304}
"""What a browser said that was starved by three others on two cores, on a line without any bound."""
UNKNOWN = {"lost": 0, "availableBps": "NaN"}
SOUND_ONLY = 3

TAKE = """async (reports) => {
  const start = document.querySelector("script[type=module]").src;
  const { Ladder } = await import(start.replace("accessible_ui/start.js", "conversations/call/quality.js"));
  const ladder = new Ladder();
  return reports.map(({ lost, availableBps }) => {
    ladder.take({ lost, availableBps: Number(availableBps) });
    return ladder.rung;
  });
}"""


def rungs(page: Page, *reports: tuple[dict[str, object], int]) -> list[int]:
    """The rung after each report; each is given so many times."""
    taken: list[int] = page.evaluate(TAKE, [report for report, times in reports for _ in range(times)])
    return taken


@pytest.mark.parametrize("poor", [LOSSY, NARROW])
def test_a_hopeless_line_comes_down_to_sound_within_seconds(page: Page, poor: dict[str, object]) -> None:
    assert rungs(page, (poor, 6)) == [0, 1, 1, 2, 2, SOUND_ONLY]


@pytest.mark.parametrize("fit", [GOOD, BUSY, UNKNOWN])
def test_a_device_that_is_merely_busy_keeps_its_picture(page: Page, fit: dict[str, object]) -> None:
    assert set(rungs(page, (fit, 50))) == {0}


def test_one_burst_of_loss_is_no_poor_line(page: Page) -> None:
    assert set(rungs(page, *[(LOSSY, 1), (GOOD, 1)] * 5)) == {0}


def test_a_line_that_is_good_again_has_its_picture_back_in_ten_seconds(page: Page) -> None:
    """However far it came down: only a step up that failed makes it wait longer."""
    taken = rungs(page, (NARROW, 6), (GOOD, 15))
    assert taken[5:] == [SOUND_ONLY] * 5 + [2] * 5 + [1] * 5 + [0]


def test_a_picture_that_failed_twice_is_tried_later_each_time(page: Page) -> None:
    taken = rungs(page, (NARROW, 6), (GOOD, 5), (NARROW, 2), (GOOD, 9), (GOOD, 1), (NARROW, 2), (GOOD, 20))
    assert taken[10] == 2
    assert taken[12:21] == [SOUND_ONLY] * 9
    assert taken[22] == 2
    assert taken[24:-1] == [SOUND_ONLY] * 20
    assert taken[-1] == 2


def test_a_step_up_that_held_is_forgotten(page: Page) -> None:
    taken = rungs(page, (NARROW, 6), (GOOD, 5), (NARROW, 2), (GOOD, 10), (BUSY, 40), (NARROW, 6), (GOOD, 5))
    assert taken[-6:] == [SOUND_ONLY] * 5 + [2]
