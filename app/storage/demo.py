"""A municipality that does not exist, to try everything with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import choice, token_hex
from typing import NamedTuple

from argon2 import PasswordHasher
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.conversations import Conversation, Role
from app.storage.conversations import StoredConversations
from app.storage.database import Database
from app.storage.demo_texts import EMPLOYEES, MUNICIPALITY, OWN_PHRASE, SERVICE_TYPES, TEAMS, VOCABULARY
from app.storage.tables import (
    ConversationRow,
    EmployeeRow,
    MunicipalityRow,
    OwnPhraseRow,
    SeatRow,
    ServiceTypeRow,
    SignInTriesRow,
    TeamRow,
    VocabularyWordRow,
)
from app.storage.talk_rows import end

_DEMO_ID = "demo"
"""How a demo talk's id begins. Ordinary ids are hexadecimal, so none of them begins so."""

_GUESTS = (Role.CITIZEN, Role.INTERPRETER, Role.RELATIVE)
_STILL_TALKING = timedelta(hours=2)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


class DemoEmployee(NamedTuple):
    name: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoCredentials:
    """links: role → token, of one open conversation."""

    employees: list[DemoEmployee]
    links: dict[Role, str]
    conversation_id: str


def seed_demo(database: Database, now: datetime, hasher: PasswordHasher | None = None) -> DemoCredentials:
    """Writes the demo municipality once; gives new passwords and links each time, as none can be read back.

    A demo talk in which people sit is left alone, so that a restart throws nobody out: a new one is made.
    """
    with database.writing() as session:
        municipality = session.scalar(
            select(MunicipalityRow).where(MunicipalityRow.slug == MUNICIPALITY["slug"])
        )
        if municipality is None:
            municipality = _write_municipality(session)
        else:
            _write_service_types(session, municipality.id)
        employees = _renew_passwords(session, municipality.id, hasher or PasswordHasher())
        conversation_id = _demo_conversation(session, municipality.id, now)
    conversations = StoredConversations(database, clock=lambda: now)
    links = _renew_links(conversations, conversations.conversation(conversation_id))
    return DemoCredentials(employees, links, conversation_id)


def _write_municipality(session: Session) -> MunicipalityRow:
    municipality = MunicipalityRow(**MUNICIPALITY)
    session.add(municipality)
    session.flush()
    teams = [TeamRow(municipality_id=municipality.id, name=name) for name in TEAMS]
    session.add_all(teams)
    session.flush()
    ids = {team.name: team.id for team in teams}
    _write_service_types(session, municipality.id)
    for employee in EMPLOYEES:
        session.add(
            EmployeeRow(
                municipality_id=municipality.id,
                team_id=ids[employee.team],
                user_name=employee.user,
                name=employee.name,
                display_name=employee.display_name,
                role=employee.role,
                background="none",
                password_hash="!",  # noqa: S106 nobody's: a real one follows at once
            )
        )
        session.flush()
    _write_words(session, municipality.id)
    return municipality


def _write_service_types(session: Session, municipality_id: int) -> None:
    """Those that are not there yet: a demo of an older version gets the new ones."""
    mine = ServiceTypeRow.municipality_id == municipality_id
    there = set(session.scalars(select(ServiceTypeRow.slug).where(mine)))
    teams = session.scalars(select(TeamRow).where(TeamRow.municipality_id == municipality_id))
    ids = {team.name: team.id for team in teams}
    for service_type in SERVICE_TYPES:
        if service_type.slug not in there:
            session.add(
                ServiceTypeRow(
                    municipality_id=municipality_id,
                    team_id=ids[service_type.team],
                    slug=service_type.slug,
                    names=service_type.names,
                    texts=service_type.texts,
                )
            )
            session.flush()  # so that their order is this one


def _write_words(session: Session, municipality_id: int) -> None:
    service_types = {
        row.slug: row.id
        for row in session.scalars(
            select(ServiceTypeRow).where(ServiceTypeRow.municipality_id == municipality_id)
        )
    }
    session.add(
        OwnPhraseRow(municipality_id=municipality_id, said_by="employee", subject="own", texts=OWN_PHRASE)
    )
    for slug, words in VOCABULARY.items():
        for word in words:
            session.add(
                VocabularyWordRow(
                    municipality_id=municipality_id,
                    service_type_id=service_types[slug] if slug else None,
                    word=word,
                )
            )
            session.flush()  # so that their order is this one


def _renew_passwords(session: Session, municipality_id: int, hasher: PasswordHasher) -> list[DemoEmployee]:
    session.execute(delete(SignInTriesRow))
    demo = []
    rows = session.scalars(
        select(EmployeeRow)
        .where(EmployeeRow.municipality_id == municipality_id)
        .where(EmployeeRow.user_name.in_([employee.user for employee in EMPLOYEES]))
        .order_by(EmployeeRow.id)
    )
    for row in rows:
        password = "-".join("".join(choice(_LETTERS) for _ in range(4)) for _ in range(4))
        row.password_hash = hasher.hash(password)
        demo.append(DemoEmployee(row.name, row.user_name, password))
    return demo


def _demo_conversation(session: Session, municipality_id: int, now: datetime) -> str:
    """An open demo talk where nobody sits; those that people left without ending are ended."""
    free: ConversationRow | None = None
    for conversation in session.scalars(
        select(ConversationRow)
        .where(ConversationRow.id.startswith(_DEMO_ID), ConversationRow.state == "open")
        .order_by(ConversationRow.created_at.desc())
    ).all():
        taken = session.scalars(select(SeatRow).where(SeatRow.conversation_id == conversation.id)).all()
        if any(now - seat.taken_at < _STILL_TALKING for seat in taken):
            continue
        if free is None and not taken:
            free = conversation
        else:
            end(session, conversation, now)
    if free is None:
        employees = select(EmployeeRow).where(EmployeeRow.municipality_id == municipality_id)
        service_types = select(ServiceTypeRow).where(ServiceTypeRow.municipality_id == municipality_id)
        free = ConversationRow(
            id=_DEMO_ID + token_hex(4), municipality_id=municipality_id, state="open", created_at=now
        )
        free.lead = session.scalars(employees.order_by(EmployeeRow.id).limit(1)).one()
        free.service_type = session.scalars(service_types.order_by(ServiceTypeRow.id).limit(1)).one()
        session.add(free)
    return free.id


def _renew_links(conversations: StoredConversations, conversation: Conversation) -> dict[Role, str]:
    links = {}
    for role in _GUESTS:
        invited = [invitation for invitation in conversation.invitations if invitation.role is role]
        link = (
            conversations.replace_link(invited[0].id)
            if invited
            else conversations.invite(conversation.id, role, "")
        )
        links[role] = link.token
    return links
