"""Retention: each rule takes what is over its time, and nothing else. And the demo that never doubles."""

import re
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.domain.conversations import LinkState, Role
from app.domain.people import SignInRefused
from app.storage.conversations import StoredConversations
from app.storage.database import Database
from app.storage.demo import seed_demo
from app.storage.employees import StoredEmployees
from app.storage.purge import RULES, purge, start_purging
from app.storage.tables import EmployeeRow, Table

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def _counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Table.metadata.tables.items()
        }


def test_nothing_young_goes(database: Database) -> None:
    demo = seed_demo(database, NOW, QUICK)
    StoredEmployees(database, QUICK).sign_in("sanne", demo.employees[0].password, NOW)
    before = _counts(database)
    assert set(purge(database, NOW + timedelta(minutes=29)).values()) == {0}
    assert _counts(database) == before


def test_each_rule_takes_its_own(database: Database) -> None:
    demo = seed_demo(database, NOW, QUICK)
    conversations = StoredConversations(database, clock=lambda: NOW)
    employees = StoredEmployees(database, QUICK)
    signed_in = employees.sign_in("sanne", demo.employees[0].password, NOW)
    with pytest.raises(SignInRefused):
        employees.sign_in("nobody", "wrong", NOW)
    conversation, link = conversations.start_conversation(2, 1)
    conversations.rate(link.invitation.id, 3, 3, NOW.date())
    conversations.end_conversation(conversation.id, NOW)
    with database.writing() as session:
        session.get_one(EmployeeRow, 2).disabled_at = NOW

    assert purge(database, NOW + timedelta(minutes=31))["sessions"] == 1
    assert employees.employee_for_token(signed_in.token, NOW) is None
    assert purge(database, NOW + timedelta(hours=25))["sign-in tries"] == 1
    assert conversations.check_link(link.token)[0] is LinkState.ENDED
    assert purge(database, NOW + timedelta(days=7, seconds=1))["ended conversations"] == 1
    assert conversations.check_link(link.token)[0] is LinkState.FOREIGN
    assert purge(database, NOW + timedelta(days=15))["forgotten conversations"] == 1
    assert conversations.check_link(demo.links[Role.CITIZEN])[0] is LinkState.ENDED
    assert purge(database, NOW + timedelta(days=31))["employees who left"] == 1
    assert purge(database, NOW + timedelta(days=732))["ratings"] == 1
    left = _counts(database)
    assert {name for name, number in left.items() if number} == {
        "municipality",
        "team",
        "service_type",
        "employee",
        "own_phrase",
        "vocabulary_word",
    }


def test_who_sits_in_a_talk_keeps_the_session(database: Database) -> None:
    demo = seed_demo(database, NOW, QUICK)
    StoredEmployees(database, QUICK).sign_in("sanne", demo.employees[0].password, NOW)
    StoredConversations(database, clock=lambda: NOW).take_employee_seat(demo.conversation_id, 1)
    assert purge(database, NOW + timedelta(hours=2))["sessions"] == 0
    assert purge(database, NOW + timedelta(hours=13))["sessions"] == 1


def test_purging_goes_on_after_a_failure(database: Database, monkeypatch) -> None:
    purged, failed = threading.Event(), threading.Event()

    def fail_once(_database: Database, now: datetime) -> None:
        if failed.is_set():
            purged.set()
        failed.set()
        if not purged.is_set():
            raise OperationalError("locked", None, Exception())

    monkeypatch.setattr("app.storage.purge.purge", fail_once)
    stop = start_purging(database, timedelta(milliseconds=1))
    assert purged.wait(30)
    stop()


def test_the_docs_list_every_rule() -> None:
    text = Path("docs/change/storage.md").read_text()
    for rule in RULES:
        assert re.search(rf"^\| {rule.name} \|", text, re.MULTILINE), rule.name


def test_the_demo_is_written_once_and_opens_anew(database: Database) -> None:
    first = seed_demo(database, NOW, QUICK)
    before = _counts(database)
    began = time.perf_counter()
    second = seed_demo(database, NOW + timedelta(hours=1), QUICK)
    assert time.perf_counter() - began < 2
    after = _counts(database)
    assert {n: c for n, c in after.items() if n != "invitation"} == {
        n: c for n, c in before.items() if n != "invitation"
    }
    assert second.conversation_id == first.conversation_id
    conversations, employees = StoredConversations(database), StoredEmployees(database, QUICK)
    for role in (Role.CITIZEN, Role.INTERPRETER, Role.RELATIVE):
        assert conversations.check_link(first.links[role])[0] is LinkState.REPLACED
        assert conversations.check_link(second.links[role])[0] is LinkState.OPEN
    assert len(conversations.conversation(second.conversation_id).invitations) == 3
    assert [employee.user for employee in second.employees] == ["sanne", "yusuf", "ilse"]
    for old, new in zip(first.employees, second.employees, strict=True):
        assert employees.sign_in(new.user, new.password, NOW)
        with pytest.raises(SignInRefused):
            employees.sign_in(old.user, old.password, NOW)


def test_a_restart_leaves_a_talk_alone(database: Database) -> None:
    first = seed_demo(database, NOW, QUICK)
    conversations = StoredConversations(database, clock=lambda: NOW)
    _, invitation = conversations.check_link(first.links[Role.CITIZEN])
    seat = conversations.take_seat(invitation.id)
    second = seed_demo(database, NOW + timedelta(minutes=5), QUICK)
    assert second.conversation_id != first.conversation_id
    assert conversations.check_link(first.links[Role.CITIZEN])[0] is LinkState.OPEN
    assert conversations.seat(seat.id) == seat
    third = seed_demo(database, NOW + timedelta(hours=3), QUICK)
    assert third.conversation_id == second.conversation_id
    assert conversations.check_link(first.links[Role.CITIZEN])[0] is LinkState.ENDED


def test_an_ended_demo_talk_is_followed_by_a_new_one(database: Database) -> None:
    first = seed_demo(database, NOW, QUICK)
    StoredConversations(database).end_conversation(first.conversation_id, NOW)
    second = seed_demo(database, NOW, QUICK)
    assert StoredConversations(database).conversation(second.conversation_id).is_open
