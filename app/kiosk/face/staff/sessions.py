"""Who is in staff mode now: at most one host, for ten minutes. Kept in memory, apart from anything of a citizen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from threading import Lock

STAY = timedelta(minutes=10)
LONGEST = timedelta(hours=1)
"""However often somebody asks for ten minutes more."""


@dataclass(frozen=True, slots=True)
class HostSession:
    token_hash: bytes
    began: datetime
    until: datetime


class HostSessions:
    """Callable from any thread. A restart of the local server ends the session as well."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._now: HostSession | None = None

    def begin(self, now: datetime) -> str:
        """The token for this browser. Whoever was in before is out."""
        token = token_urlsafe(32)
        with self._lock:
            self._now = HostSession(_hashed(token), now, now + STAY)
        return token

    def find(self, token: str, now: datetime) -> HostSession | None:
        with self._lock:
            session = self._now
            if session is None or session.token_hash != _hashed(token):
                return None
            # A clock that jumps ends it, in either direction.
            if not session.began <= now < session.until:
                self._now = None
                return None
            return session

    def stay_longer(self, token: str, now: datetime) -> HostSession | None:
        session = self.find(token, now)
        if session is None:
            return None
        longer = HostSession(session.token_hash, session.began, min(now + STAY, session.began + LONGEST))
        with self._lock:
            self._now = longer
        return longer

    def end(self) -> None:
        with self._lock:
            self._now = None


def _hashed(token: str) -> bytes:
    return sha256(token[:100].encode()).digest()
