"""Pages that are the same for everybody: other ways to reach us, privacy, accessibility."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.visitor.guests import page_language
from app.visitor.ports import Ports


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    def page(name: str) -> ResponseReturnValue:
        return render_template(
            f"visitor/{name}.html", municipality=ports.municipality(), language=page_language()
        )

    @blueprint.get("/contact")
    def contact() -> ResponseReturnValue:
        return page("contact")

    @blueprint.get("/privacy")
    def privacy() -> ResponseReturnValue:
        return page("privacy")

    @blueprint.get("/toegankelijkheid")
    def accessibility() -> ResponseReturnValue:
        return page("accessibility")
