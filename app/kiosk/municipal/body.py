"""What a terminal sends as JSON, and the answer to what cannot be read."""

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.kiosk.wire import BadBody


def read_body() -> dict[str, Any]:
    """Raises BadBody."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise BadBody("body")
    return body


def bad_body(bad: BadBody) -> ResponseReturnValue:
    """A fault of the terminal's program, not of a person: it is told which field."""
    return jsonify(code="bad_body", field=str(bad)), 400
