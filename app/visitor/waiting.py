"""From device check to the live talk: take a seat, wait, be called, talk, go away."""

from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accessible_ui.languages import current_locale
from app.domain.conversations import Choices, ConversationFull
from app.visitor.guests import Guest, Problem, Refused, find_guest, find_guest_before_end
from app.visitor.pages import render_block
from app.visitor.ports import Ports


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.get("/gesprek/<invitation_id>/apparaat")
    def device_check(invitation_id: str) -> ResponseReturnValue:
        guest = find_guest_before_end(ports.conversations, invitation_id)
        return render_template("visitor/device.html", guest=guest)

    @blueprint.post("/gesprek/<invitation_id>/meedoen")
    def join(invitation_id: str) -> ResponseReturnValue:
        guest = find_guest_before_end(ports.conversations, invitation_id)
        agrees = guest.invitation.agrees_captions
        if agrees is None:
            return redirect(url_for(".read_captions", invitation_id=invitation_id), 303)
        language = current_locale().code
        choices = Choices(language, guest.invitation.reads_captions, language, agrees)
        ports.conversations.keep_choices(invitation_id, choices)
        try:
            seat = ports.conversations.take_seat(invitation_id)
        except ConversationFull:
            raise Refused(Problem.FULL, invitation_id) from None
        if guest.seat is not None:  # sat here before, perhaps with other choices
            seat = ports.conversations.change_seat_choices(seat.id, choices)
        ports.hub.seat_taken(seat)
        return redirect(url_for(".waiting_room", invitation_id=invitation_id), 303)

    @blueprint.get("/gesprek/<invitation_id>/wachten")
    def waiting_room(invitation_id: str) -> ResponseReturnValue:
        """The page, or only what changed since ?staat= (204: nothing did)."""
        guest = find_guest(ports.conversations, invitation_id)
        asks_again = bool(request.headers.get("HX-Request"))
        elsewhere = _elsewhere(guest)
        if elsewhere:
            return Response(headers={"HX-Redirect": elsewhere}) if asks_again else redirect(elsewhere, 303)
        if guest.seat is not None:
            ports.hub.seat_seen(guest.seat)
        called = guest.seat is not None and guest.seat.admitted_at is not None
        place = None if called else ports.queue.place_in_line(guest.conversation.id)
        state = "binnen" if called else f"wacht-{place}" if place else "wacht"
        if asks_again and request.args.get("staat") == state:
            return "", 204
        if asks_again:
            return render_block(
                "visitor/waiting.html", "waiting_state", guest=guest, state=state, place=place
            )
        return render_template("visitor/waiting.html", guest=guest, state=state, place=place)

    @blueprint.get("/gesprek/<invitation_id>/praten")
    def talk(invitation_id: str) -> ResponseReturnValue:
        guest = find_guest(ports.conversations, invitation_id)
        elsewhere = _elsewhere(guest)
        if elsewhere:
            return redirect(elsewhere, 303)
        if guest.seat is None or guest.seat.admitted_at is None:
            return redirect(url_for(".waiting_room", invitation_id=invitation_id), 303)
        return render_template("visitor/talk.html", guest=guest, seat=guest.seat)

    @blueprint.post("/gesprek/<invitation_id>/weg")
    def leave(invitation_id: str) -> ResponseReturnValue:
        guest = find_guest(ports.conversations, invitation_id)
        if guest.seat is not None:
            ports.conversations.leave(guest.seat.id)
            ports.hub.seat_left(guest.seat)
            if guest.conversation.is_open and guest.conversation.lead_employee_id is None:
                ports.conversations.end_conversation(guest.conversation.id, datetime.now(UTC))
                ports.hub.ended(guest.conversation.id)  # nobody else waits here: the place in line is free
            if guest.seat.admitted_at is None:
                return redirect(url_for(".goodbye", invitation_id=invitation_id), 303)
        return redirect(url_for(".rate", invitation_id=invitation_id), 303)


def _elsewhere(guest: Guest) -> str | None:
    """Where somebody belongs who has nothing to wait for: the talk is over, or there is no seat for them."""
    if not guest.conversation.is_open:
        return url_for("visitor.rate", invitation_id=guest.invitation.id)
    if guest.seat is None:
        return url_for("visitor.welcome", invitation_id=guest.invitation.id)
    return None
