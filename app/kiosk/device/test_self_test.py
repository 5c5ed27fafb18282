"""Each morning once, before the doors open; later when the terminal was switched on late; anew when it failed."""

from datetime import datetime, timedelta

import pytest

from app.domain.local_time import LOCAL
from app.kiosk.device.self_test import ALWAYS_OPEN, ANEW_AFTER, is_due

HOURS = {"mon": "09:00-12:30 13:00-17:00", "tue": "10:00-20:00", "wed": ""}


def monday(clock: str, day: int = 2) -> datetime:
    """2 March 2026 was a Monday."""
    return datetime.fromisoformat(f"2026-03-{day:02} {clock}").replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("clock", "due"),
    [("08:44", False), ("08:45", True), ("09:00", True), ("12:45", True), ("16:59", True), ("17:00", False)],
)
def test_before_the_doors_open_and_as_long_as_they_are(clock: str, due: bool) -> None:
    assert is_due(HOURS, None, None, monday(clock)) is due


def test_once_a_day() -> None:
    done = monday("08:46")
    assert not is_due(HOURS, done, done, monday("08:47"))
    assert not is_due(HOURS, done, done, monday("16:59"))
    assert is_due(HOURS, done, done, monday("09:45", day=3))


def test_a_test_of_the_night_does_not_count_for_the_morning() -> None:
    assert is_due(HOURS, monday("03:00"), monday("03:00"), monday("08:45"))


@pytest.mark.parametrize("day", [4, 5], ids=["no hours", "not named"])
def test_never_on_a_closed_day(day: int) -> None:
    assert not any(is_due(HOURS, None, None, monday(f"{hour:02}:00", day)) for hour in range(24))


def test_one_that_failed_is_tried_anew_after_a_while() -> None:
    tried = monday("08:45")
    assert not is_due(HOURS, None, tried, tried + timedelta(minutes=1))
    assert is_due(HOURS, None, tried, tried + ANEW_AFTER)
    assert is_due(HOURS, None, tried + timedelta(days=1), tried), "the clock was set back"


@pytest.mark.parametrize("hours", [{}, {"mon": "nine to five"}], ids=["not set", "not to be read"])
def test_who_is_always_open_tests_in_the_morning(hours: dict[str, str]) -> None:
    opening = monday(f"{ALWAYS_OPEN.hour:02}:00")
    assert not is_due(hours, None, None, opening - timedelta(minutes=16))
    assert is_due(hours, None, None, opening - timedelta(minutes=15))
    assert is_due(hours, None, None, monday("23:59"))


def test_on_the_days_when_the_clock_changes() -> None:
    sunday = {"sun": "09:00-17:00"}
    for day in ("2026-03-29", "2026-10-25"):
        at = datetime.fromisoformat(f"{day} 08:45").replace(tzinfo=LOCAL)
        assert is_due(sunday, None, None, at)
        assert not is_due(sunday, None, None, at - timedelta(minutes=1))
