"""Rows into the nouns of app.domain."""

from app.domain.conversations import Conversation, Invitation, Role, Seat, ServiceType
from app.domain.people import Employee, Municipality
from app.storage.tables import (
    ConversationRow,
    EmployeeRow,
    InvitationRow,
    MunicipalityRow,
    SeatRow,
    ServiceTypeRow,
)


def to_municipality(row: MunicipalityRow) -> Municipality:
    return Municipality(
        id=row.id,
        slug=row.slug,
        name=row.name,
        phone=row.phone,
        email=row.email,
        website=row.website,
        address=row.address,
        opening_hours=dict(row.opening_hours),
        theme=row.theme,
    )


def to_employee(row: EmployeeRow) -> Employee:
    return Employee(
        id=row.id,
        municipality_id=row.municipality_id,
        user_name=row.user_name,
        name=row.name,
        display_name=row.display_name,
        team=row.team.name,
        role=row.role,
        background=row.background,
    )


def to_service_type(row: ServiceTypeRow) -> ServiceType:
    return ServiceType(
        id=row.id, slug=row.slug, team=row.team.name, names=dict(row.names), texts=dict(row.texts)
    )


def to_invitation(row: InvitationRow) -> Invitation:
    return Invitation(
        id=row.id,
        conversation_id=row.conversation_id,
        role=Role(row.role),
        display_name=row.display_name,
        language=row.language,
        reads_captions=row.reads_captions,
        caption_language=row.caption_language,
        agrees_captions=row.agrees_captions,
        replaced_at=row.replaced_at,
        rated_at=row.rated_at,
    )


def to_seat(row: SeatRow) -> Seat:
    if row.invitation is not None:
        role, name = Role(row.invitation.role), row.invitation.display_name
    else:
        role, name = Role.EMPLOYEE, row.employee.display_name if row.employee else ""
    return Seat(
        id=row.id,
        conversation_id=row.conversation_id,
        number=row.number,
        role=role,
        display_name=name,
        invitation_id=row.invitation_id,
        employee_id=row.employee_id,
        admitted_at=row.admitted_at,
        language=row.language,
        reads_captions=row.reads_captions,
        caption_language=row.caption_language,
        agrees_captions=row.agrees_captions,
    )


def to_conversation(row: ConversationRow) -> Conversation:
    """With the links that are in force; replaced ones are nobody's business any more."""
    return Conversation(
        id=row.id,
        municipality_id=row.municipality_id,
        service_type=to_service_type(row.service_type),
        lead_employee_id=row.lead_employee_id,
        lead_name=row.lead.display_name if row.lead else "",
        created_at=row.created_at,
        ended_at=row.ended_at,
        invitations=tuple(to_invitation(i) for i in row.invitations if i.replaced_at is None),
        seats=tuple(to_seat(seat) for seat in row.seats),
    )
