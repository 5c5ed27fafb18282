"""Chromium for tests: contexts as a reader has them, axe, and checks that hold for every page."""

import atexit
import functools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_CONTROLS = "button, a[href], summary, input:not([type=hidden]), select"
_EXECUTABLE = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@functools.cache
def started_playwright() -> Playwright:
    """The one of this process: a second one beside it is refused, since each owns the thread's event loop."""
    playwright = sync_playwright().start()
    atexit.register(playwright.stop)
    return playwright


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """One browser. arguments: further switches, such as those for a fake microphone."""
    browser = started_playwright().chromium.launch(
        executable_path=_EXECUTABLE, args=["--no-sandbox", "--disable-dev-shm-usage", *arguments]
    )
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def chromium_context(
    browser: Browser,
    *,
    script: bool | Literal["blocked"] = True,
    width: int = 1280,
    height: int = 800,
    language: str = "nl",
    preferences: str = "",
    base_url: str = "",
    **options: Any,
) -> Iterator[BrowserContext]:
    """A reader's browser. width 320 is 400 % zoom on a screen of 1280 (WCAG 1.4.10).

    script: False is a browser without; "blocked" looks the same (but for <noscript>) and lets axe, a script, work.
    preferences: as in the cookie, e.g. "colour=dark&text_size=200"; needs base_url. A script error fails the test.
    """
    context = browser.new_context(
        viewport={"width": width, "height": height},
        java_script_enabled=bool(script),
        locale=language,
        base_url=base_url or None,
        **options,
    )
    context.set_default_timeout(90_000)
    errors: list[str] = []
    context.on("weberror", lambda problem: errors.append(str(problem.error)))
    context.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    if script == "blocked":
        context.route("**/*.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    if preferences:
        context.add_cookies([{"name": "preferences", "value": preferences, "url": base_url}])
    try:
        yield context
    finally:
        context.close()
    assert not errors, errors


def assert_axe(page: Page, *, aaa: bool = True, scope: str = "html", but: tuple[str, ...] = ()) -> None:
    """No violation of WCAG 2.2 A and AA, and with aaa none of AAA. but: rules that do not hold here, by id."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "([scope, tags, off]) => axe.run(scope, {runOnly: {type: 'tag', values: tags},"
        " rules: Object.fromEntries(off.map(id => [id, {enabled: false}])), resultTypes: ['violations']})",
        [scope, _TAGS + (["wcag2aaa"] if aaa else []), list(but)],
    )
    told = [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)


def assert_no_horizontal_scroll(page: Page) -> None:
    """Nothing sticks out at the side (WCAG 1.4.10); what scrolls within itself may."""
    wide = page.evaluate(
        """() => {
          const room = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= room) return [];
          return [...document.querySelectorAll("body *")]
            .filter((element) => {
              const box = element.getBoundingClientRect();
              return box.width && (box.right > room + 1 || box.left < -1);
            })
            .map((element) => `${element.tagName}.${element.getAttribute("class")}`).slice(0, 5);
        }"""
    )
    assert not wide, f"{page.url} is too wide at {page.viewport_size}: {wide}"


def assert_big_targets(page: Page, scope: str = "body", least_px: int = 48) -> None:
    """Each button, field and link of its own can be hit by a shaking finger; not so links within a sentence."""
    small = page.evaluate(
        """([scope, controls, least]) => [...document.querySelectorAll(`${scope} :is(${controls})`)]
          .filter((element) => element.checkVisibility() && getComputedStyle(element).display !== "inline")
          .map((element) => element.matches("[type=radio], [type=checkbox]") ? element.parentElement : element)
          .map((element) => [element, element.getBoundingClientRect()])
          .filter(([, box]) => box.height < least - 0.5 || box.width < least - 0.5)
          .map(([element, box]) => `${element.textContent.trim() || element.className}: ${box.width}x${box.height}`)""",
        [scope, _CONTROLS, least_px],
    )
    assert not small, f"{page.url}: {small}"


def assert_focus_shows(page: Page, scope: str) -> None:
    """Every stop of the Tab key within scope has a ring of its own, or its card has (WCAG 2.4.7)."""
    hidden = page.evaluate(
        """([scope, controls]) => [...document.querySelectorAll(`${scope} :is(${controls}, [tabindex="0"])`)]
          .filter((element) => element.checkVisibility() && !element.disabled)
          .filter((element) => {
            element.focus({focusVisible: true});
            const card = [element];
            if (element.matches("[type=radio]")) card.push(element.parentElement, element.nextElementSibling);
            return document.activeElement === element && !card.some((one) => {
              const style = one && getComputedStyle(one);
              return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
            });
          })
          .map((element) => element.outerHTML.slice(0, 160))""",
        [scope, _CONTROLS],
    )
    assert not hidden, f"{page.url}: focus does not show on {hidden}"
