"""Switched off for today: by the host, until the next day on which the terminal opens."""

from datetime import UTC, datetime, time, timedelta

from app.domain.local_time import LOCAL
from app.domain.terminals import DAYS, hours_of_day
from app.kiosk.device.store import Store

USUAL_OPENING = time(8, 0)
"""Where the municipality set no hours."""
_LOOK_AHEAD_DAYS = 14
_NAME = "off_until"


def next_opening(opening_hours: dict[str, str], now: datetime) -> datetime:
    """The first opening on a later day than today, in the municipality's time."""
    today = now.astimezone(LOCAL)
    for ahead in range(1, _LOOK_AHEAD_DAYS + 1):
        day = today + timedelta(days=ahead)
        try:
            pairs = hours_of_day(opening_hours.get(DAYS[day.weekday()], ""))
        except ValueError:
            pairs = [(USUAL_OPENING, USUAL_OPENING)]
        if pairs or not opening_hours:
            return _at(day, min(begin for begin, _end in pairs) if pairs else USUAL_OPENING)
    return _at(today + timedelta(days=1), USUAL_OPENING)


class OffForToday:
    """Survives a restart: somebody who pulls the plug does not open the desk."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def switch_off(self, opening_hours: dict[str, str], now: datetime) -> datetime:
        """Until when."""
        until = next_opening(opening_hours, now)
        self._store.keep(_NAME, until.isoformat().encode())
        return until

    def switch_on(self) -> None:
        self._store.forget(_NAME)

    def until(self, now: datetime) -> datetime | None:
        """None: it is on. A clock that was set wrong keeps no terminal off for a year."""
        kept = self._store.value(_NAME)
        if kept is None:
            return None
        until = datetime.fromisoformat(kept.decode())
        return until if now < until <= now + timedelta(days=_LOOK_AHEAD_DAYS + 1) else None


def _at(day: datetime, clock: time) -> datetime:
    local = day.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0, fold=0)
    return local.astimezone(UTC)
