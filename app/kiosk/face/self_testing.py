"""The call to the echo each morning, begun by the screen itself while nobody stands before it."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from app.domain.terminal_parts import MunicipalityRefused, NoLine
from app.kiosk.device.self_test import is_due
from app.kiosk.face.parts import Face


def is_test_due(face: Face) -> bool:
    now = face.now()
    if now.off or not now.enrolled or not now.up or face.visits.is_any():
        return False
    hours = face.kept.profile.opening_hours
    return is_due(hours, face.tested_at, face.test_tried_at, face.ports.clock())


def add_routes(blueprint: Blueprint, face: Face) -> None:
    @blueprint.get("/zelftest")
    def self_test() -> ResponseReturnValue:
        """Leads to the municipality's page, which leads back. Not due, or not possible now: back to the start."""
        if not is_test_due(face):
            return redirect(url_for("face.attract"), 303)
        face.test_tried_at = face.ports.clock()
        try:
            address = face.ports.line.self_test()
        except (NoLine, MunicipalityRefused):
            return redirect(url_for("face.attract"), 303)
        face.tested_at = face.test_tried_at
        return redirect(address, 303)
