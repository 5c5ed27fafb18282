"""The line, short codes and terminals' entries as the database keeps them."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from sqlalchemy import Select, case, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.conversations import ConversationEnded, NotFound, Role, Seat, new_id, new_token
from app.domain.local_time import local_day
from app.domain.queue import (
    ENTRY_LIFE,
    LONGEST_WAIT,
    ON_THE_WAY,
    TRIES_IN_ALL,
    TRIES_PER_TERMINAL,
    TRIES_WINDOW,
    WALK_IN,
    AlreadyTaken,
    Entry,
    EntryClosed,
    Left,
    NewEntry,
    NoWalkIn,
    ShortCodeWrong,
    TooManyTries,
    WalkIn,
    is_language_code,
    new_short_code,
)
from app.storage.call_backs import served_municipality
from app.storage.column_types import hash_token
from app.storage.database import Database
from app.storage.nouns import to_seat
from app.storage.tables import (
    ConversationRow,
    EmployeeRow,
    InvitationRow,
    SeatRow,
    ServiceTypeRow,
    ShortCodeRow,
    ShortCodeTryRow,
    TeamRow,
    TerminalEntryRow,
    TerminalRow,
)
from app.storage.talk_rows import end, lock, lock_invitation, lock_open

_DRAWS = 20
"""A new code may be somebody's already; with a thousand in use, twenty draws all fail once in 10^60 times."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class StoredQueue:
    """Implements app.domain.queue.Queue, for the one municipality of this installation."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._clock = clock

    # --- The line

    def begin_walk_in(self, terminal_id: str, language: str, team_id: int | None = None) -> NewEntry:
        if not is_language_code(language):
            raise ValueError("not a language code")
        now = self._clock()
        with self._database.writing() as session:
            service_type = session.scalar(
                select(ServiceTypeRow).where(
                    ServiceTypeRow.municipality_id == served_municipality(session),
                    ServiceTypeRow.slug == WALK_IN,
                )
            )
            team = session.get(TeamRow, team_id) if team_id is not None else None
            if service_type is None or (team is None) != (team_id is None):
                raise NoWalkIn
            if team is not None and team.municipality_id != service_type.municipality_id:
                raise NoWalkIn
            talk = ConversationRow(
                id=new_id(),
                municipality_id=service_type.municipality_id,
                service_type=service_type,
                team=team,
                state="open",
                created_at=now,
            )
            citizen = InvitationRow(
                id=new_id(),
                conversation=talk,
                role=Role.CITIZEN.value,
                display_name="",
                token_hash=hash_token(new_token()),  # nobody's: the terminal's entry is the only way in
                language=language,
                reads_captions=False,
                caption_language=language,
                created_at=now,
            )
            session.add_all([talk, citizen])
            session.flush()
            token = _add_entry(session, terminal_id, citizen.id, language, now, walk_in=True)
            return NewEntry(token, _place(session, talk, now))

    def walk_ins(self, employee_id: int) -> list[WalkIn]:
        now = self._clock()
        with self._database.reading() as session:
            employee = session.get(EmployeeRow, employee_id)
            if employee is None:
                return []
            query = _waiting(now).where(ConversationRow.municipality_id == employee.municipality_id)
            if employee.role != "manager":
                team_id = employee.team_id
                query = query.where(
                    or_(ConversationRow.team_id.is_(None), ConversationRow.team_id == team_id)
                )
            return [
                WalkIn(
                    conversation_id=talk.id,
                    came_at=talk.created_at,
                    language=talk.invitations[0].language,
                    place=place,
                    team=talk.team.name if talk.team else "",
                    seated=bool(talk.seats),
                )
                for place, talk in enumerate(session.scalars(query), start=1)
            ]

    def take(self, conversation_id: str, employee_id: int) -> None:
        """The talk's row is locked: who comes second waits, and then sees who was first."""
        with self._database.writing() as session:
            employee = session.get(EmployeeRow, employee_id)
            talk = lock_open(session, conversation_id)
            if employee is None or employee.municipality_id != talk.municipality_id:
                raise NotFound
            if talk.lead_employee_id not in (None, employee_id):
                raise AlreadyTaken
            if talk.team_id not in (None, employee.team_id) and employee.role != "manager":
                raise NotFound
            talk.lead_employee_id = employee_id

    def place_in_line(self, conversation_id: str) -> int | None:
        with self._database.reading() as session:
            talk = session.get(ConversationRow, conversation_id)
            return None if talk is None else _place(session, talk, self._clock())

    # --- Short codes

    def make_short_code(self, invitation_id: str) -> str:
        today = local_day(self._clock())
        for _ in range(_DRAWS):
            code = new_short_code()
            try:
                with self._database.writing() as session:
                    lock_invitation(session, invitation_id)
                    session.execute(delete(ShortCodeRow).where(ShortCodeRow.invitation_id == invitation_id))
                    session.add(
                        ShortCodeRow(
                            invitation_id=invitation_id,
                            fingerprint=self._fingerprint(code, today),
                            valid_on=today,
                        )
                    )
                return code
            except IntegrityError:
                continue  # somebody has it today
        raise RuntimeError("no short code is free")

    def use_short_code(self, terminal_id: str, code: str, language: str) -> NewEntry:
        """A try is counted before the code is looked at, so that tries at the same moment are counted too."""
        if not is_language_code(language):
            raise ValueError("not a language code")
        now = self._clock()
        with self._database.writing() as session:
            tried = ShortCodeTryRow(terminal_id=terminal_id, at=now)
            session.add(tried)
        with self._database.writing() as session:
            outcome = self._look_at(session, terminal_id, code, language, now)
            if not isinstance(outcome, ShortCodeWrong):
                # Neither the right code nor a try that was not looked at makes the wait longer.
                session.execute(delete(ShortCodeTryRow).where(ShortCodeTryRow.id == tried.id))
        if isinstance(outcome, Exception):
            raise outcome
        return NewEntry(outcome, None)

    def _look_at(
        self, session: Session, terminal_id: str, code: str, language: str, now: datetime
    ) -> str | ShortCodeWrong | TooManyTries | ConversationEnded:
        own = func.sum(case((ShortCodeTryRow.terminal_id == terminal_id, 1), else_=0))
        in_all, of_terminal = session.execute(
            select(func.count(), own)
            .select_from(ShortCodeTryRow)
            .where(ShortCodeTryRow.at > now - TRIES_WINDOW)
        ).one()
        if in_all > TRIES_IN_ALL or (of_terminal or 0) > TRIES_PER_TERMINAL:
            return TooManyTries()
        invitation = session.scalar(
            select(InvitationRow)
            .join(ShortCodeRow, ShortCodeRow.invitation_id == InvitationRow.id)
            .where(ShortCodeRow.fingerprint == self._fingerprint(code, local_day(now)))
        )
        if invitation is None or invitation.replaced_at is not None:
            return ShortCodeWrong()
        if invitation.conversation.state != "open":
            return ConversationEnded()
        return _add_entry(session, terminal_id, invitation.id, language, now, walk_in=False)

    def _fingerprint(self, code: str, day: date) -> str:
        """Keyed: a million plain hashes would be tried in a second by whoever has the database."""
        return self._database.key_ring.fingerprint(f"short code {day.isoformat()} {code}")

    # --- Entries of terminals

    def use_entry(self, token: str) -> Entry:
        now = self._clock()
        with self._database.writing() as session:
            used = session.scalar(
                update(TerminalEntryRow)
                .where(TerminalEntryRow.token_hash == hash_token(token[:100]))
                .where(TerminalEntryRow.used_at.is_(None), TerminalEntryRow.left_at.is_(None))
                .where(TerminalEntryRow.made_at > now - ENTRY_LIFE)
                .values(used_at=now)
                .returning(TerminalEntryRow.id)
            )
            if used is None:
                raise EntryClosed
            row = session.get_one(TerminalEntryRow, used)
            return Entry(row.id, row.terminal_id, row.invitation_id, row.language, row.walk_in)

    def is_open(self, entry_id: str) -> bool:
        with self._database.reading() as session:
            revoked = select(TerminalRow.id).where(
                TerminalRow.id == TerminalEntryRow.terminal_id, TerminalRow.revoked_at.is_not(None)
            )
            found = session.scalar(
                select(TerminalEntryRow.id)
                .where(TerminalEntryRow.id == entry_id, TerminalEntryRow.left_at.is_(None))
                .where(TerminalEntryRow.made_at > self._clock() - LONGEST_WAIT, ~revoked.exists())
            )
            return found is not None

    def leave(self, terminal_id: str) -> Left:
        now, seats, ended = self._clock(), list[Seat](), list[str]()
        with self._database.writing() as session:
            still_there = session.scalars(
                select(TerminalEntryRow)
                .where(TerminalEntryRow.terminal_id == terminal_id, TerminalEntryRow.left_at.is_(None))
                .join(InvitationRow)
                .order_by(InvitationRow.conversation_id)  # always in this order: nobody locks us out
            ).all()
            for entry in still_there:
                entry.left_at = now
                if entry.used_at is None and not entry.walk_in:
                    continue  # nobody came in by it; whoever sits there came by another way
                talk = lock(session, entry.invitation.conversation_id)
                for seat in session.scalars(
                    select(SeatRow).where(SeatRow.invitation_id == entry.invitation_id)
                ):
                    seats.append(to_seat(seat))
                    session.delete(seat)
                if talk.state == "open" and talk.lead_employee_id is None:
                    end(session, talk, now)
                    ended.append(talk.id)
        return Left(tuple(seats), tuple(ended))


def _waiting(now: datetime) -> Select[ConversationRow]:
    """Walk-ins in which somebody waits or will sit down in a moment, first come first."""
    seated = select(SeatRow.id).where(SeatRow.conversation_id == ConversationRow.id).exists()
    return (
        select(ConversationRow)
        .where(ConversationRow.state == "open", ConversationRow.lead_employee_id.is_(None))
        .where(ConversationRow.created_at > now - LONGEST_WAIT)
        .where(or_(seated, ConversationRow.created_at > now - ON_THE_WAY))
        .order_by(ConversationRow.created_at, ConversationRow.id)
    )


def _place(session: Session, talk: ConversationRow, now: datetime) -> int | None:
    """Among those who wait for the same employees: this team's, anybody's."""
    query = _waiting(now).where(ConversationRow.municipality_id == talk.municipality_id)
    if talk.team_id is not None:
        query = query.where(or_(ConversationRow.team_id.is_(None), ConversationRow.team_id == talk.team_id))
    line = list(session.scalars(query.with_only_columns(ConversationRow.id)))
    return line.index(talk.id) + 1 if talk.id in line else None


def _add_entry(
    session: Session, terminal_id: str, invitation_id: str, language: str, now: datetime, *, walk_in: bool
) -> str:
    token = new_token()
    session.add(
        TerminalEntryRow(
            id=new_id(),
            terminal_id=terminal_id,
            invitation_id=invitation_id,
            token_hash=hash_token(token),
            language=language,
            walk_in=walk_in,
            made_at=now,
        )
    )
    return token
