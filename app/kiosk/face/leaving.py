"""What happens to the traces of somebody who leaves."""

from flask import Response, make_response, request, session
from werkzeug.wrappers import Response as AnyResponse

from app.accessible_ui import languages, preferences
from app.domain.terminal_parts import AgentAway
from app.kiosk.face.parts import SESSION_KEY, Face


def traces() -> bool:
    """Did somebody leave anything of ours in this browser?"""
    kept = SESSION_KEY in session
    return kept or languages.COOKIE in request.cookies or preferences.COOKIE in request.cookies


def wipe(face: Face) -> None:
    """Ends the visit and has the agent destroy the browser's profile; the browser starts again on the face.

    Without an agent (a prepared tablet) what forget() asks of the browser must do.
    """
    face.visits.end()
    try:
        face.ports.agent.wipe()
    except AgentAway:
        return


def forget(answer: AnyResponse) -> Response:
    """Takes back all that this server had the browser keep."""
    session.clear()
    response = make_response(answer)
    for name in (languages.COOKIE, preferences.COOKIE):
        response.delete_cookie(name, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
