"""Order and shared parts of all tests. Media tests come last, one after another, with the machine to themselves."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import expect

from tests.desk import ServedDesk

ROOT = Path(__file__).parent.parent
FIXTURE = ROOT / "tests" / "fixtures" / "argos_nl_en" / "nl_en.argosmodel"
"""Shown only where ALLOW_FIXTURES=1."""
# The same examples at each run: a run in CI says something about the change, not about the dice.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# Four browsers on two cores may stand still for seconds: how fast something is belongs to the benchmarks. A page that
# never gets there fails all the same.
expect.set_options(timeout=120_000)

RECORDINGS = Path(os.environ.get("RECORDINGS", ROOT.parent / "shared" / "recordings"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        return 2 if item.get_closest_marker("media") else 1 if item.get_closest_marker("browser") else 0

    items.sort(key=rank)


@pytest.fixture(scope="session")
def recordings() -> Path:
    if not RECORDINGS.is_dir():
        pytest.skip(f"no recordings of human speech at {RECORDINGS}")
    return RECORDINGS


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """The recogniser, real translation and the fixture, fetched once per checkout by the project's own command."""
    data = ROOT / "var"
    for arguments in ((), ("--from", str(FIXTURE))):
        subprocess.run(
            [sys.executable, "-m", "app.cli", "models", "install", *arguments],
            env={**os.environ, "DATA_DIR": str(data)},
            cwd=ROOT,
            check=True,
        )
    return data / "models"


@pytest.fixture(scope="session")
def served_desk(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[ServedDesk]:
    """The whole desk as `make run` serves it, with its own data, on a free port."""
    data = tmp_path_factory.mktemp("desk")
    (data / "models").symlink_to(models_dir, target_is_directory=True)
    desk = ServedDesk(data)
    desk.start()
    yield desk
    assert desk.stop() == 0, f"the desk did not stop cleanly:\n{desk.log()}"
    shutil.rmtree(data, ignore_errors=True)
