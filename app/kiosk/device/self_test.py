"""When the terminal tests itself: a call to the municipality's echo, each morning before the doors open."""

from datetime import datetime, time, timedelta

from app.domain.local_time import LOCAL
from app.domain.terminals import DAYS, hours_of_day

BEFORE_OPENING = timedelta(minutes=15)
ALWAYS_OPEN = time(7)
"""When a terminal without opening hours tests itself, on the municipality's clock."""
ANEW_AFTER = timedelta(minutes=15)
"""When the line was down, or the echo away."""


def is_due(
    opening_hours: dict[str, str], done_at: datetime | None, tried_at: datetime | None, now: datetime
) -> bool:
    """Once each day that it is open: from BEFORE_OPENING until it closes, so a late start tests too.

    opening_hours: as in TerminalProfile. done_at: of the last test with a result. tried_at: of the last one begun.
    """
    hours = _hours(opening_hours, now)
    if hours is None:
        return False
    begin, end = hours
    if not begin - BEFORE_OPENING <= now < end:
        return False
    if done_at is not None and done_at >= begin - BEFORE_OPENING:
        return False
    # A clock that was set back must not stop the tests until it has caught up.
    return tried_at is None or tried_at > now or now - tried_at >= ANEW_AFTER


def _hours(opening_hours: dict[str, str], now: datetime) -> tuple[datetime, datetime] | None:
    """From the first opening of this day to its last closing; None on a closed day."""
    local = now.astimezone(LOCAL)

    def at(moment: time) -> datetime:
        return local.replace(hour=moment.hour, minute=moment.minute, second=0, microsecond=0)

    always = at(ALWAYS_OPEN), at(time(0)) + timedelta(days=1)
    if not opening_hours:
        return always
    try:
        pairs = hours_of_day(opening_hours.get(DAYS[local.weekday()], ""))
    except ValueError:
        return always  # hours that cannot be read count as open, as for the alarm
    return (at(min(pairs)[0]), at(max(end for _, end in pairs))) if pairs else None
