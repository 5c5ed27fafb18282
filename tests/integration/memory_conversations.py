"""The port Conversations in memory: for tests of the sockets alone."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

from app.domain.conversations import (
    SEATS,
    Choices,
    Conversation,
    ConversationEnded,
    ConversationFull,
    Invitation,
    NewLink,
    NotFound,
    Role,
    Seat,
    ServiceType,
    new_id,
    new_token,
)
from app.domain.people import Employee

SERVICE = ServiceType(1, "burgerzaken", "balie", {"nl": "Burgerzaken"}, {"nl": "U praat met een medewerker."})
LEAD = Employee(1, 1, "noor", "Noor Bakker", "Noor", "balie", "employee")


class MemoryConversations:
    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._conversations: dict[str, Conversation] = {}
        self.fails = False
        """As if the database were away, for what changes something."""

    def start_conversation(self, lead_employee_id: int, service_type_id: int) -> tuple[Conversation, NewLink]:
        with self._lock:
            conversation = Conversation(
                new_id(), 1, SERVICE, lead_employee_id, "Noor", datetime.now(UTC), None, (), ()
            )
            self._conversations[conversation.id] = conversation
            return conversation, self.invite(conversation.id, Role.CITIZEN, "Fatima")

    def conversation(self, conversation_id: str) -> Conversation:
        with self._lock:
            if conversation_id not in self._conversations:
                raise NotFound
            return self._conversations[conversation_id]

    def invite(self, conversation_id: str, role: Role, display_name: str, language: str = "nl") -> NewLink:
        with self._lock:
            conversation = self._open(conversation_id)
            invitation = Invitation(
                new_id(), conversation_id, role, display_name, language, False, language, None, None, None
            )
            self._put(replace(conversation, invitations=(*conversation.invitations, invitation)))
            return NewLink(invitation, new_token())

    def take_seat(self, invitation_id: str) -> Seat:
        with self._lock:
            conversation, invitation = self._invitation(invitation_id)
            for seat in conversation.seats:
                if seat.invitation_id == invitation_id:
                    return seat
            free = [n for n in range(2, SEATS + 1) if n not in {seat.number for seat in conversation.seats}]
            if not free:
                raise ConversationFull
            seat = Seat(
                new_id(),
                conversation.id,
                free[0],
                invitation.role,
                invitation.display_name,
                invitation_id,
                None,
                None,
                invitation.language,
                invitation.reads_captions,
                invitation.caption_language,
                bool(invitation.agrees_captions),
            )
            self._put(replace(conversation, seats=(*conversation.seats, seat)))
            return seat

    def take_employee_seat(self, conversation_id: str, employee_id: int) -> Seat:
        with self._lock:
            conversation = self._open(conversation_id)
            for seat in conversation.seats:
                if seat.employee_id == employee_id:
                    return seat
            now = datetime.now(UTC)
            seat = Seat(
                new_id(),
                conversation_id,
                1,
                Role.EMPLOYEE,
                "Noor",
                None,
                employee_id,
                now,
                "nl",
                False,
                "nl",
                False,
            )
            self._put(replace(conversation, seats=(*conversation.seats, seat)))
            return seat

    def seat(self, seat_id: str) -> Seat:
        with self._lock:
            return self._seat(seat_id)[1]

    def admit(self, seat_id: str, now: datetime) -> Seat:
        return self._change_seat(seat_id, admitted_at=now)

    def change_seat_choices(self, seat_id: str, choices: Choices) -> Seat:
        return self._change_seat(
            seat_id,
            language=choices.language,
            reads_captions=choices.reads_captions,
            caption_language=choices.caption_language,
            agrees_captions=choices.agrees_captions,
        )

    def leave(self, seat_id: str) -> None:
        with self._lock:
            self._fail()
            try:
                conversation, seat = self._seat(seat_id)
            except NotFound:
                return
            others = tuple(other for other in conversation.seats if other.id != seat.id)
            self._put(replace(conversation, seats=others))

    def end_conversation(self, conversation_id: str, now: datetime) -> None:
        with self._lock:
            self._fail()
            self._put(replace(self._open(conversation_id), seats=(), ended_at=now))

    def _fail(self) -> None:
        if self.fails:
            raise OSError("the database is away")

    def _put(self, conversation: Conversation) -> None:
        self._conversations[conversation.id] = conversation

    def _open(self, conversation_id: str) -> Conversation:
        conversation = self.conversation(conversation_id)
        if not conversation.is_open:
            raise ConversationEnded
        return conversation

    def _invitation(self, invitation_id: str) -> tuple[Conversation, Invitation]:
        for conversation in self._conversations.values():
            for invitation in conversation.invitations:
                if invitation.id == invitation_id:
                    return self._open(conversation.id), invitation
        raise NotFound

    def _seat(self, seat_id: str) -> tuple[Conversation, Seat]:
        for conversation in self._conversations.values():
            for seat in conversation.seats:
                if seat.id == seat_id:
                    return conversation, seat
        raise NotFound

    def _change_seat(self, seat_id: str, **changes: object) -> Seat:
        with self._lock:
            self._fail()
            conversation, seat = self._seat(seat_id)
            changed = replace(seat, **changes)  # type: ignore[arg-type]
            seats = tuple(changed if each.id == seat_id else each for each in conversation.seats)
            self._put(replace(conversation, seats=seats))
            return changed


class OneEmployee:
    """The port Employees with one employee, whose token is "noor"."""

    def employee_for_token(self, token: str, now: datetime) -> Employee | None:
        return LEAD if token == "noor" else None
