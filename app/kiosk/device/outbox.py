"""Requests to be called back, made while the line may be down: sealed at once, kept, delivered once.

Sealed: only the municipality can open one, not even this terminal. Once is an agreement of two sides: we keep a
request, under an id of its own, until we have read that it was received; the municipality knows an id again.
"""

import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, update

from app.domain.call_backs import CALL_BACK_LIFE, read_call_back
from app.kiosk.device.line import LineDown, LineRefused
from app.kiosk.device.store import Store, outbox

PATH, KEY_PATH = "/terminal/api/call-back", "/terminal/api/key"
ROOM = 200
"""More than a library sends in a week without a line; a bored child must not fill the disk."""
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=10)
_KEY = "municipality_key"
_KEY_BYTES = 32
_PAD_TO_BYTES = 512
"""A sealed box is as long as what lies in it, and the length of a name must not show."""
_ABOUT_THE_TERMINAL = frozenset(
    {"bad_signature", "clock_off", "replayed", "revoked", "too_many", "unknown_terminal"}
)
"""Refusals that say nothing about the request: the next one would be refused as well."""

_log = logging.getLogger("wijkbalie")
_COUNT = select(func.count()).select_from(outbox)

Seal = Callable[[bytes, bytes], bytes]
"""(plain, public key) → sealed."""


class OutboxFull(Exception):
    """No room is left: the person must be told another way to reach us."""


class OutboxClosed(Exception):
    """This terminal has never learnt the municipality's key, so it can keep nothing safely."""


class Line(Protocol):
    """Both raise LineDown, LineRefused."""

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]: ...

    def get(self, path: str) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Delivered:
    """n: received in this round. left: still here. held_up: nothing can go now; try again after a pause."""

    n: int
    left: int
    held_up: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    id: str
    sealed: bytes
    tries: int


def pause_after(tries: int) -> timedelta:
    """15 seconds, doubled with each try, ten minutes at most."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(tries, 10)))


class Outbox:
    """Callable from any thread."""

    def __init__(self, store: Store, seal: Seal, room: int = ROOM) -> None:
        self._store = store
        self._seal = seal
        self._room = room
        self._one_round = Lock()
        self.something_to_do = Event()
        """Set when a request came in; whoever delivers waits for it, and clears it."""

    def fetch_key(self, line: Line) -> None:
        """Learns the key while the line is up, for when it is down. Raises LineDown, LineRefused, ValueError."""
        told = line.get(KEY_PATH).get("public_key")
        self.learn_key(b64decode(told, validate=True) if isinstance(told, str) else b"")

    def learn_key(self, public_key: bytes) -> None:
        """The municipality's X25519 key. Raises ValueError for what is none."""
        if len(public_key) != _KEY_BYTES:
            raise ValueError("an X25519 key is 32 bytes")
        if self._store.value(_KEY) != public_key:
            self._store.keep(_KEY, public_key)

    def has_key(self) -> bool:
        return self._store.value(_KEY) is not None

    def is_open(self) -> bool:
        """Can it keep a request now? Asked before a person begins to fill one in."""
        return self.has_key() and self.left() < self._room

    def add(self, request: Mapping[str, str], request_id: str = "", now: datetime | None = None) -> str:
        """Returns the request's id when it is on the disk, never before.

        request_id: a UUID that the form carries, so that a form sent twice is one request; empty makes one.
        Raises OutboxFull, OutboxClosed, CallBackUnreadable for what the municipality could not read later, when the
        person has gone, and ValueError for an id that is no UUID.
        """
        now = now or datetime.now(UTC)
        request_id = str(UUID(request_id) if request_id else uuid4())
        key = self._store.value(_KEY)
        if key is None:
            raise OutboxClosed
        plain = read_call_back(json.dumps(dict(request)).encode()).to_json().encode()
        sealed = self._seal(plain + b" " * (-len(plain) % _PAD_TO_BYTES), key)
        with self._store.writing() as connection:
            if connection.scalar(select(outbox.c.id).where(outbox.c.id == request_id)) is None:
                if connection.execute(_COUNT).scalar_one() >= self._room:
                    raise OutboxFull
                row = {"id": request_id, "sealed": sealed, "kept_at": now, "next_try_at": now}
                connection.execute(insert(outbox).values(**row, tries=0, refused=""))
        self.something_to_do.set()
        return request_id

    def left(self) -> int:
        with self._store.reading() as connection:
            return connection.execute(_COUNT).scalar_one()

    def refused(self) -> int:
        """How many of them the municipality refused at the last try: somebody must look at these."""
        with self._store.reading() as connection:
            return connection.execute(_COUNT.where(outbox.c.refused != "")).scalar_one()

    def deliver(self, line: Line, now: datetime | None = None) -> Delivered:
        """Sends what is due, oldest first. Call it as often as you like, from where you like."""
        now = now or datetime.now(UTC)
        with self._one_round:
            received, held_up = 0, False
            for each in self._due(now):
                try:
                    answer = line.post(PATH, {"id": each.id, "sealed": b64encode(each.sealed).decode()})
                except LineDown:
                    held_up = True
                    break
                except LineRefused as refusal:
                    if refusal.code in _ABOUT_THE_TERMINAL:
                        held_up = True
                        break
                    self._put_off(each, now, refusal.code)
                    continue
                if answer.get("received") is True:
                    self._remove(each.id)
                    received += 1
                else:
                    self._put_off(each, now, "no_receipt")
            self._drop_hopeless(now)
            if received:
                self._store.forget_deleted()
            return Delivered(received, self.left(), held_up)

    def _due(self, now: datetime) -> Iterator[_Kept]:
        """One at a time: a row that another process delivered meanwhile is not read again."""
        after = 0
        while True:
            with self._store.reading() as connection:
                row = connection.execute(
                    select(outbox.c.number, outbox.c.id, outbox.c.sealed, outbox.c.tries)
                    .where(outbox.c.number > after)
                    # A clock that was set back must not hold a request for a year.
                    .where((outbox.c.next_try_at <= now) | (outbox.c.next_try_at > now + LONGEST_PAUSE))
                    .order_by(outbox.c.number)
                    .limit(1)
                ).first()
            if row is None:
                return
            after = row.number
            yield _Kept(row.id, bytes(row.sealed), row.tries)

    def _drop_hopeless(self, now: datetime) -> None:
        """What the municipality refuses for as long as it keeps a request itself will not be called any more."""
        hopeless = (outbox.c.refused != "") & (outbox.c.kept_at < now - CALL_BACK_LIFE)
        with self._store.writing() as connection:
            dropped = connection.execute(delete(outbox).where(hopeless)).rowcount
        if dropped:
            _log.error(
                "Requests to be called back that the municipality refused for 14 days: %d dropped", dropped
            )

    def _put_off(self, each: _Kept, now: datetime, code: str) -> None:
        with self._store.writing() as connection:
            connection.execute(
                update(outbox)
                .where(outbox.c.id == each.id)
                .values(tries=each.tries + 1, next_try_at=now + pause_after(each.tries), refused=code[:40])
            )

    def _remove(self, request_id: str) -> None:
        with self._store.writing() as connection:
            connection.execute(delete(outbox).where(outbox.c.id == request_id))
