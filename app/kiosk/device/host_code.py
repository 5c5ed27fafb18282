"""The code that lets a host into staff mode: only its hash is kept, and guessing is slow."""

import json
import re
from datetime import UTC, datetime, timedelta
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from app.domain.host_code import UnfitCode, bare_digits, fit_host_code, new_host_code
from app.kiosk.device.store import Store, kept_values

TRIES = 5
LOCK_OUT = timedelta(minutes=15)
"""As at the desk. About 480 tries a day: a code of eight digits stands for centuries."""
_WHOLE_HASH = re.compile(
    r"\$argon2id\$v=19\$m=(?P<kib>\d{1,9}),t=(?P<rounds>\d{1,9}),p=[1-9]\$[\w+/]{22}\$[\w+/]{43}", re.ASCII
)
"""Salt of 16 bytes, hash of 32: one that was cut off must not take the place of a code that works."""
_MOST_KIB, _MOST_ROUNDS = 256 * 1024, 10
"""A terminal is a small machine."""
_HASH, _TRIES = "host_code", "host_tries"


class NoCodeYet(Exception):
    """Nobody gave this terminal a code, so nobody gets in."""


class WrongCode(Exception):
    """locked_until: set while nobody may try."""

    def __init__(self, locked_until: datetime | None = None) -> None:
        super().__init__()
        self.locked_until = locked_until


class HostCode:
    def __init__(self, store: Store, hasher: PasswordHasher | None = None) -> None:
        self._store = store
        self._hasher = hasher or PasswordHasher()
        self._one_at_a_time = Lock()  # a hash takes 64 MiB on purpose

    def is_set(self) -> bool:
        return self._store.value(_HASH) is not None

    def make(self) -> str:
        """A new code in the place of the old one. It is told once, here, and nowhere kept."""
        code = new_host_code()
        self.change(code)
        return code

    def change(self, code: str) -> None:
        """Raises UnfitCode."""
        self.take_hash(self._hasher.hash(fit_host_code(code)))

    def take_hash(self, code_hash: str) -> bool:
        """As the municipality made it (argon2id, of the bare digits). Whether it is another. Raises UnfitCode."""
        found = _WHOLE_HASH.fullmatch(code_hash)
        if not found or int(found["kib"]) > _MOST_KIB or int(found["rounds"]) > _MOST_ROUNDS:
            raise UnfitCode
        is_new = self._store.value(_HASH) != code_hash.encode()
        if is_new:
            self._store.keep(_HASH, code_hash.encode())
            self._store.forget(_TRIES)
        return is_new

    def check(self, code: str, now: datetime) -> None:
        """Raises NoCodeYet, WrongCode. Five wrong ones lock for 15 minutes, also after a restart."""
        code_hash = self._store.value(_HASH)
        if code_hash is None:
            raise NoCodeYet
        locked_until = self._count_try(now)
        with self._one_at_a_time:
            try:
                self._hasher.verify(code_hash.decode(), bare_digits(code))
            except (VerificationError, InvalidHashError):
                raise WrongCode(locked_until) from None
        self._store.forget(_TRIES)

    def _count_try(self, now: datetime) -> datetime | None:
        """Counts before looking, so that tries at the same moment all count. The lock that this try begins, if any."""
        with self._store.writing() as connection:
            tries, locked_until = _read_tries(connection)
            if locked_until is not None and now < locked_until <= now + LOCK_OUT:
                raise WrongCode(locked_until)
            tries = 1 if locked_until is not None else tries + 1
            locked_until = now + LOCK_OUT if tries >= TRIES else None
            kept = json.dumps([tries, locked_until.timestamp() if locked_until else None]).encode()
            row = insert(kept_values).values(name=_TRIES, value=kept)
            connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": kept}))
            return locked_until


def _read_tries(connection: Connection) -> tuple[int, datetime | None]:
    kept = connection.scalar(select(kept_values.c.value).where(kept_values.c.name == _TRIES))
    if kept is None:
        return 0, None
    tries, locked_until = json.loads(kept)
    return tries, None if locked_until is None else datetime.fromtimestamp(locked_until, UTC)
