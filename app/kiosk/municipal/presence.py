"""Marks the municipality's pages that a library's terminal shows: beacon, way out, idle time."""

from typing import Any

from flask import Flask, request

from app.conversations.access import terminal

IDLE_S, WAITING_IDLE_S = 90, 300
"""Who waits in line touches nothing for minutes and must not fall out of it; who walked away gives the place up."""


def init_presence(app: Flask) -> None:
    """Templates get `at_terminal` (None elsewhere), and each page of a terminal's session the parts it needs."""

    @app.context_processor
    def tell_templates() -> dict[str, Any]:
        at_terminal = terminal()
        if at_terminal is None:
            return {"at_terminal": None}
        waits = request.endpoint == "visitor.waiting_room"
        return {
            "at_terminal": at_terminal,
            "idle_s": WAITING_IDLE_S if waits else IDLE_S,
            "parts_of_every_page": ["kiosk/presence/at_terminal.html"],
        }
