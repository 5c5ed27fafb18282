"""The terminal's face: from the first touch to a screen that can be touched, and what a first visit weighs."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser import chromium, chromium_context
from tests.terminal_face import TerminalFace, served

ROUNDS = 9
PAGE_BUDGET = 60_000
_BUILT = "() => [...document.querySelectorAll('[data-module]')].every((element) => 'component' in element)"


def measure(_audio: Path) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        terminal = TerminalFace(Path(folder))
        with served(terminal) as url, chromium() as browser:
            yield _wake(browser, url)
            yield _weight(browser, url)


def _wake(browser: Browser, url: str) -> dict[str, Any]:
    """Each round a browser with nothing kept, as after a wipe. Until the language buttons can be pressed."""
    took_ms = []
    for _ in range(ROUNDS):
        with chromium_context(browser, width=1080, height=1920, base_url=url) as context:
            page = _at_rest(context.new_page())
            page.evaluate("sessionStorage.touched = Date.now()")
            page.mouse.click(300, 300)
            page.wait_for_url("**/taal")
            page.get_by_role("button", name="Nederlands").click(trial=True)
            took_ms.append(page.evaluate("Date.now() - Number(sessionStorage.touched)"))
    return {
        "name": "terminal_face.wake_ms",
        "value": statistics.median(took_ms),
        "unit": "ms",
        "highest": max(took_ms),
    }


def _at_rest(page: Page) -> Page:
    page.goto("/")
    page.wait_for_function(_BUILT)
    return page


def _weight(browser: Browser, url: str) -> dict[str, Any]:
    """Bodies as they came over the wire, of the first screen and of the choices together."""
    with chromium_context(browser, width=1080, height=1920, base_url=url) as context:
        sizes: list[int] = []
        page = context.new_page()
        page.on("requestfinished", lambda done: sizes.append(done.sizes()["responseBodySize"]))
        _at_rest(page)
        page.locator("#begin button[value=nl]").click()
        page.wait_for_url("**/keuze")
        page.wait_for_function(_BUILT)
        return {
            "name": "terminal_face.first_visit_bytes",
            "value": sum(sizes),
            "unit": "B",
            "budget": PAGE_BUDGET,
        }


BENCHMARKS = {"terminal_face": measure}
