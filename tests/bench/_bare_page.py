"""What pages are compared with: a bare Flask route that draws the same bytes with the same template engine."""

import os

from flask import Flask, render_template


class _NoTalks:
    """gunicorn's settings are the desk's own, and those close its talks first."""

    def shut_down(self) -> None: ...


def create_app() -> Flask:
    """BARE_PAGE: folder with page.html."""
    app = Flask(__name__, template_folder=os.environ["BARE_PAGE"])

    @app.get("/")
    def page() -> str:
        return render_template("page.html", greeting="hallo")

    app.extensions["wijkbalie_hub"] = _NoTalks()
    return app
