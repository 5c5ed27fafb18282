"""The bar on every page: sound, letters, colours, reading aloud. One touch each."""

from dataclasses import replace
from typing import TypeVar

from flask import Blueprint, Response, abort, jsonify, make_response, redirect, request
from flask.typing import ResponseReturnValue

from app.accessible_ui.preferences import CHOICES, Preferences, current_preferences, remember_preferences
from app.accessible_ui.routes import local_path
from app.kiosk.face.parts import Face
from app.kiosk.face.visit import VOLUME_STEPS, Visit

Step = TypeVar("Step")


def add_routes(blueprint: Blueprint, face: Face) -> None:
    @blueprint.post("/knop")
    def press() -> ResponseReturnValue:
        """Which key stands in the form's "key". JSON for the script, else back to the page."""
        visit, chosen = face.visit(), current_preferences()
        match request.form.get("key"):
            case "louder":
                _turn(face, visit, +1)
            case "softer":
                _turn(face, visit, -1)
            case "larger":
                chosen = replace(chosen, text_size=_beside(CHOICES["text_size"], chosen.text_size, +1))
            case "smaller":
                chosen = replace(chosen, text_size=_beside(CHOICES["text_size"], chosen.text_size, -1))
            case "contrast":
                chosen = replace(chosen, colour="auto" if chosen.colour == "contrast" else "contrast")
            case "read":
                visit.reads = True
            case "hush":
                visit.reads = False
            case _:
                abort(400)
        return remember_preferences(_answer(visit, chosen), chosen)


def _answer(visit: Visit, chosen: Preferences) -> Response:
    if request.accept_mimetypes["application/json"] > request.accept_mimetypes["text/html"]:
        return jsonify(
            volume=VOLUME_STEPS.index(visit.volume) + 1,
            textSize=chosen.text_size,
            colour=chosen.colour,
            reads=visit.reads_aloud,
        )
    return make_response(redirect(local_path(request.form.get("next", "")), 303))


def _turn(face: Face, visit: Visit, by: int) -> None:
    visit.volume = _beside(VOLUME_STEPS, visit.volume, by)
    face.set_volume(visit.volume)


def _beside(steps: tuple[Step, ...], now: Step, by: int) -> Step:
    """The next step; at the end it stays."""
    return steps[min(max(steps.index(now) + by, 0), len(steps) - 1)]
