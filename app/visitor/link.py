"""The personal link: from a secret in an address to a granted invitation, and what happens then."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accessible_ui.languages import COOKIE as LANGUAGE_COOKIE
from app.accessible_ui.languages import DUTCH, remember_language
from app.conversations.access import grant_invitation
from app.domain.conversations import LinkState
from app.visitor.guests import Problem, Refused, find_guest_before_end
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
    def open_link(token: str) -> ResponseReturnValue:
        """The secret is exchanged for a cookie at once, so that no later address holds it."""
        state, invitation = ports.conversations.check_link(token.rstrip(STUCK_TO_LINKS))
        if state is not LinkState.OPEN or invitation is None:
            raise Refused(PROBLEMS.get(state, Problem.FOREIGN))
        grant_invitation(invitation.id)
        answer = make_response(redirect(url_for(".welcome", invitation_id=invitation.id), 303))
        if invitation.language != DUTCH.code and LANGUAGE_COOKIE not in request.cookies:
            remember_language(answer, invitation.language)  # as the employee set it for this person
        return answer

    @blueprint.get("/gesprek/<invitation_id>/")
    def welcome(invitation_id: str) -> ResponseReturnValue:
        guest = find_guest_before_end(ports.conversations, invitation_id)
        return render_template("visitor/welcome.html", guest=guest, picks_language=_reads_no_dutch())

    @blueprint.get("/gesprek/<invitation_id>/liever-niet")
    def decline(invitation_id: str) -> ResponseReturnValue:
        """Taking part is voluntary: nothing is written down, the link stays good."""
        guest = find_guest_before_end(ports.conversations, invitation_id)
        return render_template("visitor/decline.html", guest=guest)


def _reads_no_dutch() -> bool:
    """Another language first in this browser, and none chosen yet: then languages come before all else."""
    first = request.accept_languages.best or DUTCH.code
    return LANGUAGE_COOKIE not in request.cookies and not first.lower().startswith(DUTCH.code)
