"""What happens to the traces of somebody who leaves."""

from flask import request, session

from app.domain.terminal_parts import AgentAway
from app.kiosk.face.parts import SESSION_KEY, Face
from app.kiosk.forgetting import COOKIES


def traces() -> bool:
    """Did somebody leave anything of ours in this browser?"""
    return SESSION_KEY in session or any(name in request.cookies for name in COOKIES)


def wipe(face: Face) -> None:
    """Ends the visit and has the agent destroy the browser's profile; the browser starts again on the face.

    Without an agent (a prepared tablet) what forget() asks of the browser must do.
    """
    face.visits.end()
    try:
        face.ports.agent.wipe()
    except AgentAway:
        return
