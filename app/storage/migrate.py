"""Brings a database to the newest tables, from nothing or from any earlier version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.storage.database import open_engine

_LOCK = 0x57494A4B
"""Two processes that start at once migrate one after the other (PostgreSQL; SQLite has one writer anyway)."""


def migrate(database_url: str) -> None:
    """Quick when all is up to date. All or nothing: a failed migration leaves the old tables."""
    engine = open_engine(database_url, foreign_keys=False)
    try:
        with engine.connect() as connection:
            if _is_newest(connection):
                return
        with engine.execution_options(wijkbalie_writes=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            if not _is_newest(connection):
                command.upgrade(migration_config(connection), "head")
            if (
                connection.dialect.name == "sqlite"
                and connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            ):
                raise RuntimeError("the migration left rows that refer to nothing")
    finally:
        engine.dispose()


def is_migrated(connection: Connection) -> bool:
    """For /readyz: are the tables those that this version needs?"""
    return _is_newest(connection)


def _is_newest(connection: Connection) -> bool:
    newest = ScriptDirectory.from_config(migration_config(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest


def migration_config(connection: Connection) -> Config:
    """Alembic's configuration for this connection; no ini file, no address in a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
