"""The employee's pages, gathered into one blueprint."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint

from app.desk import appearance, console, gate, preparation, signing, today, words
from app.desk.ports import Hub, Ports, Staff
from app.domain.conversations import Conversations
from app.domain.words import WordKeeping


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_blueprint(
    conversations: Conversations,
    staff: Staff,
    hub: Hub,
    municipal_words: WordKeeping,
    now: Callable[[], datetime] = _utc_now,
) -> Blueprint:
    """Expects Babel, flask_wtf's CSRFProtect and the accessible kit on the application."""
    ports = Ports(conversations, staff, hub, municipal_words, now)
    blueprint = Blueprint("desk", __name__, url_prefix="/desk")
    gate.guard(blueprint, ports)
    for room in (signing, today, preparation, appearance, console, words):
        room.add_routes(blueprint, ports)
    return blueprint
