"""A municipal page at a terminal: it tells that it lives, and there is one way out."""

from collections.abc import Iterator
from queue import Empty, Queue
from typing import Any

import pytest
from flask import Flask, Response, render_template_string, request, session
from playwright.sync_api import Browser, Page, expect

from app.kiosk.municipal.presence import init_presence
from tests.browser import (
    assert_axe,
    assert_big_targets,
    assert_focus_shows,
    assert_no_horizontal_scroll,
    chromium,
    chromium_context,
)
from tests.kit_desk import POLICY, kit_app, served

pytestmark = pytest.mark.browser

PAGE = """{% extends "accessible_ui/page.html" %}{% block title %}Wachten{% endblock %}
{% block content %}<h1>U bent in de wachtkamer</h1><p>Blijf op deze pagina.</p>{% endblock %}"""
CALL = """{% extends "accessible_ui/call_page.html" %}{% block title %}Gesprek{% endblock %}
{% block content %}<h1>Uw gesprek</h1>
<div data-module="conversations/call_page"><p data-call="alone" hidden>De anderen komen zo.</p></div>{% endblock %}"""


class Face:
    """Stands for the local server: takes beacons of one origin, as CORS has it."""

    def __init__(self) -> None:
        self.beacons: Queue[dict[str, Any]] = Queue()
        self.app = Flask("face")
        self.allowed = ""

        @self.app.route("/hartslag", methods=["POST", "OPTIONS"])
        def take() -> Response:
            answer = Response(status=204)
            answer.headers["Access-Control-Allow-Origin"] = self.allowed
            answer.headers["Access-Control-Allow-Headers"] = "content-type"
            if request.method == "POST":
                assert not request.cookies
                self.beacons.put(request.get_json())
            return answer

    def next(self) -> dict[str, Any]:
        return self.beacons.get(timeout=60)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def face() -> Iterator[tuple[Face, str]]:
    face = Face()
    with served(face.app) as address:
        yield face, address


@pytest.fixture(scope="module")
def desk(face: tuple[Face, str]) -> Iterator[str]:
    app = kit_app()
    init_presence(app)

    @app.get("/begin")
    def begin() -> str:
        session["terminal"] = {"id": "t1", "face": face[1], "entry": "e1"}
        return render_template_string(PAGE)

    app.add_url_rule("/page", "page", lambda: render_template_string(PAGE))
    app.add_url_rule("/call", "call", lambda: render_template_string(CALL))
    app.add_url_rule("/terminal/uit", "out", lambda: render_template_string(PAGE))
    app.add_url_rule("/wait", "visitor.waiting_room", lambda: render_template_string(PAGE))
    policy = POLICY.replace("connect-src 'self'", f"connect-src 'self' {face[1]}")
    app.after_request_funcs.setdefault(None, []).insert(
        0, lambda answer: (answer.headers.__setitem__("Content-Security-Policy", policy), answer)[1]
    )
    with served(app) as address:
        face[0].allowed = address
        yield address


def drain(face: Face) -> None:
    while True:
        try:
            face.beacons.get_nowait()
        except Empty:
            return


def test_elsewhere_there_is_nothing_of_it(browser: Browser, desk: str) -> None:
    with chromium_context(browser, base_url=desk) as context:
        page = context.new_page()
        page.goto("/page")
        expect(page.get_by_role("link", name="Stop en wis alles")).to_have_count(0)
        expect(page.locator("[data-module='kiosk/presence/presence']")).to_have_count(0)


def test_a_page_at_a_terminal_tells_that_it_lives_and_has_a_way_out(
    browser: Browser, desk: str, face: tuple[Face, str]
) -> None:
    drain(face[0])
    with chromium_context(browser, base_url=desk) as context:
        page = context.new_page()
        page.goto("/begin")
        told = face[0].next()
        assert told.pop("still_s") <= 60
        assert told == {"page": "talk", "painted": True, "in_talk": False, "at_rest": False}
        expect(page.locator("html")).not_to_have_attribute("data-in-talk", "true")
        page.get_by_role("link", name="Stop en wis alles").click()
        page.wait_for_url("**/terminal/uit")


@pytest.mark.parametrize(
    ("width", "language", "preferences"),
    [(1280, "nl", ""), (320, "ar", "colour=dark"), (640, "en", "colour=contrast&text_size=200")],
)
def test_the_way_out_is_big_and_clear_for_everybody(
    browser: Browser, desk: str, width: int, language: str, preferences: str
) -> None:
    with chromium_context(
        browser, base_url=desk, width=width, language=language, preferences=preferences
    ) as context:
        page = context.new_page()
        page.goto("/begin")
        page.wait_for_function("() => document.querySelector('[data-module*=presence]').component")
        assert_axe(page)
        assert_no_horizontal_scroll(page)
        assert_big_targets(page, ".way-out", 64)
        assert_focus_shows(page, ".way-out")
        box = page.locator(".way-out").bounding_box()
        assert box
        assert box["y"] + box["height"] <= 800.5, "it stays in sight"
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        last = page.locator("footer a").last.bounding_box()
        bar = page.locator(".way-out").bounding_box()
        assert last
        assert bar
        assert last["y"] + last["height"] <= bar["y"] + 0.5, "it lies over what one reads"


def test_without_script_the_way_out_works_too(browser: Browser, desk: str) -> None:
    with chromium_context(browser, base_url=desk, script=False) as context:
        page = context.new_page()
        page.goto("/begin")
        page.get_by_role("link", name="Stop en wis alles").click()
        page.wait_for_url("**/terminal/uit")


def open_call(browser: Browser, desk: str) -> Page:
    """The call's own script finds no call here and says so on the console: that is not what is tested."""
    page = browser.new_context(base_url=desk).new_page()
    page.clock.install()
    page.goto("/begin")
    page.goto("/call")
    return page


def test_a_talk_is_told_until_it_stops(browser: Browser, desk: str, face: tuple[Face, str]) -> None:
    page = open_call(browser, desk)
    html = page.locator("html")
    expect(html).to_have_attribute("data-in-talk", "true")
    expect(page.get_by_role("link", name="Stop en wis alles")).to_be_hidden()  # a talk has its own
    drain(face[0])
    page.clock.run_for(20_000)
    assert face[0].next()["in_talk"] is True
    page.locator("[data-module$=call_page]").evaluate("(call) => { call.dataset.stopped = 'ended'; }")
    expect(html).not_to_have_attribute("data-in-talk", "true")
    page.context.close()


def test_who_is_alone_for_long_is_in_no_talk_any_more(browser: Browser, desk: str) -> None:
    """Else a citizen who walked off would stay signed in until somebody else sits there."""
    page = open_call(browser, desk)
    html, alone = page.locator("html"), page.locator("[data-call=alone]")
    alone.evaluate("(told) => { told.hidden = false; }")
    page.clock.run_for(170_000)
    expect(html).to_have_attribute("data-in-talk", "true")
    alone.evaluate("(told) => { told.hidden = true; }")
    alone.evaluate("(told) => { told.hidden = false; }")
    page.clock.run_for(170_000)
    expect(html).to_have_attribute("data-in-talk", "true")
    page.clock.run_for(30_000)
    expect(html).not_to_have_attribute("data-in-talk", "true")
    alone.evaluate("(told) => { told.hidden = true; }")
    expect(html).to_have_attribute("data-in-talk", "true")
    page.context.close()


def test_a_page_whose_frames_do_not_come_says_so(browser: Browser, desk: str, face: tuple[Face, str]) -> None:
    with chromium_context(browser, base_url=desk) as context:
        page = context.new_page()
        page.add_init_script("window.requestAnimationFrame = () => 0;")
        drain(face[0])
        page.goto("/begin")
        assert face[0].next()["painted"] is False
