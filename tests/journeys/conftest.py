"""Browsers for the journeys. People come and go with each test."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error

from tests.browser import started_playwright
from tests.journeys.people import Person
from tests.journeys.sound import tone_file


@pytest.fixture
def beep(tmp_path: Path) -> Path:
    return tone_file(440, tmp_path / "beep.wav")


@pytest.fixture
def people(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """people(Guest, "Amina", microphone=…): somebody at a device. A failed test leaves a picture of each screen."""
    present: list[Person] = []

    def arrive(kind: type[Person], name: str, **arguments: Any) -> Person:
        present.append(kind(started_playwright(), name, **arguments))
        return present[-1]

    yield arrive
    failed = getattr(request.node, "failed", False)
    for person in present:
        if failed and not person.page.is_closed():
            folder = Path("test-results") / request.node.name
            folder.mkdir(parents=True, exist_ok=True)
            # A page that is just leaving cannot be drawn; what failed before must be told all the same.
            with suppress(Error):
                person.page.screenshot(path=str(folder / f"{person.name}.png"))
            with suppress(Error):
                print(f"--- {person.name}: {person.facts()}")  # noqa: T201 - stands in the failed test's report
        person.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome: Any = yield
    if outcome.get_result().failed:
        item.failed = True  # type: ignore[attr-defined]
