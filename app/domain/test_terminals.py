"""When a terminal is open, and when its silence is an alarm. Amsterdam is then an hour ahead of UTC."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from app.domain.terminals import (
    DAYS,
    SILENT_AFTER,
    Heartbeat,
    Terminal,
    TerminalProfile,
    TerminalState,
    clean_code,
    hours_of_day,
    is_silent,
    opened_at,
)

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOURS = {"mon": "09:00-12:30 13:00-17:00"}
LONG_AGO = MONDAY - timedelta(days=30)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """By the clock on the wall there."""
    return MONDAY + timedelta(hours=hour - 1, minutes=minute, seconds=second)


def terminal(
    heard: datetime | None, state: TerminalState = "active", hours: dict[str, str] = HOURS
) -> Terminal:
    heartbeat = heard and Heartbeat(heard, "1", "a", None, 0, 0, None, "", True, True, 0.0)
    profile = TerminalProfile("Bibliotheek", hours, None, ("nl",), False)
    return Terminal("1", b"", state, profile, LONG_AGO, heartbeat=heartbeat)


@pytest.mark.parametrize(
    ("now", "since"),
    [
        (at(8, 59, 59), None), (at(9), at(9)), (at(12, 29, 59), at(9)), (at(12, 30), None), (at(13), at(13)),
        (at(16, 59), at(13)), (at(17), None), (at(10) + timedelta(days=1), None),
    ],
)  # fmt: skip
def test_opening_hours_are_those_on_the_wall(now: datetime, since: datetime | None) -> None:
    assert opened_at(HOURS, now) == since


def test_summer_time_moves_the_hours() -> None:
    summer = datetime(2026, 7, 6, 7, 0, tzinfo=UTC)  # a Monday, 09:00 there
    assert opened_at(HOURS, summer) == summer
    assert opened_at(HOURS, summer - timedelta(seconds=1)) is None


def test_without_hours_it_is_always_open_and_hours_that_cannot_be_read_count_as_open() -> None:
    assert opened_at({}, at(3)) is not None
    assert opened_at({"mon": "from nine"}, at(3)) == at(0)
    assert opened_at({"mon": ""}, at(10)) is None, "a day that is empty is closed"


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", []), ("09:00-17:00", [(time(9), time(17))]),
        (" 9:00 – 12:30, 13:00-17:00 ", [(time(9), time(12, 30)), (time(13), time(17))]),
    ],
)  # fmt: skip
def test_hours_as_people_write_them(text: str, pairs: list[tuple[time, time]]) -> None:
    assert hours_of_day(text) == pairs


@pytest.mark.parametrize(
    "text", ["nine", "09:00", "09:00-", "17:00-09:00", "09:00-09:00", "25:00-26:00", "09:00-17:00 x"]
)
def test_hours_that_cannot_be(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  datetime's own words differ
        hours_of_day(text)


def test_the_days_are_those_of_the_calendar() -> None:
    assert [(MONDAY + timedelta(days=n)).strftime("%a").lower() for n in range(7)] == list(DAYS)


@pytest.mark.parametrize(
    ("heard", "now", "silent"),
    [
        (at(10), at(10, 4, 59), False),
        (at(10), at(10, 5), True),
        (at(7), at(9, 4, 59), False),  # it may still be starting
        (at(7), at(9, 5), True),
        (at(10), at(12, 45), False),  # closed for lunch
        (at(10), at(18), False),
        (None, at(11), False),
    ],
)
def test_silence_counts_in_opening_hours(heard: datetime | None, now: datetime, silent: bool) -> None:
    assert is_silent(terminal(heard), now, LONG_AGO) is silent


def test_one_that_its_host_switched_off_is_not_missed_until_the_next_opening() -> None:
    said = Heartbeat(at(10), "1", "a", None, 0, 0, None, "", True, True, 0.0, off_until=at(14))
    off = replace(terminal(None), heartbeat=said)
    assert not is_silent(off, at(13, 59, 59), LONG_AGO)
    assert is_silent(off, at(14), LONG_AGO)
    for_a_year = replace(off, heartbeat=replace(said, off_until=at(10) + timedelta(days=365)))
    assert not is_silent(for_a_year, at(11), LONG_AGO)
    assert is_silent(for_a_year, at(11) + timedelta(days=21), LONG_AGO)


def test_a_server_that_just_began_to_listen_waits() -> None:
    began = at(11)
    assert not is_silent(terminal(at(10)), began + SILENT_AFTER - timedelta(seconds=1), began)
    assert is_silent(terminal(at(10)), began + SILENT_AFTER, began)


def test_a_revoked_or_new_one_is_not_missed() -> None:
    assert not is_silent(terminal(at(9), "revoked"), at(11), LONG_AGO)
    assert not is_silent(terminal(None, "new"), at(11), LONG_AGO)


def test_a_code_as_people_type_it() -> None:
    assert clean_code(" acde-3467 ") == clean_code("ACDE 3467") == clean_code("ac de–34\t67") == "ACDE3467"
