"""Conversations, links, seats and ratings as the database keeps them."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from secrets import token_hex

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from app.domain.conversations import (
    LEAD_SEAT,
    SEATS,
    Choices,
    Conversation,
    ConversationFull,
    Invitation,
    LinkState,
    NewLink,
    NotFound,
    Role,
    Seat,
    ServiceType,
    new_id,
    new_token,
)
from app.domain.local_time import LOCAL
from app.domain.names import clean_name
from app.storage.column_types import hash_token
from app.storage.database import Database
from app.storage.nouns import to_conversation, to_invitation, to_seat, to_service_type
from app.storage.tables import (
    ConversationRow,
    EmployeeRow,
    InvitationRow,
    RatingRow,
    SeatRow,
    ServiceTypeRow,
)
from app.storage.talk_rows import end, find_seat, load, lock, lock_invitation, lock_open, lock_seat

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class StoredConversations:
    """Implements app.domain.conversations.Conversations.

    Whoever changes a talk first locks its row, so that joining, leaving and ending come one after another;
    the constraints of the seat table hold the bound of four even without that.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._clock = clock

    def service_types(self, municipality_id: int) -> list[ServiceType]:
        with self._database.reading() as session:
            rows = session.scalars(
                select(ServiceTypeRow)
                .where(ServiceTypeRow.municipality_id == municipality_id)
                .order_by(ServiceTypeRow.id)
            )
            return [to_service_type(row) for row in rows]

    def start_conversation(self, lead_employee_id: int, service_type_id: int) -> tuple[Conversation, NewLink]:
        with self._database.writing() as session:
            lead = session.get(EmployeeRow, lead_employee_id)
            service_type = session.get(ServiceTypeRow, service_type_id)
            if not lead or not service_type or lead.municipality_id != service_type.municipality_id:
                raise NotFound
            row = ConversationRow(
                id=new_id(), municipality_id=lead.municipality_id, created_at=self._clock(), state="open"
            )
            row.lead, row.service_type = lead, service_type
            session.add(row)
            link = self._add_link(session, row.id, Role.CITIZEN, "", "nl")
            return to_conversation(load(session, row.id)), link

    def open_conversations(self, municipality_id: int, on: date) -> list[Conversation]:
        midnight = datetime.combine(on, time(), LOCAL)
        next_midnight = datetime.combine(on + timedelta(days=1), time(), LOCAL)
        ended_then = ConversationRow.ended_at.between(midnight, next_midnight - timedelta(microseconds=1))
        with self._database.reading() as session:
            rows = session.scalars(
                select(ConversationRow)
                .where(ConversationRow.municipality_id == municipality_id)
                .where((ConversationRow.state == "open") | ended_then)
                .where(ConversationRow.lead_employee_id.is_not(None))
                .order_by(ConversationRow.ended_at.is_not(None), ConversationRow.created_at)
                .options(selectinload(ConversationRow.invitations), selectinload(ConversationRow.seats))
            )
            return [to_conversation(row) for row in rows]

    def conversation(self, conversation_id: str) -> Conversation:
        with self._database.reading() as session:
            return to_conversation(load(session, conversation_id))

    def invite(self, conversation_id: str, role: Role, display_name: str, language: str = "nl") -> NewLink:
        with self._database.writing() as session:
            lock_open(session, conversation_id)
            name = clean_name(display_name) if display_name else ""
            return self._add_link(session, conversation_id, role, name, _language(language))

    def replace_link(self, invitation_id: str) -> NewLink:
        """The person's seat is freed: whoever came in by the old link is out, and knocks with the new one."""
        with self._database.writing() as session:
            old = lock_invitation(session, invitation_id)
            link = self._add_link(
                session, old.conversation_id, Role(old.role), old.display_name, old.language
            )
            new = session.get_one(InvitationRow, link.invitation.id)
            new.reads_captions, new.caption_language = old.reads_captions, old.caption_language
            new.agrees_captions, new.rated_at = old.agrees_captions, old.rated_at
            session.execute(delete(SeatRow).where(SeatRow.invitation_id == old.id))
            old.replaced_at, old.display_name = self._clock(), ""
            return NewLink(to_invitation(new), link.token)

    def _add_link(
        self, session: Session, conversation_id: str, role: Role, display_name: str, language: str
    ) -> NewLink:
        token = new_token()
        row = InvitationRow(
            id=new_id(),
            conversation_id=conversation_id,
            role=role.value,
            display_name=display_name,
            token_hash=hash_token(token),
            language=language,
            reads_captions=False,
            caption_language=language,
            agrees_captions=None,
            created_at=self._clock(),
        )
        session.add(row)
        session.flush()
        return NewLink(to_invitation(row), token)

    def check_link(self, token: str) -> tuple[LinkState, Invitation | None]:
        """One look-up by hash, whatever the token is: the answer's time tells nothing of our links."""
        readable = _TOKEN.fullmatch(token) is not None
        with self._database.reading() as session:
            row = session.scalar(
                select(InvitationRow)
                .where(InvitationRow.token_hash == hash_token(token[:100]))
                .options(selectinload(InvitationRow.conversation))
            )
            if not readable:
                return LinkState.MANGLED, None
            if row is None:
                return LinkState.FOREIGN, None
            if row.conversation.state == "ended":
                return LinkState.ENDED, to_invitation(row)
            return (LinkState.REPLACED if row.replaced_at else LinkState.OPEN), to_invitation(row)

    def invitation(self, invitation_id: str) -> Invitation:
        with self._database.reading() as session:
            row = session.get(InvitationRow, invitation_id)
            if row is None:
                raise NotFound
            return to_invitation(row)

    def keep_choices(self, invitation_id: str, choices: Choices) -> Invitation:
        with self._database.writing() as session:
            row = lock_invitation(session, invitation_id)
            _apply(choices, row)
            return to_invitation(row)

    def take_seat(self, invitation_id: str) -> Seat:
        with self._database.writing() as session:
            invitation = lock_invitation(session, invitation_id)
            return self._take(
                session, invitation.conversation_id, SeatRow(invitation=invitation, **_choices_of(invitation))
            )

    def take_employee_seat(self, conversation_id: str, employee_id: int) -> Seat:
        """An employee of the municipality comes in at once; everybody sees that they are there."""
        with self._database.writing() as session:
            conversation = lock_open(session, conversation_id)
            employee = session.get(EmployeeRow, employee_id)
            if employee is None or employee.municipality_id != conversation.municipality_id:
                raise NotFound
            seat = SeatRow(
                employee=employee,
                admitted_at=self._clock(),
                language="nl",
                caption_language="nl",
                # The desk sees what the others read, wrong words included. The console can switch both off.
                reads_captions=True,
                agrees_captions=True,
            )
            return self._take(
                session, conversation_id, seat, lead=conversation.lead_employee_id == employee_id
            )

    def _take(self, session: Session, conversation_id: str, seat: SeatRow, *, lead: bool = False) -> Seat:
        """The person's seat, or the lowest free one. The lead's stays free for the lead."""
        taken = session.scalars(select(SeatRow).where(SeatRow.conversation_id == conversation_id)).all()
        for other in taken:
            if (seat.invitation, seat.employee) == (other.invitation, other.employee):
                return to_seat(other)
        allowed = {LEAD_SEAT} if lead else set(range(LEAD_SEAT + 1, SEATS + 1))
        free = allowed - {other.number for other in taken}
        if not free:
            raise ConversationFull
        seat.id, seat.conversation_id, seat.number = new_id(), conversation_id, min(free)
        seat.taken_at = self._clock()
        session.add(seat)
        session.flush()
        return to_seat(seat)

    def seat(self, seat_id: str) -> Seat:
        with self._database.reading() as session:
            return to_seat(find_seat(session, seat_id))

    def admit(self, seat_id: str, now: datetime) -> Seat:
        with self._database.writing() as session:
            row = lock_seat(session, seat_id)
            row.admitted_at = row.admitted_at or now
            return to_seat(row)

    def change_seat_choices(self, seat_id: str, choices: Choices) -> Seat:
        with self._database.writing() as session:
            row = lock_seat(session, seat_id)
            _apply(choices, row)
            if row.invitation is not None:
                _apply(choices, row.invitation)  # so that coming back asks nothing twice
            return to_seat(row)

    def leave(self, seat_id: str) -> None:
        with self._database.writing() as session:
            session.execute(delete(SeatRow).where(SeatRow.id == seat_id))

    def end_conversation(self, conversation_id: str, now: datetime) -> None:
        with self._database.writing() as session:
            conversation = lock(session, conversation_id)
            if conversation.state == "open":
                end(session, conversation, now)

    def rate(self, invitation_id: str, easy: int, liked: int, on: date) -> None:
        if easy not in (1, 2, 3) or liked not in (1, 2, 3):
            raise ValueError("a rating is 1, 2 or 3")
        with self._database.writing() as session:
            row = session.get(InvitationRow, invitation_id, with_for_update=True)
            if row is None or row.replaced_at is not None:
                raise NotFound
            if row.rated_at is not None:
                return
            row.rated_at = datetime.combine(on, time(), UTC)  # the day alone: a minute would lead back
            service_type_id = row.conversation.service_type_id
            session.add(
                RatingRow(
                    id=token_hex(16), service_type_id=service_type_id, easy=easy, liked=liked, rated_on=on
                )
            )


def _choices_of(invitation: InvitationRow) -> dict[str, str | bool]:
    return {
        "language": invitation.language,
        "reads_captions": invitation.reads_captions,
        "caption_language": invitation.caption_language,
        "agrees_captions": bool(invitation.agrees_captions),
    }


def _apply(choices: Choices, row: InvitationRow | SeatRow) -> None:
    row.language = _language(choices.language)
    row.caption_language = _language(choices.caption_language)
    row.reads_captions, row.agrees_captions = choices.reads_captions, choices.agrees_captions


def _language(code: str) -> str:
    if not _LANGUAGE.fullmatch(code):
        raise ValueError("not a language code")
    return code
