"""The personal link: from a secret in an address to a granted invitation, and what happens then."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.conversations.access import grant_invitation
from app.domain.conversations import LinkState
from app.visitor.guests import Problem, Refused, find_guest_before_end, page_language
from app.visitor.ports import Ports

STUCK_TO_LINKS = " \t\r\n.,;:!?)>]}\"'»”’"
"""What mail programs and people leave behind an address. No token ends with one of these."""

PROBLEMS = {
    LinkState.ENDED: Problem.ENDED,
    LinkState.REPLACED: Problem.REPLACED,
    LinkState.FOREIGN: Problem.FOREIGN,
    LinkState.MANGLED: Problem.MANGLED,
}


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.get("/l/", defaults={"token": ""})
    @blueprint.get("/l/<path:token>")
    @ports.limit("60 per minute")
    def open_link(token: str) -> ResponseReturnValue:
        """The secret is exchanged for a cookie at once, so that no later address holds it."""
        state, invitation = ports.conversations.check_link(token.rstrip(STUCK_TO_LINKS))
        if state is not LinkState.OPEN or invitation is None:
            raise Refused(PROBLEMS.get(state, Problem.FOREIGN))
        grant_invitation(invitation.id)
        return redirect(url_for("visitor.welcome", invitation_id=invitation.id), 303)

    @blueprint.get("/gesprek/<invitation_id>/")
    def welcome(invitation_id: str) -> ResponseReturnValue:
        guest = find_guest_before_end(ports.conversations, invitation_id)
        return render_template(
            "visitor/welcome.html", guest=guest, municipality=ports.municipality(), language=page_language()
        )

    @blueprint.get("/gesprek/<invitation_id>/liever-niet")
    def decline(invitation_id: str) -> ResponseReturnValue:
        """Taking part is voluntary: nothing is written down, the link stays good."""
        guest = find_guest_before_end(ports.conversations, invitation_id)
        return render_template("visitor/decline.html", guest=guest, municipality=ports.municipality())
