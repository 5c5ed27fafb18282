"""The citizen's pages, gathered into one blueprint."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint

from app.domain.conversations import Conversations
from app.domain.people import Municipality
from app.domain.speech import Captioner
from app.visitor import choices, information, link, pages, rating, start, waiting
from app.visitor.ports import Hub, Ports


def create_blueprint(
    conversations: Conversations,
    hub: Hub,
    municipality: Callable[[], Municipality],
    captioner: Captioner,
    limit: Callable[[str], Callable[[Any], Any]],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Blueprint:
    """limit: a Flask-Limiter's `limit`. Expects flask_wtf's CSRFProtect and Babel on the application."""
    ports = Ports(conversations, hub, municipality, captioner, now, limit)
    blueprint = Blueprint("visitor", __name__, template_folder="templates")
    for room in (start, link, choices, waiting, rating, information):
        room.add_routes(blueprint, ports)
    pages.add_refusals(blueprint, ports)
    return blueprint
