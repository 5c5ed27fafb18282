"""The face's pages, gathered into one blueprint."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accessible_ui.preferences import current_preferences
from app.kiosk.face import (
    appointment,
    attract,
    bar,
    call_back,
    choices,
    ending,
    information,
    machine,
    phrases,
    self_testing,
    typed,
)
from app.kiosk.face.parts import Face

_ALWAYS = frozenset(
    f"face.{name}" for name in ("attract", "state", "heartbeat", "healthz", "readyz", "goodbye", "end")
)
"""Also there while the terminal is switched off or belongs to nobody."""


def create_blueprint(face: Face, server_url: str, idle_s: int = 90, idle_count_s: int = 30) -> Blueprint:
    """server_url: origin of the municipality. idle_s: without a touch; idle_count_s: for the answer then.

    Expects Babel, CSRFProtect and the accessible kit on the application."""
    blueprint = Blueprint("face", __name__)
    for room in (
        attract,
        choices,
        appointment,
        information,
        call_back,
        phrases,
        typed,
        ending,
        bar,
        self_testing,
    ):
        room.add_routes(blueprint, face)
    machine.add_routes(blueprint, face, server_url)

    @blueprint.before_request
    def only_what_works() -> ResponseReturnValue | None:
        if request.endpoint in _ALWAYS:
            return None
        now = face.now()
        if now.off or not now.enrolled:
            return redirect(url_for("face.attract"), 303)
        return None

    @blueprint.app_context_processor
    def for_every_page() -> dict[str, Any]:
        # Error pages are drawn in this frame as well: nothing here begins a visit.
        visit, now = face.found_visit(), face.now()
        if visit is not None:
            visit.see_headphones(now.headphones)
        return {
            "now": now,
            "visit": visit,
            "profile": face.kept.profile,
            "at_terminal": request.endpoint != "face.attract",  # nothing to type there
            "aloud": "on" if visit is not None and visit.reads_aloud else "off",
            "idle_s": idle_s,
            "idle_count_s": idle_count_s,
            "at_attract": request.endpoint == "face.attract",
            "contrasted": current_preferences().colour == "contrast",
        }

    return blueprint
