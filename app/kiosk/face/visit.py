"""One person at the terminal: what they told us, in memory only, until they leave."""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

VOLUME_STEPS = (20, 40, 60, 80, 100)
"""Percent. Never silent: who turns too far would think that the terminal is broken."""
FIRST_VOLUME = 60


@dataclass(slots=True)
class Visit:
    """Nothing of it is ever written down; a restart of the server forgets it."""

    id: str
    began_at: datetime
    greeted: bool = False
    """Has this person been spoken to?"""
    reads: bool | None = None
    """Read pages aloud? None: as the headphones say."""
    headphones: bool = False
    """As last seen."""
    volume: int = FIRST_VOLUME
    call_back: dict[str, str] = field(default_factory=dict)
    """Answers so far, by question."""
    call_back_id: str = field(default_factory=lambda: str(uuid4()))
    """Of the request that is being filled in: sent twice, it is one."""
    deeds: list[str] = field(default_factory=list)
    """What was done, as sentences for a receipt."""
    mine: str = ""
    other: str = ""
    """Languages of the phrase board, where chosen."""

    def see_headphones(self, plugged_in: bool) -> None:
        """In: pages are read aloud. Out: silence, until somebody presses. Both end what was chosen before."""
        if plugged_in != self.headphones:
            self.headphones = plugged_in
            self.reads = None

    def forget_call_back(self) -> None:
        self.call_back, self.call_back_id = {}, str(uuid4())

    @property
    def reads_aloud(self) -> bool:
        return self.headphones if self.reads is None else self.reads


class Visits:
    """A terminal has one person at a time: who begins ends whoever was there before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: Visit | None = None

    def begin(self, now: datetime) -> Visit:
        with self._lock:
            self._now = Visit(secrets.token_urlsafe(16), now)
            return self._now

    def find(self, visit_id: object) -> Visit | None:
        with self._lock:
            return self._now if self._now is not None and self._now.id == visit_id else None

    def is_any(self) -> bool:
        with self._lock:
            return self._now is not None

    def end(self) -> None:
        with self._lock:
            self._now = None
