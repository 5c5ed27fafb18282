"""The front door: what this is, and where to go without a link."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.visitor.ports import Ports


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.get("/")
    def start() -> ResponseReturnValue:
        return render_template("visitor/start.html")
