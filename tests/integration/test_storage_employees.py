"""Signing in, attacked: guesses, guesses at the same moment, who works here, old sessions, odd names."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from app.domain.names import UnfitName, clean_name
from app.domain.people import SignedIn, SignInRefused
from app.storage.conversations import StoredConversations
from app.storage.database import Database
from app.storage.demo import DemoCredentials, seed_demo
from app.storage.employees import StoredEmployees
from app.storage.tables import EmployeeRow, EmployeeSessionRow

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def demo(database: Database) -> DemoCredentials:
    return seed_demo(database, NOW, QUICK)


@pytest.fixture
def stored(database: Database, demo: DemoCredentials) -> StoredEmployees:
    return StoredEmployees(database, QUICK)


@pytest.fixture
def signed_in(stored: StoredEmployees, demo: DemoCredentials) -> SignedIn:
    return stored.sign_in("sanne", demo.employees[0].password, NOW)


def _refusal(stored: StoredEmployees, user: str, password: str, now: datetime = NOW) -> SignInRefused:
    with pytest.raises(SignInRefused) as refused:
        stored.sign_in(user, password, now)
    return refused.value


def test_who_knows_the_password_comes_in(stored, demo, signed_in) -> None:
    assert signed_in.employee.display_name == "Sanne"
    assert stored.employee_for_token(signed_in.token, NOW) == signed_in.employee
    assert stored.sign_in("  SANNE ", demo.employees[0].password, NOW).token != signed_in.token
    assert stored.municipality().phone == "14 099"


@pytest.mark.parametrize(
    "user", ["sanne", "nobody", "", "sanne'; DROP TABLE employee; --", "\0", "\ud800", "x" * 100_000]
)
def test_five_wrong_tries_lock_any_name_alike(stored, user: str) -> None:
    for _ in range(4):
        assert _refusal(stored, user, "wrong").locked_until is None
    assert _refusal(stored, user, "wrong").locked_until == NOW + timedelta(minutes=15)
    assert _refusal(stored, user, "wrong", NOW + timedelta(minutes=5)).locked_until == NOW + timedelta(
        minutes=15
    )


def test_the_right_password_does_not_open_a_locked_door(stored, demo) -> None:
    for _ in range(5):
        _refusal(stored, "sanne", "wrong")
    _refusal(stored, "sanne", demo.employees[0].password)
    later = NOW + timedelta(minutes=15)
    assert stored.sign_in("sanne", demo.employees[0].password, later)
    assert _refusal(stored, "sanne", "wrong", later).locked_until is None, "the count began anew"


def test_another_name_is_not_locked_with_it(stored, demo) -> None:
    for _ in range(5):
        _refusal(stored, "sanne", "wrong")
    assert stored.sign_in("yusuf", demo.employees[1].password, NOW)


def test_tries_at_the_same_moment_are_all_counted(stored, database) -> None:
    looked: list[str] = []
    fits = stored._fits
    stored._fits = lambda hashed, password: (looked.append(password), fits(hashed, password))[1]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: _refusal(stored, "sanne", f"guess {n}"), range(16)))
    assert len(looked) == 5, "no more than five guesses are looked at"


def test_an_unknown_name_takes_the_same_work(database, demo) -> None:
    """Counted, not only timed: one hash each. The times are compared roughly, as the machine is shared."""
    slow = PasswordHasher(time_cost=2, memory_cost=8 * 1024, parallelism=1)
    stored = StoredEmployees(database, slow)
    with database.writing() as session:
        session.get_one(EmployeeRow, 1).password_hash = slow.hash("right")
    took: dict[str, list[float]] = {"sanne": [], "nobody": []}
    for _ in range(4):
        for user, times in took.items():
            began = time.perf_counter()
            _refusal(stored, user, "wrong")
            times.append(time.perf_counter() - began)
    ratio = median(took["nobody"]) / median(took["sanne"])
    assert 0.4 < ratio < 2.5


def test_a_huge_password_is_wrong_and_costs_little(stored, demo) -> None:
    began = time.perf_counter()
    _refusal(stored, "sanne", "x" * 5_000_000)
    assert time.perf_counter() - began < 2
    _refusal(stored, "sanne", demo.employees[0].password + "x")
    _refusal(stored, "sanne", "")


def test_a_session_is_kept_as_a_hash(database, signed_in) -> None:
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM employee_session")).all()
    assert rows
    assert signed_in.token not in repr(rows)


def test_a_session_ends_after_half_an_hour_unused(stored, signed_in) -> None:
    assert stored.employee_for_token(signed_in.token, NOW + timedelta(minutes=29))
    assert stored.employee_for_token(signed_in.token, NOW + timedelta(minutes=58))
    assert stored.employee_for_token(signed_in.token, NOW + timedelta(minutes=88)) is None


def test_a_page_that_refreshes_itself_keeps_nobody_in(stored, signed_in) -> None:
    for minute in range(0, 30, 5):
        assert stored.employee_for_token(
            signed_in.token, NOW + timedelta(minutes=minute), counts_as_use=False
        )
    assert stored.employee_for_token(signed_in.token, NOW + timedelta(minutes=30)) is None


def test_a_long_talk_is_not_cut_off(stored, database, signed_in) -> None:
    conversations = StoredConversations(database, clock=lambda: NOW)
    conversation, _ = conversations.start_conversation(signed_in.employee.id, 1)
    seat = conversations.take_employee_seat(conversation.id, signed_in.employee.id)
    assert stored.employee_for_token(signed_in.token, NOW + timedelta(minutes=90), counts_as_use=False)
    conversations.leave(seat.id)
    assert stored.employee_for_token(signed_in.token, NOW + timedelta(minutes=90)) is None


def test_twelve_hours_is_the_end(stored, signed_in) -> None:
    for half_hours in range(1, 24):
        late = NOW + timedelta(minutes=29) * half_hours
        assert stored.employee_for_token(signed_in.token, late)
    assert stored.employee_for_token(signed_in.token, NOW + timedelta(hours=12)) is None


def test_signed_out_is_out(stored, signed_in) -> None:
    stored.sign_out(signed_in.token)
    stored.sign_out(signed_in.token)
    assert stored.employee_for_token(signed_in.token, NOW) is None


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "x" * 1_000_000])
def test_a_made_up_session_is_nobody(stored, token: str) -> None:
    assert stored.employee_for_token(token, NOW) is None
    stored.sign_out(token)


def test_a_disabled_employee_is_out_at_once(stored, database, demo, signed_in) -> None:
    with database.writing() as session:
        session.get_one(EmployeeRow, signed_in.employee.id).disabled_at = NOW
    assert stored.employee_for_token(signed_in.token, NOW) is None
    _refusal(stored, "sanne", demo.employees[0].password)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EmployeeSessionRow)) == 1


def test_a_hash_of_old_strength_is_made_anew(database, demo) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    StoredEmployees(database, stronger).sign_in("sanne", demo.employees[0].password, NOW)
    with database.reading() as session:
        renewed = session.get_one(EmployeeRow, 1).password_hash
    assert not stronger.check_needs_rehash(renewed)
    assert StoredEmployees(database, stronger).sign_in("sanne", demo.employees[0].password, NOW)


def test_appearance_is_kept(stored, signed_in) -> None:
    kept = stored.keep_appearance(signed_in.employee.id, " Mede\u202ewerker  Burgerzaken", "blur")
    assert (kept.display_name, kept.background) == ("Medewerker Burgerzaken", "blur")
    assert stored.employee_for_token(signed_in.token, NOW) == kept
    with pytest.raises(ValueError, match="background"):
        stored.keep_appearance(kept.id, "Sanne", "beach")
    with pytest.raises(UnfitName):
        stored.keep_appearance(kept.id, "\u202e", "none")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.text(max_size=80))
def test_any_name_that_passes_is_kept_as_it_is(stored, written: str) -> None:
    try:
        name = clean_name(written)
    except UnfitName:
        return
    assert stored.keep_appearance(2, written, "none").display_name == name
