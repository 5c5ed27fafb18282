"""The employee's pages, gathered into one blueprint."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint

from app.desk import appearance, calling, console, gate, preparation, signing, today, walk_ins, words
from app.desk.ports import Hub, Ports, Staff
from app.domain.call_backs import CallBacks
from app.domain.conversations import Conversations
from app.domain.queue import Queue
from app.domain.words import WordKeeping


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_blueprint(
    conversations: Conversations,
    queue: Queue,
    call_backs: CallBacks,
    staff: Staff,
    hub: Hub,
    municipal_words: WordKeeping,
    now: Callable[[], datetime] = _utc_now,
) -> Blueprint:
    """Expects Babel, flask_wtf's CSRFProtect and the accessible kit on the application."""
    ports = Ports(conversations, queue, call_backs, staff, hub, municipal_words, now)
    blueprint = Blueprint("desk", __name__, url_prefix="/desk")
    gate.guard(blueprint, ports)
    for room in (signing, today, walk_ins, preparation, appearance, console, calling, words):
        room.add_routes(blueprint, ports)
    return blueprint
