"""Signing in, sessions and what an employee looks like."""

import unicodedata
from base64 import b64encode
from datetime import datetime, timedelta
from secrets import token_bytes
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.conversations import NotFound, new_token
from app.domain.names import clean_name
from app.domain.people import Employee, Municipality, SignedIn, SignInRefused
from app.storage.column_types import hash_token
from app.storage.database import Database
from app.storage.nouns import to_employee, to_municipality
from app.storage.tables import (
    EmployeeRow,
    EmployeeSessionRow,
    MunicipalityRow,
    SeatRow,
    SignInTriesRow,
    TeamRow,
)

TRIES = 5
LOCK_OUT = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)

_NOTE_USE_EVERY = timedelta(minutes=1)
"""A page every second need not be a write every second."""

_LONGEST_PASSWORD = 1_000
_HASHES_AT_ONCE = 4
"""One hash takes 64 MiB on purpose; a crowd at the door must not take the machine."""


def plain_user_name(user_name: str) -> str:
    """Case, width and surrounding space do not matter."""
    return unicodedata.normalize("NFKC", user_name[:300]).strip().casefold()[:120]


class StoredEmployees:
    """Implements SignIn and Employees of app.domain.people."""

    def __init__(self, database: Database, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._hasher = hasher or PasswordHasher()
        self._nobody = _unmatched_hash(self._hasher)
        self._at_once = BoundedSemaphore(_HASHES_AT_ONCE)

    def sign_in(self, user_name: str, password: str, now: datetime) -> SignedIn:
        plain_name = plain_user_name(user_name)
        locked_until = self._count_try(plain_name, now)
        employee_id = self._find(plain_name, password)
        if employee_id is None:
            raise SignInRefused(locked_until)
        token = new_token()
        with self._database.writing() as session:
            row = session.get_one(EmployeeRow, employee_id)
            _forget_tries(session, self._fingerprint(plain_name))
            if self._hasher.check_needs_rehash(row.password_hash):
                row.password_hash = self._hasher.hash(password)
            session.add(
                EmployeeSessionRow(
                    token_hash=hash_token(token), employee_id=row.id, created_at=now, used_at=now
                )
            )
            return SignedIn(to_employee(row), token)

    def _fingerprint(self, plain_name: str) -> str:
        return self._database.key_ring.fingerprint(plain_name)

    def _count_try(self, plain_name: str, now: datetime) -> datetime | None:
        """Counts before looking, so that a hundred tries at the same moment are still a hundred tries.

        The end of the lock-out if this try begins one. Raises SignInRefused while one lasts.
        """
        fingerprint = self._fingerprint(plain_name)
        with self._database.writing() as session:
            row = _lock_tries(session, fingerprint, now)
            if row.locked_until is not None and now < row.locked_until <= now + LOCK_OUT:
                raise SignInRefused(row.locked_until)
            if row.locked_until is not None or now - row.last_at >= LOCK_OUT:
                row.failures, row.locked_until = 0, None
            row.failures, row.last_at = row.failures + 1, now
            if row.failures >= TRIES:
                row.locked_until = now + LOCK_OUT
            return row.locked_until

    def _find(self, plain_name: str, password: str) -> int | None:
        """The employee whose password this is. The same work for a name that nobody has."""
        with self._database.reading() as session:
            row = session.scalar(select(EmployeeRow).where(EmployeeRow.user_name == plain_name))
            known = row.id if row is not None and row.disabled_at is None else None
            password_hash = row.password_hash if row is not None else self._nobody
        with self._at_once:
            fits = self._fits(password_hash, password[:_LONGEST_PASSWORD])
        return known if fits and len(password) <= _LONGEST_PASSWORD else None

    def _fits(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False

    def employee_for_token(self, token: str, now: datetime, *, counts_as_use: bool = True) -> Employee | None:
        """counts_as_use False: a page that refreshes itself asks, so nobody need be there.

        Whoever sits in a talk is there, however long they only talk.
        """
        with self._database.reading() as session:
            row = session.get(EmployeeSessionRow, hash_token(token[:100]))
            if row is None or row.employee.disabled_at is not None or now - row.created_at >= LONGEST:
                return None
            if now - row.used_at >= IDLE and not _sits_somewhere(session, row.employee_id):
                return None
            employee, note_use = to_employee(row.employee), now - row.used_at >= _NOTE_USE_EVERY
        if note_use and counts_as_use:
            with self._database.writing() as session:
                session.execute(
                    update(EmployeeSessionRow)
                    .where(EmployeeSessionRow.token_hash == hash_token(token[:100]))
                    .values(used_at=now)
                )
        return employee

    def sign_out(self, token: str) -> None:
        with self._database.writing() as session:
            session.execute(
                delete(EmployeeSessionRow).where(EmployeeSessionRow.token_hash == hash_token(token[:100]))
            )

    def keep_appearance(self, employee_id: int, display_name: str, background: str) -> Employee:
        """Raises UnfitName, ValueError for a background that there is not, NotFound."""
        if background not in ("none", "banner", "blur"):
            raise ValueError("no such background")
        with self._database.writing() as session:
            row = session.get(EmployeeRow, employee_id)
            if row is None:
                raise NotFound
            row.display_name, row.background = clean_name(display_name), background
            return to_employee(row)

    def teams(self, municipality_id: int) -> list[tuple[int, str]]:
        """Id and name, by name."""
        with self._database.reading() as session:
            rows = session.scalars(
                select(TeamRow).where(TeamRow.municipality_id == municipality_id).order_by(TeamRow.name)
            )
            return [(row.id, row.name) for row in rows]

    def municipality(self) -> Municipality:
        """The one this installation serves. Raises NotFound before it is set up."""
        with self._database.reading() as session:
            row = session.scalar(select(MunicipalityRow).order_by(MunicipalityRow.id).limit(1))
            if row is None:
                raise NotFound
            return to_municipality(row)


def _unmatched_hash(hasher: PasswordHasher) -> str:
    """Looks like a hash of a password and takes the same work to compare, yet no password fits it."""

    def random_part(length: int) -> str:
        return b64encode(token_bytes(length)).decode().rstrip("=")

    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${random_part(hasher.salt_len)}${random_part(hasher.hash_len)}"


def _lock_tries(session: Session, fingerprint: str, now: datetime) -> SignInTriesRow:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(SignInTriesRow)
        .values(name_fingerprint=fingerprint, failures=0, last_at=now)
        .on_conflict_do_nothing()
    )
    return session.get_one(SignInTriesRow, fingerprint, with_for_update=True)


def _forget_tries(session: Session, fingerprint: str) -> None:
    session.execute(delete(SignInTriesRow).where(SignInTriesRow.name_fingerprint == fingerprint))


def _sits_somewhere(session: Session, employee_id: int) -> bool:
    return session.scalar(select(SeatRow.id).where(SeatRow.employee_id == employee_id).limit(1)) is not None
