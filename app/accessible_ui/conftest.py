"""The served gallery and a browser, for the components' own tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import chromium, chromium_context
from tests.kit_desk import check_component, kit_app, served

Check = Callable[..., None]
OpenGallery = Callable[..., Page]


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    with served(kit_app()) as base_url:
        yield base_url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def check(browser: Browser, gallery: str) -> Check:
    """check("button"): what every component must stand."""
    return lambda name, **options: check_component(browser, gallery, name, **options)


@pytest.fixture
def show(browser: Browser, gallery: str) -> Iterator[OpenGallery]:
    """show("dialog", width=320): the component's examples in a browser, its scripts built."""
    contexts: list[Any] = []

    def open_examples(name: str, path: str = "", **options: Any) -> Page:
        holder = chromium_context(browser, base_url=gallery, **options)
        contexts.append(holder)
        page = holder.__enter__().new_page()
        page.goto(path or f"/gallery/{name}")
        if options.get("script", True):
            page.wait_for_function(
                "() => [...document.querySelectorAll('[data-module]')].every((element) => element.component)"
            )
        return page

    yield open_examples
    for holder in contexts:
        holder.__exit__(None, None, None)
