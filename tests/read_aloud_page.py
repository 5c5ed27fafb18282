"""One page with the read-aloud component and a real voice, for its tests and its benchmark."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, Response, render_template_string, request, send_from_directory
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from werkzeug.serving import make_server

from app.accessible_ui.read_aloud.routes import create_blueprint
from app.domain.speech import Voice

APP = Path(__file__).parent.parent / "app"

# What protection.py allows and no more.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'"
)

BOOT = """
const element = document.querySelector("[data-module]");
const { default: Component } = await import(`/assets/x/${element.dataset.module}.js`);
element.component = new Component(element);
document.documentElement.dataset.ready = "yes";
"""

PAGE = """
{% from "accessible_ui/read_aloud/read_aloud.html" import read_aloud %}<!doctype html>
<html lang="{{ language }}" dir="{{ 'rtl' if language == 'ar' else 'ltr' }}"><head><meta charset="utf-8">
<title>Praten met de gemeente</title><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="csrf-token" content="{{ csrf_token() }}">
<link rel="stylesheet" href="/assets/x/accessible_ui/read_aloud/read_aloud.css">
<script type="module" src="/boot.js"></script></head>
<body><header>{{ read_aloud() }}</header><main id="inhoud">{{ content|safe }}</main></body></html>
"""

CONTENT = """
<h1>Praten met de gemeente</h1>
<p>U praat straks met <b>mevrouw De Vries</b>. Dat gaat met beeld en geluid.</p>
<p hidden>Dit is verborgen.</p><p data-read-aloud="off">Dit lezen wij niet voor.</p>
<p lang="en">You can also speak English.</p>
<form><label for="name">Uw naam</label><input id="name" value="Geheim">
<label><input type="checkbox"> Ik wil ondertitels</label>
<input type="submit" value="Begin het gesprek"></form>
"""


def read_aloud_app(voice: Voice, content: str = CONTENT) -> Flask:
    """`/` is the page, in the language of `?language=`."""
    app = Flask(__name__, template_folder=str(APP))
    app.config.update(SECRET_KEY="only for this page", WTF_CSRF_HEADERS=["X-CSRF-Token"], TESTING=True)
    Babel(app, locale_selector=lambda: request.args.get("language", "nl"))
    CSRFProtect(app)
    app.register_blueprint(create_blueprint(voice, "only for this page"))

    @app.get("/")
    def page() -> str:
        return render_template_string(PAGE, content=content, language=request.args.get("language", "nl"))

    @app.get("/boot.js")
    def boot() -> Response:
        return Response(BOOT, mimetype="text/javascript")

    @app.get("/assets/x/<path:path>")
    def asset(path: str) -> Response:
        return send_from_directory(APP, path)

    @app.after_request
    def restrict(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    return app


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address at which the page answers meanwhile."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
