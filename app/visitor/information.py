"""Pages that are the same for everybody: other ways to reach us, privacy, accessibility."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.visitor.kept_pages import KeptPages
from app.visitor.ports import Ports


def add_routes(blueprint: Blueprint, _ports: Ports) -> None:
    kept = KeptPages()

    @blueprint.get("/contact")
    def contact() -> ResponseReturnValue:
        return kept.page("visitor/contact.html")

    @blueprint.get("/privacy")
    def privacy() -> ResponseReturnValue:
        return kept.page("visitor/privacy.html")

    @blueprint.get("/toegankelijkheid")
    def accessibility() -> ResponseReturnValue:
        return kept.page("visitor/accessibility.html")
