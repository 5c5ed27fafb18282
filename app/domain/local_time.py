"""The time where the desk is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Amsterdam")


def local_day(moment: datetime) -> date:
    """The date there; moment carries its timezone."""
    return moment.astimezone(LOCAL).date()
