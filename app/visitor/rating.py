"""Afterwards: two questions with three faces each, both may be skipped, and goodbye.

Nothing is kept until both are answered; the first answer waits in the person's own session.
"""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.conversations.access import terminal, withdraw_invitation
from app.visitor.guests import find_guest
from app.visitor.ports import Ports

SCORES = {"1": 1, "2": 2, "3": 3}


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    def question(
        template: str, invitation_id: str, status: int = 200, chosen: int | None = None
    ) -> ResponseReturnValue:
        answer = render_template(
            f"visitor/{template}.html", invitation_id=invitation_id, chosen=chosen, unclear=status != 200
        )
        return answer, status

    @blueprint.route("/gesprek/<invitation_id>/oordeel", methods=["GET", "POST"])
    def rate(invitation_id: str) -> ResponseReturnValue:
        guest = find_guest(ports.conversations, invitation_id)
        if not guest.may_rate:
            return redirect(url_for(".goodbye", invitation_id=invitation_id), 303)
        if request.method == "GET":
            return question("rate_easy", invitation_id, chosen=_easy(invitation_id))
        score = SCORES.get(request.form.get("makkelijk", ""))
        if score is None:
            return question("rate_easy", invitation_id, 422)
        session[f"easy {invitation_id}"] = score
        return redirect(url_for(".rate_service", invitation_id=invitation_id), 303)

    @blueprint.route("/gesprek/<invitation_id>/oordeel/prettig", methods=["GET", "POST"])
    def rate_service(invitation_id: str) -> ResponseReturnValue:
        guest = find_guest(ports.conversations, invitation_id)
        if not guest.may_rate:
            return redirect(url_for(".goodbye", invitation_id=invitation_id), 303)
        easy = _easy(invitation_id)
        if easy is None:
            return redirect(url_for(".rate", invitation_id=invitation_id), 303)
        if request.method == "GET":
            return question("rate_service", invitation_id)
        liked = SCORES.get(request.form.get("prettig", ""))
        if liked is None:
            return question("rate_service", invitation_id, 422)
        ports.conversations.rate(invitation_id, easy, liked, ports.today())
        return redirect(url_for(".goodbye", invitation_id=invitation_id), 303)

    @blueprint.get("/gesprek/<invitation_id>/tot-ziens")
    def goodbye(invitation_id: str) -> ResponseReturnValue:
        """Says nothing personal, so anybody may read it; takes the key of this talk out of the browser.

        At a terminal the terminal itself says goodbye, and wipes.
        """
        if terminal() is not None:
            return redirect(url_for("terminal_entry.leave_by_page"), 303)
        withdraw_invitation(invitation_id)
        for name in ("easy", "reads"):
            session.pop(f"{name} {invitation_id}", None)
        return render_template("visitor/goodbye.html")


def _easy(invitation_id: str) -> int | None:
    kept: object = session.get(f"easy {invitation_id}")
    return kept if isinstance(kept, int) else None
