"""Finds the rows of a talk, locked where they are to change. Each raises NotFound.

Always the talk's own row first, then what belongs to it: so nobody waits for somebody who waits for them.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.conversations import ConversationEnded, NotFound
from app.storage.tables import ConversationRow, InvitationRow, SeatRow


def end(session: Session, conversation: ConversationRow, now: datetime) -> None:
    """What ending means, for the employee's button and for the purge alike."""
    conversation.state, conversation.ended_at = "ended", now
    session.execute(delete(SeatRow).where(SeatRow.conversation_id == conversation.id))
    for invitation in conversation.invitations:
        invitation.display_name = ""
    session.flush()


def load(session: Session, conversation_id: str) -> ConversationRow:
    """To look at only."""
    row = session.get(ConversationRow, conversation_id)
    if row is None:
        raise NotFound
    return row


def lock(session: Session, conversation_id: str) -> ConversationRow:
    """Waits for whoever changes this talk now (on SQLite the whole transaction waited already)."""
    row = session.get(
        ConversationRow, conversation_id, with_for_update={"key_share": True, "of": ConversationRow}
    )
    if row is None:
        raise NotFound
    return row


def lock_open(session: Session, conversation_id: str) -> ConversationRow:
    """Raises ConversationEnded."""
    row = lock(session, conversation_id)
    if row.state != "open":
        raise ConversationEnded
    return row


def lock_invitation(session: Session, invitation_id: str) -> InvitationRow:
    """In force, of an open talk that is locked now."""
    conversation_id = session.scalar(
        select(InvitationRow.conversation_id).where(InvitationRow.id == invitation_id)
    )
    if conversation_id is None:
        raise NotFound
    lock_open(session, conversation_id)
    row = session.get_one(InvitationRow, invitation_id)
    if row.replaced_at is not None:
        raise NotFound
    return row


def find_seat(session: Session, seat_id: str) -> SeatRow:
    """To look at, or with its talk locked."""
    row = session.get(SeatRow, seat_id)
    if row is None:
        raise NotFound
    return row


def lock_seat(session: Session, seat_id: str) -> SeatRow:
    """Of an open talk that is locked now."""
    conversation_id = session.scalar(select(SeatRow.conversation_id).where(SeatRow.id == seat_id))
    if conversation_id is None:
        raise NotFound
    lock_open(session, conversation_id)
    return find_seat(session, seat_id)
