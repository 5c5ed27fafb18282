"""Terminals as the database keeps them: their keys, codes, settings, and what they last told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from secrets import choice
from typing import Any, Literal, cast

from argon2 import PasswordHasher
from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.conversations import NotFound, new_id
from app.domain.host_code import new_host_code
from app.domain.terminals import (
    CODE_ALPHABET,
    CODE_LENGTH,
    CODE_LIFE,
    CODE_LOCK,
    LONGEST_LOCATION,
    OPEN_ENROLMENTS,
    WRONG_CODES,
    CodeExpired,
    CodeLocked,
    CodeUsed,
    CodeWrong,
    Heartbeat,
    KeyRevoked,
    Replayed,
    SelfTest,
    Terminal,
    TerminalNotFound,
    TerminalProfile,
    TerminalState,
    TooManyEnrolments,
    clean_code,
)
from app.storage.database import Database
from app.storage.tables import (
    EmployeeRow,
    EnrolmentTriesRow,
    TerminalEnrolmentRow,
    TerminalNonceRow,
    TerminalRow,
)

_ALL = "all"


class StoredTerminals:
    """Implements app.domain.terminals.Terminals."""

    def __init__(self, database: Database, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._hasher = hasher or PasswordHasher()

    def begin_enrolment(self, public_key: bytes, now: datetime) -> str:
        if len(public_key) != 32:
            raise ValueError("an Ed25519 public key has 32 bytes")
        code = "".join(choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        with self._database.writing() as session:
            _lock_tries(session, _ALL, now)  # so that two at once are counted one after another
            known = _by_key(session, public_key)
            if known is not None and known.revoked_at is not None:
                raise KeyRevoked
            for older in _open_codes(session, public_key, now):
                older.expires_at = now
            session.flush()
            if len(_open_codes(session, None, now)) >= OPEN_ENROLMENTS:
                raise TooManyEnrolments
            session.add(
                TerminalEnrolmentRow(
                    code_fingerprint=self._fingerprint(code),
                    public_key=public_key,
                    expires_at=now + CODE_LIFE,
                )
            )
        return code

    def enrolment_open_until(self, public_key: bytes, now: datetime) -> datetime | None:
        with self._database.reading() as session:
            return max((row.expires_at for row in _open_codes(session, public_key, now)), default=None)

    def confirm_enrolment(
        self, code: str, profile: TerminalProfile, by_employee: int, now: datetime
    ) -> Terminal:
        """Counts before it looks, so that a hundred tries at the same moment are still a hundred tries."""
        counted = {f"employee {by_employee}": WRONG_CODES, _ALL: 10 * WRONG_CODES}
        for who, allowed in counted.items():
            self._count_try(who, allowed, now)
        with self._database.writing() as session:
            row = session.get(TerminalEnrolmentRow, self._fingerprint(clean_code(code)), with_for_update=True)
            if row is None:
                raise CodeWrong
            if row.used_at is not None:
                raise CodeUsed
            if row.expires_at <= now:
                raise CodeExpired
            terminal = self._add(session, row.public_key, profile, by_employee, now)
            row.used_at = now
            for who in counted:
                _lock_tries(session, who, now).failures = 0
                session.get_one(EnrolmentTriesRow, who).locked_until = None
            return terminal

    def _add(
        self, session: Session, public_key: bytes, profile: TerminalProfile, by_employee: int, now: datetime
    ) -> Terminal:
        """Whoever is known by this key already only gets the new settings: it keeps its id."""
        employee = session.get(EmployeeRow, by_employee)
        if employee is None:
            raise NotFound
        row = _by_key(session, public_key)
        if row is None:
            row = TerminalRow(id=new_id(), public_key=public_key, enrolled_at=now)
            row.municipality_id = employee.municipality_id
            session.add(row)
        if row.revoked_at is not None or row.municipality_id != employee.municipality_id:
            raise CodeWrong
        _apply(profile, row)
        session.flush()
        return _to_terminal(row)

    def _count_try(self, who: str, allowed: int, now: datetime) -> None:
        with self._database.writing() as session:
            row = _lock_tries(session, who, now)
            if row.locked_until is not None and now < row.locked_until:
                raise CodeLocked(row.locked_until)
            if row.locked_until is not None or now - row.last_at >= CODE_LOCK:
                row.failures, row.locked_until = 0, None
            row.failures, row.last_at = row.failures + 1, now
            if row.failures >= allowed:
                row.locked_until = now + CODE_LOCK

    def _fingerprint(self, code: str) -> str:
        return self._database.key_ring.fingerprint(f"enrolment {code}")

    def terminal(self, terminal_id: str) -> Terminal:
        with self._database.reading() as session:
            row = session.get(TerminalRow, terminal_id)
            if row is None:
                raise TerminalNotFound
            return _to_terminal(row)

    def terminal_by_key(self, public_key: bytes) -> Terminal | None:
        with self._database.reading() as session:
            row = _by_key(session, public_key)
            return None if row is None else _to_terminal(row)

    def all_terminals(self, municipality_id: int) -> list[Terminal]:
        with self._database.reading() as session:
            rows = session.scalars(
                select(TerminalRow)
                .where(TerminalRow.municipality_id == municipality_id)
                .order_by(
                    TerminalRow.revoked_at.is_not(None), func.lower(TerminalRow.location), TerminalRow.id
                )
            )
            return [_to_terminal(row) for row in rows]

    def save_profile(self, terminal_id: str, profile: TerminalProfile) -> Terminal:
        return self._change(terminal_id, lambda row: _apply(profile, row))

    def revoke(self, terminal_id: str, now: datetime) -> Terminal:
        def apply(row: TerminalRow) -> None:
            row.revoked_at, row.silent_since = row.revoked_at or now, None

        return self._change(terminal_id, apply)

    def new_host_code(self, terminal_id: str, now: datetime) -> str:
        code = new_host_code()
        code_hash = self._hasher.hash(code)

        def apply(row: TerminalRow) -> None:
            row.host_code_hash, row.host_code_made_at = code_hash, now

        self._change(terminal_id, apply)
        return code

    def save_heartbeat(self, terminal_id: str, heartbeat: Heartbeat) -> Terminal:
        return self._change(terminal_id, lambda row: setattr(row, "heartbeat", _plain(heartbeat)))

    def save_self_test(self, terminal_id: str, self_test: SelfTest) -> Terminal:
        return self._change(terminal_id, lambda row: setattr(row, "self_test", _plain(self_test)))

    def _change(self, terminal_id: str, apply: Callable[[TerminalRow], None]) -> Terminal:
        with self._database.writing() as session:
            row = session.get(TerminalRow, terminal_id, with_for_update=True)
            if row is None:
                raise TerminalNotFound
            apply(row)
            session.flush()
            return _to_terminal(row)

    def use_nonce(self, terminal_id: str, nonce: str, now: datetime) -> None:
        with _replayed(), self._database.writing() as session:
            session.add(TerminalNonceRow(signer=terminal_id, nonce=nonce, used_at=now))

    def mark_silent(self, terminal_id: str, since: datetime | None) -> bool:
        differs = (
            TerminalRow.silent_since.is_not(None) if since is None else TerminalRow.silent_since.is_(None)
        )
        with self._database.writing() as session:
            done = session.execute(
                update(TerminalRow)
                .where(TerminalRow.id == terminal_id, differs)
                .values(silent_since=since)
                .execution_options(synchronize_session=False)
            )
            return cast("CursorResult[Any]", done).rowcount == 1


@contextmanager
def _replayed() -> Iterator[None]:
    try:
        yield
    except IntegrityError as twice:
        raise Replayed from twice


def _lock_tries(session: Session, who: str, now: datetime) -> EnrolmentTriesRow:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(EnrolmentTriesRow).values(who=who, failures=0, last_at=now).on_conflict_do_nothing()
    )
    return session.get_one(EnrolmentTriesRow, who, with_for_update=True)


def _open_codes(session: Session, public_key: bytes | None, now: datetime) -> list[TerminalEnrolmentRow]:
    """Of this key, or of all."""
    rows = select(TerminalEnrolmentRow).where(
        TerminalEnrolmentRow.expires_at > now, TerminalEnrolmentRow.used_at.is_(None)
    )
    if public_key is not None:
        rows = rows.where(TerminalEnrolmentRow.public_key == public_key)
    return list(session.scalars(rows))


def _by_key(session: Session, public_key: bytes) -> TerminalRow | None:
    return session.scalar(select(TerminalRow).where(TerminalRow.public_key == public_key))


def _apply(profile: TerminalProfile, row: TerminalRow) -> None:
    if not 0 < len(profile.location) <= LONGEST_LOCATION:
        raise ValueError("a location has 1 to 120 characters")
    row.location, row.opening_hours = profile.location, dict(profile.opening_hours)
    row.team_id, row.languages = profile.team_id, list(profile.languages)
    row.printer, row.kind, row.lower_half = profile.printer, profile.kind, profile.lower_half


def _plain(told: Heartbeat | SelfTest) -> dict[str, Any]:
    """As JSON keeps it: moments in ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(told).items()
    }


def _to_terminal(row: TerminalRow) -> Terminal:
    state: TerminalState = "revoked" if row.revoked_at else "active" if row.heartbeat else "new"
    return Terminal(
        id=row.id,
        public_key=bytes(row.public_key),
        state=state,
        profile=TerminalProfile(
            location=row.location,
            opening_hours=dict(row.opening_hours),
            team_id=row.team_id,
            languages=tuple(row.languages),
            printer=row.printer,
            kind=cast(Literal["terminal", "tablet"], row.kind),
            lower_half=row.lower_half,
        ),
        enrolled_at=row.enrolled_at,
        revoked_at=row.revoked_at,
        heartbeat=_to_heartbeat(row.heartbeat) if row.heartbeat else None,
        self_test=_to_self_test(row.self_test) if row.self_test else None,
        silent_since=row.silent_since,
        host_code_hash=row.host_code_hash,
        host_code_made_at=row.host_code_made_at,
    )


def _to_heartbeat(kept: dict[str, Any]) -> Heartbeat:
    moments = {
        name: datetime.fromisoformat(kept[name]) if kept.get(name) else None
        for name in ("at", "last_good_paint_at", "off_until")
    }
    return Heartbeat(**{**kept, **moments})


def _to_self_test(kept: dict[str, Any]) -> SelfTest:
    return SelfTest(**{**kept, "at": datetime.fromisoformat(kept["at"])})
