"""What a host did at this terminal, and when. A deed is one of a fixed list: nothing of a citizen can be in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import delete, insert, select

from app.kiosk.device.store import Store, staff_log

Deed = Literal[
    "came_in", "wrong_code", "locked_out", "stayed_longer", "went_out", "code_changed",
    "camera_good", "camera_bad", "sound_good", "sound_bad", "network_good", "network_bad",
    "printer_good", "printer_bad", "page_printed", "page_not_printed",
    "browser_restarted", "machine_restarted", "restart_failed", "switched_off", "switched_on",
]  # fmt: skip
"""Stable. The logbook's page has a sentence for each."""

DEEDS: frozenset[str] = frozenset(get_args(Deed))
KEPT = timedelta(days=90)
_MOST = 5_000
"""Somebody who guesses codes must not fill the disk."""


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    what: str


class StaffLog:
    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, what: Deed, now: datetime) -> None:
        """What is older than 90 days goes at the same time."""
        if what not in DEEDS:
            raise ValueError("no deed of a host")
        with self._store.writing() as connection:
            added = connection.execute(insert(staff_log).values(at=now, what=what)).inserted_primary_key
            too_old = staff_log.c.at < now - KEPT
            too_many = staff_log.c.number <= (added[0] if added else 0) - _MOST
            connection.execute(delete(staff_log).where(too_old | too_many))

    def entries(self, now: datetime, most: int = 200) -> list[Entry]:
        """Newest first."""
        chosen = select(staff_log.c.at, staff_log.c.what).where(staff_log.c.at >= now - KEPT)
        with self._store.reading() as connection:
            rows = connection.execute(chosen.order_by(staff_log.c.number.desc()).limit(most)).all()
        return [Entry(row.at, row.what) for row in rows]
