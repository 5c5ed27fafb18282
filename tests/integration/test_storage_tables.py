"""Models and migrations agree, keys can be changed, moments and secrets come back as they went."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic import command
from argon2 import PasswordHasher
from cryptography.fernet import InvalidToken
from sqlalchemy import create_engine, inspect, text

from app.domain.conversations import NotFound
from app.storage.conversations import StoredConversations
from app.storage.database import Database, connect, open_engine
from app.storage.demo import seed_demo
from app.storage.employees import StoredEmployees
from app.storage.migrate import is_migrated, migrate, migration_config
from app.storage.rotate import rotate_keys
from app.storage.tables import EmployeeRow, Table

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def test_models_and_migrations_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        command.check(migration_config(connection))


def test_checks_and_keys_are_migrated_too(database: Database, tmp_path, request) -> None:
    """Alembic compares no CHECK constraints; so we make the tables from the models and look at both."""
    made = open_engine(f"sqlite:///{tmp_path}/made.db")
    Table.metadata.create_all(made)
    if database.engine.dialect.name != "sqlite":
        pytest.skip("the models' text of a CHECK is comparable on SQLite only")
    for table in Table.metadata.tables:
        here, there = inspect(database.engine), inspect(made)
        assert _checks(here, table) == _checks(there, table), table
    made.dispose()


def _checks(inspector, table: str) -> dict[str, str]:
    return {check["name"]: check["sqltext"] for check in inspector.get_check_constraints(table)}


def test_down_to_nothing_and_up_again(database: Database) -> None:
    with database.engine.execution_options(wijkbalie_writes=True).begin() as connection:
        command.downgrade(migration_config(connection), "base")
    with database.engine.connect() as connection:
        assert not is_migrated(connection)
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate(database.engine.url.render_as_string(hide_password=False))
    with database.engine.connect() as connection:
        assert is_migrated(connection)


def test_two_processes_that_start_at_once_migrate_once(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    with database.engine.execution_options(wijkbalie_writes=True).begin() as connection:
        command.downgrade(migration_config(connection), "base")
    failures: list[BaseException] = []

    def run() -> None:
        try:
            migrate(url)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_moments_come_back_in_utc(database: Database) -> None:
    seed_demo(database, NOW, QUICK)
    amsterdam_summer = timezone(timedelta(hours=2))
    with database.writing() as session:
        session.get_one(EmployeeRow, 1).disabled_at = datetime(2026, 7, 1, 12, 0, tzinfo=amsterdam_summer)
    with database.reading() as session:
        assert session.get_one(EmployeeRow, 1).disabled_at == datetime(2026, 7, 1, 10, 0, tzinfo=UTC)


def test_names_stand_encrypted_in_the_database(database: Database) -> None:
    seed_demo(database, NOW, QUICK)
    with database.engine.connect() as connection:
        stored = connection.execute(text("SELECT name, display_name FROM employee")).all()
    assert stored
    for row in stored:
        for value in row:
            assert value.startswith("gAAAA")
            assert "Sanne" not in value


def test_another_key_reads_nothing(database: Database) -> None:
    seed_demo(database, NOW, QUICK)
    thief = connect(database.engine.url.render_as_string(hide_password=False), "another secret")
    with pytest.raises(InvalidToken):
        StoredConversations(thief).conversation(_any_conversation(database))
    thief.close()


def test_a_key_can_be_replaced(database: Database) -> None:
    seed_demo(database, NOW, QUICK)
    url = database.engine.url.render_as_string(hide_password=False)
    conversation_id = _any_conversation(database)
    both = connect(url, ["the new secret", "a secret of the tests"])
    assert StoredConversations(both).conversation(conversation_id).lead_name == "Sanne"
    assert rotate_keys(both) >= 3
    both.close()
    new = connect(url, "the new secret")
    assert StoredConversations(new).conversation(conversation_id).lead_name == "Sanne"
    new.close()
    with pytest.raises(InvalidToken):
        StoredConversations(database).conversation(conversation_id)


def _any_conversation(database: Database) -> str:
    with database.engine.connect() as connection:
        return str(connection.execute(text("SELECT id FROM conversation")).scalar_one())


def test_an_empty_installation_says_so(database: Database) -> None:
    with pytest.raises(NotFound):
        StoredEmployees(database).municipality()
    assert database.is_ready()


def test_an_empty_key_is_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match="secret"):
        connect(f"sqlite:///{tmp_path}/x.db", "")


def test_the_file_is_the_owners_alone(tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/deep/down/desk.db"
    migrate(url)
    path = tmp_path / "deep/down/desk.db"
    assert path.stat().st_mode & 0o077 == 0
    engine = create_engine(url)
    assert inspect(engine).has_table("seat")
    engine.dispose()
