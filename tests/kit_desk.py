"""The kit alone, served for its own tests: gallery, assets, preferences, with the real content policy."""

import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Literal

from flask import Flask, Response, abort
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from app.accessible_ui.languages import LANGUAGES
from app.accessible_ui.read_aloud.routes import create_blueprint
from app.accessible_ui.web import init_accessible_ui, select_language
from app.domain.people import Municipality
from app.domain.speech import SpokenText
from tests.browser import (
    assert_axe,
    assert_big_targets,
    assert_focus_shows,
    assert_no_horizontal_scroll,
    chromium_context,
)

TOWN = Municipality(
    id=1,
    slug="wijkstad",
    name="Wijkstad",
    phone="14 010",
    email="info@wijkstad.example",
    website="https://wijkstad.example",
    address="Kerkplein 1, 1234 AB Wijkstad",
    opening_hours={"nl": "Maandag tot en met vrijdag: 8.30 tot 17.00 uur"},
    theme="voorbeeld",
)
# What protection.py allows and no more.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_TRANSLATIONS = str(Path(__file__).parent.parent / "translations")


class ListeningVoice:
    """Says everything as a short silence, and remembers what it was asked: (text, language)."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def languages(self) -> frozenset[str]:
        return frozenset(LANGUAGES)

    def voices(self) -> dict[str, str]:
        return dict.fromkeys(LANGUAGES, "silence")

    def speak(self, text: str, language: str, rate: float = 1.0) -> SpokenText:
        self.asked.append((text, language))
        sound = BytesIO()
        with wave.open(sound, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(bytes(3200))
        return SpokenText(sound.getvalue(), (), 100)


def kit_app(town: Municipality | None = TOWN) -> Flask:
    """town None: as when the database is gone. `/broken/<status>` fails in that way."""

    def municipality() -> Municipality:
        if town is None:
            raise ConnectionError("no database")
        return town

    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config.update(SECRET_KEY="only for these pages", BABEL_DEFAULT_LOCALE="nl")
    Babel(app, locale_selector=select_language, default_translation_directories=_TRANSLATIONS)
    CSRFProtect(app)
    init_accessible_ui(app, municipality)
    app.extensions["spoken"] = voice = ListeningVoice()
    app.register_blueprint(create_blueprint(voice, "only for these pages"))

    @app.get("/broken/<int:status>")
    def break_down(status: int) -> str:
        if status == 500:
            raise ZeroDivisionError
        abort(status)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Its address while it is served, on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


LOOKS: list[tuple[bool | Literal["blocked"], int, str, str]] = [
    # script, width, language, preferences
    (True, 1280, "nl", ""),
    ("blocked", 320, "ar", "colour=dark"),
    (True, 640, "en", "colour=contrast&text_size=200&spacing=wide"),
]


def check_component(browser: Browser, base_url: str, name: str, *, aaa: bool = True) -> None:
    """What every component must stand: axe, 400 % zoom, right to left, colours, keyboard, with and without script."""
    with chromium_context(browser, script=False, width=320, base_url=base_url) as context:
        page = context.new_page()
        page.goto(f"/gallery/{name}")
        assert_no_horizontal_scroll(page)
    for script, width, language, preferences in LOOKS:
        with chromium_context(
            browser, script=script, width=width, language=language, preferences=preferences, base_url=base_url
        ) as context:
            page = context.new_page()
            page.goto(f"/gallery/{name}", wait_until="load")
            assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
            assert_axe(page, aaa=aaa)
            assert_no_horizontal_scroll(page)
            scope = f"#{name}-examples"
            assert_big_targets(page, scope)
            assert_focus_shows(page, scope)
