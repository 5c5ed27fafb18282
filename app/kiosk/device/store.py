"""The terminal's own small database: what must survive a power cut, and nothing of a citizen that can be read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    create_engine,
    delete,
    event,
    select,
)
from sqlalchemy.dialects.sqlite import insert

_WAIT_FOR_WRITER_MS = 10_000
_WRITES = "terminal_writes"
FILE = "terminal.sqlite"


class Moment(TypeDecorator[datetime]):
    """A moment with its zone, kept as microseconds since 1970: it sorts and has no zone to lose."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else round(value.timestamp() * 1_000_000)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value / 1_000_000, UTC)


tables = MetaData()

outbox = Table(
    "outbox",
    tables,
    Column("number", Integer, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("kept_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Moment, nullable=False),
    Column("refused", String(40), nullable=False),
)
staff_log = Table(
    "staff_log",
    tables,
    Column("number", Integer, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("what", String(40), nullable=False),
)
kept_values = Table(
    "kept_values",
    tables,
    Column("name", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

_STEPS: tuple[Callable[[Connection], None], ...] = (tables.create_all,)
"""From version n to n + 1. Only ever add at the end: terminals out there stand at any of them."""


class NewerStore(Exception):
    """A newer version wrote this file, and this one was put back after it: it must not be guessed at."""


class Store:
    """Callable from any thread, and from several processes of the terminal at once."""

    def __init__(self, data_dir: Path) -> None:
        """Makes the file, or brings an older one up to date. Raises NewerStore."""
        data_dir.mkdir(parents=True, exist_ok=True)
        path = data_dir / FILE
        path.touch(mode=0o600)  # the -wal and -shm files get the same rights
        self.engine = create_engine(f"sqlite:///{path}")
        event.listen(self.engine, "connect", _prepare)
        event.listen(self.engine, "begin", _begin)
        self._writing_engine = self.engine.execution_options(**{_WRITES: True})
        with self.writing() as connection:
            _bring_up_to_date(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """When the block has ended well, what it wrote is on the disk."""
        with self._writing_engine.connect() as connection, connection.begin():
            yield connection

    def forget_deleted(self) -> None:
        """What was deleted leaves the log file as well."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def value(self, name: str) -> bytes | None:
        with self.reading() as connection:
            found = connection.scalar(select(kept_values.c.value).where(kept_values.c.name == name))
            return None if found is None else bytes(found)

    def keep(self, name: str, value: bytes) -> None:
        with self.writing() as connection:
            row = insert(kept_values).values(name=name, value=value)
            connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))

    def forget(self, name: str) -> None:
        with self.writing() as connection:
            connection.execute(delete(kept_values).where(kept_values.c.name == name))

    def close(self) -> None:
        self.engine.dispose()


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # else the driver begins late, and by itself
    for pragma in (
        f"busy_timeout = {_WAIT_FOR_WRITER_MS}",
        "journal_mode = WAL",
        # A terminal loses its power at any moment; NORMAL would lose what was last said to be kept
        # (sqlite.org/pragma.html#pragma_synchronous).
        "synchronous = FULL",
        "secure_delete = ON",  # what is deleted is overwritten
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    # Who begins as a reader cannot wait to become the writer, but fails (sqlite.org/isolation.html).
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_up_to_date(connection: Connection) -> None:
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if version > len(_STEPS):
        raise NewerStore(f"version {version}; this one knows {len(_STEPS)}")
    for step in _STEPS[version:]:
        step(connection)
    if version < len(_STEPS):
        connection.exec_driver_sql(f"PRAGMA user_version = {len(_STEPS)}")
