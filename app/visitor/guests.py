"""Who is asking: a guest with a link, and the kind refusals for everybody else."""

from dataclasses import dataclass
from enum import StrEnum

from app.conversations.access import granted
from app.domain.conversations import Conversation, Conversations, Invitation, NotFound, Role, Seat


class Problem(StrEnum):
    """Why a person cannot go on here. Each has its own page with a way on."""

    ENDED = "ended"
    REPLACED = "replaced"
    FOREIGN = "foreign"
    MANGLED = "mangled"
    NOT_YOURS = "not_yours"
    FULL = "full"
    STALE = "stale"
    TOO_OFTEN = "too_often"


STATUS = {
    Problem.ENDED: 410,
    Problem.REPLACED: 410,
    Problem.FOREIGN: 404,
    Problem.MANGLED: 404,
    Problem.NOT_YOURS: 403,
    Problem.FULL: 409,
    Problem.STALE: 400,
    Problem.TOO_OFTEN: 429,
}


class Refused(Exception):
    """This person cannot go on here; the page says why and where to go."""

    def __init__(self, problem: Problem, invitation_id: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.invitation_id = invitation_id


@dataclass(frozen=True, slots=True)
class Guest:
    """A person with a personal link, and the talk it belongs to."""

    invitation: Invitation
    conversation: Conversation

    @property
    def seat(self) -> Seat | None:
        mine = (seat for seat in self.conversation.seats if seat.invitation_id == self.invitation.id)
        return next(mine, None)

    @property
    def may_rate(self) -> bool:
        """An interpreter works here and is not asked."""
        return self.invitation.role is not Role.INTERPRETER and self.invitation.rated_at is None


def find_guest(conversations: Conversations, invitation_id: str) -> Guest:
    """The guest of this address, also after the talk.

    Raises Refused: NOT_YOURS alike for somebody else's and for no invitation at all; REPLACED.
    """
    if not granted(invitation_id):
        raise Refused(Problem.NOT_YOURS)
    try:
        invitation = conversations.invitation(invitation_id)
        guest = Guest(invitation, conversations.conversation(invitation.conversation_id))
    except NotFound:
        raise Refused(Problem.NOT_YOURS) from None
    if invitation.replaced_at is not None:  # whoever opened the old link is out, also in an open browser
        raise Refused(Problem.REPLACED)
    return guest


def find_guest_before_end(conversations: Conversations, invitation_id: str) -> Guest:
    """As find_guest; raises Refused(ENDED) when the talk is over."""
    guest = find_guest(conversations, invitation_id)
    if not guest.conversation.is_open:
        raise Refused(Problem.ENDED, invitation_id)
    return guest
