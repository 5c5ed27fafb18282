"""The front door: what this is, and where to go with and without a link."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.conversations.access import opened_invitations
from app.domain.conversations import Conversations
from app.visitor.guests import Refused, find_guest_before_end
from app.visitor.kept_pages import KeptPages
from app.visitor.ports import Ports


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    kept = KeptPages()

    @blueprint.get("/")
    def start() -> ResponseReturnValue:
        invitation_id = _newest_open(ports.conversations)
        if invitation_id is None:
            return kept.page("visitor/start.html")
        return render_template("visitor/start.html", invitation_id=invitation_id)


def _newest_open(conversations: Conversations) -> str | None:
    """The talk that this browser can go on with. Asks nothing of the database for who opened no link."""
    for invitation_id in opened_invitations():
        try:
            return find_guest_before_end(conversations, invitation_id).invitation.id
        except Refused:
            continue
    return None
