"""One page with the read-aloud component and a real voice, for its tests and its benchmark."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, render_template_string
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from werkzeug.serving import make_server

from app.accessible_ui.read_aloud.routes import create_blueprint
from app.accessible_ui.web import init_accessible_ui, select_language
from app.domain.people import Municipality
from app.domain.speech import Voice

TOWN = Municipality(1, "wijkstad", "Wijkstad", "14 010", "", "", "", {}, "voorbeeld")

# What protection.py allows and no more.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'"
)

PAGE = """{% extends "accessible_ui/page.html" %}{% block title %}Praten met de gemeente{% endblock %}
{% block content %}{{ content|safe }}{% endblock %}"""

READY = "() => document.querySelector('.read-aloud').component"

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
    """`/` is the page, in the language that the browser asks for."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config.update(SECRET_KEY="only for this page", WTF_CSRF_HEADERS=["X-CSRF-Token"], TESTING=True)
    Babel(app, locale_selector=select_language)
    CSRFProtect(app)
    init_accessible_ui(app, lambda: TOWN)
    app.register_blueprint(create_blueprint(voice, "only for this page"))

    @app.get("/")
    def page() -> str:
        return render_template_string(PAGE, content=content)

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
