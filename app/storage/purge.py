"""What goes, and when. RULES is the whole of it: what no rule keeps is not kept."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Update, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from app.domain.call_backs import CALL_BACK_LIFE
from app.domain.local_time import local_day
from app.domain.queue import LONGEST_WAIT, ON_THE_WAY, TRIES_WINDOW
from app.domain.repeating import repeat
from app.domain.terminals import CLOCK_WINDOW
from app.storage.database import Database
from app.storage.employees import IDLE, LONGEST
from app.storage.tables import (
    CallBackRow,
    ConversationRow,
    EmployeeRow,
    EmployeeSessionRow,
    EnrolmentTriesRow,
    RatingRow,
    SeatRow,
    ShortCodeRow,
    ShortCodeTryRow,
    SignInTriesRow,
    TerminalEnrolmentRow,
    TerminalNonceRow,
)
from app.storage.talk_rows import end

log = logging.getLogger("wijkbalie.storage")


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """after: how long something stays after its last use or its end. apply gives the number that went."""

    name: str
    after: timedelta
    why: str
    apply: Callable[[Session, datetime, datetime], int]
    """Session, the moment before which it goes, now."""


def _end_forgotten(session: Session, before: datetime, now: datetime) -> int:
    still_used = select(SeatRow.id).where(SeatRow.conversation_id == ConversationRow.id)
    still_used = still_used.where(SeatRow.taken_at >= before)
    forgotten = session.scalars(
        select(ConversationRow)
        .where(ConversationRow.state == "open", ConversationRow.created_at < before, ~still_used.exists())
        .with_for_update(of=ConversationRow, key_share=True)
    ).all()
    for conversation in forgotten:
        end(session, conversation, now)
    return len(forgotten)


def _delete_ended(session: Session, before: datetime, _now: datetime) -> int:
    return _count(session, delete(ConversationRow).where(ConversationRow.ended_at < before))


def _delete_sessions(session: Session, before: datetime, _now: datetime) -> int:
    in_a_talk = select(SeatRow.id).where(SeatRow.employee_id == EmployeeSessionRow.employee_id).exists()
    unused = (EmployeeSessionRow.used_at < before) & ~in_a_talk
    too_old = EmployeeSessionRow.created_at < before + IDLE - LONGEST
    return _count(session, delete(EmployeeSessionRow).where(or_(unused, too_old)))


def _delete_tries(session: Session, before: datetime, _now: datetime) -> int:
    return _count(session, delete(SignInTriesRow).where(SignInTriesRow.last_at < before))


def _delete_ratings(session: Session, before: datetime, _now: datetime) -> int:
    return _count(session, delete(RatingRow).where(RatingRow.rated_on < before.date()))


def _delete_employees(session: Session, before: datetime, _now: datetime) -> int:
    leads = select(ConversationRow.id).where(ConversationRow.lead_employee_id == EmployeeRow.id).exists()
    sits = select(SeatRow.id).where(SeatRow.employee_id == EmployeeRow.id).exists()
    gone = delete(EmployeeRow).where(EmployeeRow.disabled_at < before, ~leads, ~sits)
    return _count(session, gone)


def _delete_codes(session: Session, before: datetime, _now: datetime) -> int:
    return _count(session, delete(TerminalEnrolmentRow).where(TerminalEnrolmentRow.expires_at < before))


def _delete_code_tries(session: Session, before: datetime, _now: datetime) -> int:
    return _count(session, delete(EnrolmentTriesRow).where(EnrolmentTriesRow.last_at < before))


def _delete_nonces(session: Session, before: datetime, _now: datetime) -> int:
    return _count(session, delete(TerminalNonceRow).where(TerminalNonceRow.used_at < before))


def _end_deserted(session: Session, before: datetime, now: datetime) -> int:
    seated = select(SeatRow.id).where(SeatRow.conversation_id == ConversationRow.id).exists()
    went = and_(ConversationRow.created_at < before, ~seated)
    deserted = session.scalars(
        select(ConversationRow)
        .where(ConversationRow.state == "open", ConversationRow.lead_employee_id.is_(None))
        .where(or_(went, ConversationRow.created_at < now - LONGEST_WAIT))
        .with_for_update(of=ConversationRow, key_share=True)
    ).all()
    for conversation in deserted:
        end(session, conversation, now)
    return len(deserted)


def _delete_short_codes(session: Session, _before: datetime, now: datetime) -> int:
    return _count(session, delete(ShortCodeRow).where(ShortCodeRow.valid_on < local_day(now)))


def _delete_short_code_tries(session: Session, before: datetime, _now: datetime) -> int:
    return _count(session, delete(ShortCodeTryRow).where(ShortCodeTryRow.at < before))


def _empty_call_backs(session: Session, before: datetime, _now: datetime) -> int:
    old = update(CallBackRow).where(CallBackRow.received_at < before, CallBackRow.content.is_not(None))
    return _count(session, old.values(content=None))


def _delete_call_backs(session: Session, before: datetime, _now: datetime) -> int:
    return _count(session, delete(CallBackRow).where(CallBackRow.received_at < before))


def _count(session: Session, statement: Delete | Update) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount


RULES = (
    RetentionRule(
        "forgotten conversations",
        timedelta(days=14),
        "A talk that nobody ended, and that nobody joined for so long, is ended.",
        _end_forgotten,
    ),
    RetentionRule(
        "ended conversations",
        timedelta(days=7),
        'An old link says "this talk has ended" for a week; the names went when the talk ended.',
        _delete_ended,
    ),
    RetentionRule(
        "deserted walk-ins",
        ON_THE_WAY,
        "Nobody waits there any more, and no employee took it; all of 12 hours old.",
        _end_deserted,
    ),
    RetentionRule(
        "short codes", timedelta(days=1), "At midnight: a code is for one day.", _delete_short_codes
    ),
    RetentionRule("wrong short codes", TRIES_WINDOW, "To stop who guesses.", _delete_short_code_tries),
    RetentionRule(
        "call-backs",
        CALL_BACK_LIFE,
        "To call the citizen; emptied as soon as an employee has called.",
        _empty_call_backs,
    ),
    RetentionRule(
        "numbers of call-backs",
        timedelta(days=90),
        "A random number alone, so that a late delivery does not make a second request.",
        _delete_call_backs,
    ),
    RetentionRule("sessions", IDLE, "Unused ones, and all of 12 hours old.", _delete_sessions),
    RetentionRule(
        "sign-in tries",
        timedelta(days=1),
        "To lock out who guesses. Kept under a fingerprint, not under the name.",
        _delete_tries,
    ),
    RetentionRule(
        "ratings",
        timedelta(days=730),
        "To see whether the service gets better over two years. They hold no person.",
        _delete_ratings,
    ),
    RetentionRule(
        "employees who left",
        timedelta(days=30),
        "Blocked on the day itself; deleted once no talk refers to them.",
        _delete_employees,
    ),
    RetentionRule(
        "codes of terminals",
        timedelta(days=1),
        'So long, typing an old code says "expired" or "used" and not "wrong".',
        _delete_codes,
    ),
    RetentionRule(
        "wrong codes of terminals", timedelta(days=1), "To lock out who guesses.", _delete_code_tries
    ),
    RetentionRule(
        "nonces of terminals",
        2 * CLOCK_WINDOW + timedelta(minutes=1),
        "A request can come again for as long as its time is within the window, on both sides of it.",
        _delete_nonces,
    ),
)


def purge(database: Database, now: datetime) -> dict[str, int]:
    """How many of each went. Safe to run at any moment and from several processes; once an hour is enough."""
    gone = {}
    for rule in RULES:
        with database.writing() as session:
            gone[rule.name] = rule.apply(session, now - rule.after, now)
    database.forget_deleted()
    return gone


def start_purging(database: Database, every: timedelta = timedelta(hours=1)) -> Callable[[], None]:
    """Purges now and then in a thread of its own; call what it returns to stop. A failure waits for the next time."""
    return repeat("purge", lambda: purge(database, datetime.now(UTC)), every, log)
