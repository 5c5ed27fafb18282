"""Is it alive, is it ready, and which part is not. For machines; says nothing of people."""

from typing import Any

from flask import Blueprint, Response, jsonify

from app.conversations.echo import EchoClient
from app.conversations.hub import Hub
from app.speech.client import SpeechClient
from app.storage.database import Database


def create_blueprint(database: Database, speech: SpeechClient, hub: Hub, echo: EchoClient) -> Blueprint:
    room = Blueprint("health", __name__)

    @room.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @room.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """200 when pages can be served and speech is in its lasting state; 503 while a part is still starting.

        Without the echo only the self-tests of terminals fail, so it makes nothing red.
        """
        parts: dict[str, Any] = {
            "database": "ready" if database.is_ready() else "unavailable",
            "conversations": {"state": "ready", **hub.counts()},
            "speech": speech.describe(),
            "echo": echo.describe(),
        }
        ready = parts["database"] == "ready" and parts["speech"]["state"] == "ready"
        return jsonify(status="ready" if ready else "starting", parts=parts), 200 if ready else 503

    return room
