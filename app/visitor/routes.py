"""The citizen's pages, gathered into one blueprint."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from flask import Blueprint

from app.domain.conversations import Conversations
from app.domain.local_time import local_day
from app.domain.queue import Queue
from app.domain.speech import Captioner, Voice
from app.domain.translation import Translator
from app.visitor import choices, information, link, pages, rating, start, waiting
from app.visitor.ports import Hub, Ports


def _today() -> date:
    return local_day(datetime.now(UTC))


def create_blueprint(
    conversations: Conversations,
    queue: Queue,
    hub: Hub,
    captioner: Captioner,
    voice: Voice,
    translator: Translator,
    today: Callable[[], date] = _today,
) -> Blueprint:
    """Expects Babel, flask_wtf's CSRFProtect and the accessible kit on the application."""
    ports = Ports(conversations, queue, hub, captioner, voice, translator, today)
    blueprint = Blueprint("visitor", __name__)
    for room in (start, link, choices, waiting, rating, information):
        room.add_routes(blueprint, ports)
    pages.add_refusals(blueprint)
    return blueprint
