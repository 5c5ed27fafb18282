"""Nouns and rules of a conversation: who sits in it, who may do what, when it is full or over."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

SEATS = 4
"""Four people at most: a mesh of more collapses on an ordinary phone (docs/change/measured.md)."""

LEAD_SEAT = 1
"""Kept for the employee who leads, so that guests who are early never lock the desk out."""


class Role(StrEnum):
    CITIZEN = "citizen"
    EMPLOYEE = "employee"
    INTERPRETER = "interpreter"
    RELATIVE = "relative"


class LinkState(StrEnum):
    """What a link is worth. FOREIGN: well formed, never ours; MANGLED: cannot be one of ours."""

    OPEN = "open"
    ENDED = "ended"
    REPLACED = "replaced"
    FOREIGN = "foreign"
    MANGLED = "mangled"


class ConversationFull(Exception):
    """Four people sit here already. The fifth is told so kindly."""


class ConversationEnded(Exception):
    """The talk is over; nothing can be joined or changed."""


class NotFound(Exception):
    """No such conversation, invitation or seat, or not this person's."""


def new_token() -> str:
    """A link's secret: 256 bits, URL-safe, 43 characters."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """Names a conversation, invitation or seat in addresses. Not a secret: access is checked besides."""
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class ServiceType:
    id: int
    slug: str
    team: str
    names: dict[str, str]
    """Per language; "nl" is always there."""
    texts: dict[str, str]
    """One or two B1 sentences per language: what this talk is for."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """One personal link. agrees_captions None: not asked yet."""

    id: str
    conversation_id: str
    role: Role
    display_name: str
    language: str
    reads_captions: bool
    caption_language: str
    agrees_captions: bool | None
    replaced_at: datetime | None
    rated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seat:
    """One of the four places, taken. id is the participant's name on the wire."""

    id: str
    conversation_id: str
    number: int
    role: Role
    display_name: str
    invitation_id: str | None
    employee_id: int | None
    admitted_at: datetime | None
    language: str
    reads_captions: bool
    caption_language: str
    agrees_captions: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    municipality_id: int
    service_type: ServiceType
    lead_employee_id: int | None
    """None: somebody waits for the first free employee (app.domain.queue)."""
    lead_name: str
    """Display name or role, as the lead chose it. Empty without a lead."""
    created_at: datetime
    ended_at: datetime | None
    invitations: tuple[Invitation, ...] = ()
    seats: tuple[Seat, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link as it is known exactly once: when made. Only its hash is kept."""

    invitation: Invitation
    token: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What a participant chose about captions and language."""

    language: str
    reads_captions: bool
    caption_language: str
    agrees_captions: bool


class Conversations(Protocol):
    """Where conversations are kept. Each call is one transaction of its own; it commits or changes nothing.

    Callable from any thread. Every method may raise NotFound, and ConversationEnded where it would change
    something of a talk that is over.
    """

    def service_types(self, municipality_id: int) -> list[ServiceType]:
        """What one can come for, in the order in which they are shown."""

    def start_conversation(self, lead_employee_id: int, service_type_id: int) -> tuple[Conversation, NewLink]:
        """A new open conversation with the citizen's link."""

    def open_conversations(self, municipality_id: int, on: date) -> list[Conversation]:
        """Today's list: open ones first made first, then those ended on that day. None that waits for a lead."""

    def conversation(self, conversation_id: str) -> Conversation: ...

    def invite(self, conversation_id: str, role: Role, display_name: str, language: str = "nl") -> NewLink:
        """display_name may be empty: then the role stands for it. Raises UnfitName."""

    def replace_link(self, invitation_id: str) -> NewLink:
        """A new invitation for the same person. The old link says "replaced" from now on, and its seat is free."""

    def check_link(self, token: str) -> tuple[LinkState, Invitation | None]:
        """Never raises. Constant work for any token."""

    def invitation(self, invitation_id: str) -> Invitation: ...

    def keep_choices(self, invitation_id: str, choices: Choices) -> Invitation: ...

    def take_seat(self, invitation_id: str) -> Seat:
        """The same seat again if this person has one. Raises ConversationFull. The database holds the bound."""

    def take_employee_seat(self, conversation_id: str, employee_id: int) -> Seat:
        """The lead gets number 1, admitted at once; another employee 2 to 4. Raises ConversationFull."""

    def seat(self, seat_id: str) -> Seat: ...

    def admit(self, seat_id: str, now: datetime) -> Seat: ...

    def change_seat_choices(self, seat_id: str, choices: Choices) -> Seat: ...

    def leave(self, seat_id: str) -> None:
        """Frees the place. Leaving twice is leaving once."""

    def end_conversation(self, conversation_id: str, now: datetime) -> None:
        """Seats go, names are blanked, links say "ended"."""

    def rate(self, invitation_id: str, easy: int, liked: int, on: date) -> None:
        """1 to 3 each, else ValueError. Once per person: a second rating changes nothing. Kept without any link to
        the talk or the person. Allowed while the talk is open too (who left early may rate)."""
