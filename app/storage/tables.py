"""The tables. Only this room reads them; others see the nouns of app.domain."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from app.storage.column_types import EncryptedText, PlainText, UtcDateTime


class Table(DeclarativeBase):
    """Every constraint has a name, so that a migration can speak of it on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class MunicipalityRow(Table):
    __tablename__ = "municipality"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(30))
    email: Mapped[str] = mapped_column(String(254))
    website: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(200))
    opening_hours: Mapped[dict[str, str]] = mapped_column(JSON)
    theme: Mapped[str] = mapped_column(String(60))


class TeamRow(Table):
    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("municipality_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    name: Mapped[str] = mapped_column(String(60))


class EmployeeRow(Table):
    __tablename__ = "employee"
    __table_args__ = (
        CheckConstraint("role IN ('employee', 'manager')", name="role"),
        CheckConstraint("background IN ('none', 'banner', 'blur')", name="background"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    user_name: Mapped[str] = mapped_column(PlainText(120), unique=True)
    """As app.storage.employees.plain_user_name() makes it: case does not matter."""
    name: Mapped[str] = mapped_column(EncryptedText)
    display_name: Mapped[str] = mapped_column(EncryptedText)
    role: Mapped[str] = mapped_column(String(20))
    background: Mapped[str] = mapped_column(String(20), default="none")
    password_hash: Mapped[str] = mapped_column(String(200))
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    team: Mapped[TeamRow] = relationship(lazy="joined", innerjoin=True)


class EmployeeSessionRow(Table):
    __tablename__ = "employee_session"

    token_hash: Mapped[str] = mapped_column(PlainText(64), primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)

    employee: Mapped[EmployeeRow] = relationship(lazy="joined", innerjoin=True)


class SignInTriesRow(Table):
    """Counted per user name, known or not, so that a lock-out does not tell who works here."""

    __tablename__ = "sign_in_tries"

    name_fingerprint: Mapped[str] = mapped_column(PlainText(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ServiceTypeRow(Table):
    __tablename__ = "service_type"
    __table_args__ = (UniqueConstraint("municipality_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    slug: Mapped[str] = mapped_column(String(60))
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    texts: Mapped[dict[str, str]] = mapped_column(JSON)

    team: Mapped[TeamRow] = relationship(lazy="joined", innerjoin=True)


class ConversationRow(Table):
    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'ended')", name="state"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_at"),
        Index("ix_conversation_today", "municipality_id", "state", "ended_at"),
    )

    id: Mapped[str] = mapped_column(PlainText(12), primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    service_type_id: Mapped[int] = mapped_column(ForeignKey("service_type.id"))
    lead_employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"), index=True)
    """None until an employee takes a walk-in."""
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    """Who may take a walk-in; None: everybody."""
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    service_type: Mapped[ServiceTypeRow] = relationship(lazy="joined", innerjoin=True)
    lead: Mapped[EmployeeRow | None] = relationship(lazy="joined")
    team: Mapped[TeamRow | None] = relationship()
    invitations: Mapped[list["InvitationRow"]] = relationship(
        back_populates="conversation",
        passive_deletes=True,
        order_by="InvitationRow.created_at, InvitationRow.id",
    )
    seats: Mapped[list["SeatRow"]] = relationship(
        back_populates="conversation", passive_deletes=True, order_by="SeatRow.number"
    )


class InvitationRow(Table):
    """One personal link. A replaced one stays as a tombstone, so that its holder is told what happened."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("role IN ('citizen', 'employee', 'interpreter', 'relative')", name="role"),
    )

    id: Mapped[str] = mapped_column(PlainText(12), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str] = mapped_column(String(20))
    display_name: Mapped[str] = mapped_column(EncryptedText)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(12))
    reads_captions: Mapped[bool]
    caption_language: Mapped[str] = mapped_column(String(12))
    agrees_captions: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    conversation: Mapped[ConversationRow] = relationship(back_populates="invitations")


class SeatRow(Table):
    """One of four places. The database itself refuses a fifth, a place taken twice, and a person twice."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("conversation_id", "number"),
        UniqueConstraint("conversation_id", "employee_id"),
        CheckConstraint("number BETWEEN 1 AND 4", name="number"),
        CheckConstraint("(invitation_id IS NULL) <> (employee_id IS NULL)", name="one_person"),
        CheckConstraint("number > 1 OR employee_id IS NOT NULL", name="lead_is_employee"),
    )

    id: Mapped[str] = mapped_column(PlainText(12), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    number: Mapped[int]
    invitation_id: Mapped[str | None] = mapped_column(
        ForeignKey("invitation.id", ondelete="CASCADE"), unique=True
    )
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"), index=True)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    admitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    language: Mapped[str] = mapped_column(String(12))
    reads_captions: Mapped[bool]
    caption_language: Mapped[str] = mapped_column(String(12))
    agrees_captions: Mapped[bool]

    conversation: Mapped[ConversationRow] = relationship(back_populates="seats")
    invitation: Mapped[InvitationRow | None] = relationship(lazy="joined")
    employee: Mapped[EmployeeRow | None] = relationship(lazy="joined")


class RatingRow(Table):
    """Two answers. A random key, no row order and only a day: nothing leads back to a talk or a person."""

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint("easy BETWEEN 1 AND 3", name="easy"),
        CheckConstraint("liked BETWEEN 1 AND 3", name="liked"),
        Index("ix_rating_rated_on", "rated_on"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    service_type_id: Mapped[int] = mapped_column(ForeignKey("service_type.id"))
    easy: Mapped[int]
    liked: Mapped[int]
    rated_on: Mapped[date]


class OwnPhraseRow(Table):
    """A sentence that the municipality adds to the phrase board; texts by language, "nl" always there."""

    __tablename__ = "own_phrase"
    __table_args__ = (CheckConstraint("said_by IN ('employee', 'citizen', 'both')", name="said_by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    said_by: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(60))
    texts: Mapped[dict[str, str]] = mapped_column(JSON)


class TermRow(Table):
    """An official word whose translation is fixed."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("municipality_id", "source", "target", "word"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    source: Mapped[str] = mapped_column(String(3))
    word: Mapped[str] = mapped_column(String(60))
    target: Mapped[str] = mapped_column(String(3))
    translation: Mapped[str] = mapped_column(String(60))


class VocabularyWordRow(Table):
    """A word to listen for. Without a service type it counts in every talk of the municipality."""

    __tablename__ = "vocabulary_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    service_type_id: Mapped[int | None] = mapped_column(
        ForeignKey("service_type.id", ondelete="CASCADE"), index=True
    )
    word: Mapped[str] = mapped_column(String(60))


class TerminalRow(Table):
    """A terminal and what it last told. Nothing of a citizen, nor of who enrolled it."""

    __tablename__ = "terminal"
    __table_args__ = (CheckConstraint("kind IN ('terminal', 'tablet')", name="kind"),)

    id: Mapped[str] = mapped_column(PlainText(12), primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    silent_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    location: Mapped[str] = mapped_column(PlainText(120))
    opening_hours: Mapped[dict[str, str]] = mapped_column(JSON)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"))
    languages: Mapped[list[str]] = mapped_column(JSON)
    printer: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(20))
    lower_half: Mapped[bool]
    heartbeat: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    self_test: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    host_code_hash: Mapped[str | None] = mapped_column(String(200))
    host_code_made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TerminalEnrolmentRow(Table):
    """A code that some terminal shows, or showed."""

    __tablename__ = "terminal_enrolment"

    code_fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Keyed: 35 bits would be found again from a plain hash."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EnrolmentTriesRow(Table):
    """Wrong codes in a row, of one employee ("employee 7") or of all."""

    __tablename__ = "enrolment_tries"

    who: Mapped[str] = mapped_column(String(40), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TerminalNonceRow(Table):
    """A request that came once must not come again. signer: a terminal's id, or the name of a key that has none."""

    __tablename__ = "terminal_nonce"

    signer: Mapped[str] = mapped_column(PlainText(64), primary_key=True)
    nonce: Mapped[str] = mapped_column(PlainText(64), primary_key=True)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class TerminalEntryRow(Table):
    """A citizen at a terminal, from the terminal's request until they leave. Goes with the talk."""

    __tablename__ = "terminal_entry"

    id: Mapped[str] = mapped_column(PlainText(12), primary_key=True)
    terminal_id: Mapped[str] = mapped_column(PlainText(40), index=True)
    invitation_id: Mapped[str] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(12))
    walk_in: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    invitation: Mapped[InvitationRow] = relationship(lazy="joined", innerjoin=True)


class ShortCodeRow(Table):
    """One person's code for one day. Its fingerprint holds the day, so that yesterday's code is nobody's."""

    __tablename__ = "short_code"

    invitation_id: Mapped[str] = mapped_column(
        ForeignKey("invitation.id", ondelete="CASCADE"), primary_key=True
    )
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    valid_on: Mapped[date]


class ShortCodeTryRow(Table):
    """A code that was typed and was nobody's. Nothing of the code."""

    __tablename__ = "short_code_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    terminal_id: Mapped[str] = mapped_column(PlainText(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CallBackRow(Table):
    """A citizen whom we must call. Without content: called, or too old; the id stays, so that it never comes twice."""

    __tablename__ = "call_back"

    id: Mapped[str] = mapped_column(PlainText(36), primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    content: Mapped[str | None] = mapped_column(EncryptedText)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
