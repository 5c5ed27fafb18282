"""Prepare a talk: hand over links, invite people, renew a link."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.desk import gate
from app.desk.handing_over import HandedOver, hand_over
from app.desk.names import person_name, service_name
from app.desk.new_links import keep_new_code, keep_new_link, new_codes, new_links
from app.desk.ports import Ports
from app.domain.conversations import Conversation, ConversationEnded, Invitation, NotFound, Role, Seat
from app.domain.names import UnfitName, clean_name

INVITED_BY_HAND = (Role.INTERPRETER, Role.RELATIVE, Role.EMPLOYEE)
_MOST_INVITATIONS = 12


@dataclass(frozen=True, slots=True)
class Guest:
    """One invited person as the page shows them. link and code: while they can be shown."""

    invitation: Invitation
    name: str
    seat: Seat | None
    link: HandedOver | None
    code: str


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.get("/gesprekken/<conversation_id>")
    def prepare(conversation_id: str) -> ResponseReturnValue:
        return _page(ports, gate.own_conversation(ports, conversation_id))

    @blueprint.post("/gesprekken/<conversation_id>/uitnodigen")
    def invite(conversation_id: str) -> ResponseReturnValue:
        conversation = gate.own_conversation(ports, conversation_id)
        role = next((each for each in INVITED_BY_HAND if each == request.form.get("role")), None)
        if role is None:
            abort(400)
        written = request.form.get("name", "")
        if len(conversation.invitations) >= _MOST_INVITATIONS:
            return _page(
                ports, conversation, {"name": _("U heeft al genoeg mensen uitgenodigd.")}, written
            ), 422
        try:
            name = clean_name(written) if written.strip() else ""
            link = ports.conversations.invite(conversation_id, role, name)
        except UnfitName as unfit:
            return _page(ports, conversation, {"name": _unfit(unfit)}, written), 422
        except ConversationEnded:
            return _over()
        keep_new_link(link)
        return _to(conversation_id, link.invitation.id)

    @blueprint.post("/gesprekken/<conversation_id>/links/<invitation_id>/vernieuwen")
    def renew(conversation_id: str, invitation_id: str) -> ResponseReturnValue:
        conversation = gate.own_conversation(ports, conversation_id)
        if invitation_id not in {each.id for each in conversation.invitations}:
            abort(404)
        try:
            link = ports.conversations.replace_link(invitation_id)
        except NotFound:
            abort(404)
        except ConversationEnded:
            return _over()
        for seat in conversation.seats:
            if seat.invitation_id == invitation_id:
                ports.hub.seat_left(seat)
        keep_new_link(link)
        return _to(conversation_id, link.invitation.id)

    @blueprint.post("/gesprekken/<conversation_id>/links/<invitation_id>/code")
    def make_code(conversation_id: str, invitation_id: str) -> ResponseReturnValue:
        """For who comes to a terminal. An older code of the same person ends."""
        conversation = gate.own_conversation(ports, conversation_id)
        citizens = {each.id for each in conversation.invitations if each.role is Role.CITIZEN}
        if invitation_id not in citizens:
            abort(404)
        try:
            code = ports.queue.make_short_code(invitation_id)
        except NotFound:
            abort(404)
        except ConversationEnded:
            return _over()
        keep_new_code(invitation_id, code)
        return _to(conversation_id, invitation_id)


def _page(
    ports: Ports, conversation: Conversation, errors: dict[str, str] | None = None, written: str = ""
) -> str:
    links, codes = new_links(), new_codes()
    seats = {seat.invitation_id: seat for seat in conversation.seats}
    town = ports.staff.municipality()
    guests = [
        Guest(
            each,
            person_name(each.role, each.display_name),
            seats.get(each.id),
            hand_over(each, links[each.id], town) if each.id in links else None,
            codes.get(each.id, ""),
        )
        for each in conversation.invitations
    ]
    return render_template(
        "desk/prepare.html",
        conversation=conversation,
        service=service_name(conversation.service_type),
        guests=guests,
        roles=[(Role.INTERPRETER, _("Tolk")), (Role.RELATIVE, _("Naaste")), (Role.EMPLOYEE, _("Collega"))],
        errors=errors or {},
        written=written[:200],
        employee=gate.current(),
    )


def _to(conversation_id: str, invitation_id: str) -> Response:
    return redirect(
        url_for("desk.prepare", conversation_id=conversation_id, _anchor=f"link-{invitation_id}"), 303
    )


def _over() -> Response:
    flash(_("Dit gesprek is al klaar."))
    return redirect(url_for("desk.today"), 303)


def _unfit(unfit: UnfitName) -> str:
    if unfit.reason == "long":
        return str(_("Deze naam is te lang. Gebruik niet meer dan 60 letters."))
    return str(_("Wij kunnen deze naam niet lezen. Gebruik letters."))
