"""One database: SQLite by default, PostgreSQL by its address. Readers never wait; writers queue."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from app.storage.column_types import KeyRing, use_key_ring

_WAIT_FOR_WRITER_MS = 10_000
_WRITES = "wijkbalie_writes"


class Database:
    """Gives transactions. Callable from any thread; close() it before a process forks."""

    def __init__(self, engine: Engine, key_ring: KeyRing) -> None:
        self.engine = engine
        self.key_ring = key_ring
        self._writing_engine = engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view; whatever was changed is forgotten."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Commits when the block ends well, else changes nothing."""
        with Session(self._writing_engine, expire_on_commit=False) as session, session.begin():
            yield session

    def is_ready(self) -> bool:
        """Raises sqlalchemy.exc.SQLAlchemyError when the database does not answer."""
        with self.reading() as session:
            return bool(session.execute(text("SELECT 1")).scalar_one())

    def forget_deleted(self) -> None:
        """Deleted rows leave SQLite's log file as well; PostgreSQL's autovacuum does it there."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.engine.dispose()


def connect(database_url: str, key: str | Sequence[str]) -> Database:
    """key: the installation's secret, or several, newest first, while an old one is being replaced."""
    engine = open_engine(database_url)
    key_ring = KeyRing([key] if isinstance(key, str) else key)
    use_key_ring(engine.dialect, key_ring)
    return Database(engine, key_ring)


def open_engine(database_url: str, *, foreign_keys: bool = True) -> Engine:
    """foreign_keys: off only while a migration rebuilds a SQLite table, which would cascade."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, foreign_keys=foreign_keys)
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC -c lock_timeout=10s"},
    )


def _open_sqlite(url: URL, *, foreign_keys: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ValueError("SQLite needs a file: every thread has its own connection")
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # the -wal and -shm files get the same rights
    engine = create_engine(url, pool_size=10, max_overflow=20)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # else the driver begins late, and by itself
        for pragma in (
            f"busy_timeout = {_WAIT_FOR_WRITER_MS}",
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "secure_delete = ON",  # what is deleted is overwritten
            f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Who begins as a reader cannot wait to become the writer, but fails (sqlite.org/isolation.html).
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
