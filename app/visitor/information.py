"""Pages that are the same for everybody: other ways to reach us, privacy, accessibility."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.visitor.ports import Ports


def add_routes(blueprint: Blueprint, _ports: Ports) -> None:
    @blueprint.get("/contact")
    def contact() -> ResponseReturnValue:
        return render_template("visitor/contact.html")

    @blueprint.get("/privacy")
    def privacy() -> ResponseReturnValue:
        return render_template("visitor/privacy.html")

    @blueprint.get("/toegankelijkheid")
    def accessibility() -> ResponseReturnValue:
        return render_template("visitor/accessibility.html")
