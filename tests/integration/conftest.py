"""Each test that asks for `database` runs twice: on SQLite and on a PostgreSQL of its own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex

import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from app.storage.database import Database, connect, open_engine
from app.storage.migrate import migrate
from tests.browser import chromium, chromium_context
from tests.html_checks import CheckedClient
from tests.kit_desk import kit_app, served
from tests.terminal_face import TerminalFace

KEY = "a secret of the tests"


def _postgresql_programs() -> Path | None:
    """Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Callable[[str], str]]:
    """Gives the address of a database by name. On a Unix socket of its own, so no port can be taken."""
    programs = _postgresql_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="wijkbalie-pg-"))
    # PostgreSQL refuses to run as root; its package brings a user for it.
    as_user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if as_user:
        shutil.chown(folder, "postgres", "postgres")

    def run(*command: str) -> None:
        subprocess.run(
            [str(programs / command[0]), *command[1:]],
            check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_user,  # type: ignore[call-overload]
        )  # fmt: skip

    data, options = (
        str(folder / "data"),
        f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=300",
    )
    run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    run("pg_ctl", "start", "-w", "-D", data, "-l", str(folder / "log"), "-o", options)
    try:
        yield lambda name: f"postgresql://postgres@/{name}?host={folder}"
    finally:
        run("pg_ctl", "stop", "-m", "immediate", "-D", data)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str]:
    """Migrated once per kind; then copied, which is quicker. Gives the address of a fresh copy."""
    templates: dict[str, Path] = {}

    def copy(kind: str) -> str:
        name = f"test_{token_hex(4)}"
        if kind == "sqlite":
            path = templates.setdefault(kind, tmp_path_factory.mktemp("sqlite") / "template.db")
            if not path.exists():
                migrate(f"sqlite:///{path}")
            new = path.with_name(f"{name}.db")
            shutil.copy(path, new)
            return f"sqlite:///{new}"
        address = request.getfixturevalue("postgresql_server")
        if kind not in templates:
            _create(address("postgres"), "template")
            migrate(address("template"))
            templates[kind] = Path()
        _create(address("postgres"), name, "TEMPLATE template")
        return str(address(name))

    return copy


def _create(server: str, name: str, options: str = "") -> None:
    engine = open_engine(server)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} {options}"))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, migrated: Callable[[str], str]) -> str:
    """The address of an empty, migrated database."""
    return migrated(request.param)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = connect(database_url, KEY)
    yield database
    database.close()


@pytest.fixture(scope="session")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Certificate and key of "localhost", which no authority signed."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """In a page of the kit our own scripts can be imported and asked."""
    with served(kit_app()) as url, chromium() as browser, chromium_context(browser, base_url=url) as context:
        page = context.new_page()
        page.goto("/gallery/button")
        yield page


@pytest.fixture
def terminal(tmp_path: Path) -> TerminalFace:
    return TerminalFace(tmp_path)


@pytest.fixture
def client(terminal: TerminalFace) -> CheckedClient:
    return terminal.client()
