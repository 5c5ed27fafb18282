"""The employee's side of the live talk, and its end."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk import gate
from app.desk.names import service_name
from app.desk.ports import Ports
from app.domain.conversations import ConversationEnded, ConversationFull


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.get("/gesprekken/<conversation_id>/praten")
    def console(conversation_id: str) -> ResponseReturnValue:
        conversation = gate.own_conversation(ports, conversation_id)
        employee = gate.current()
        try:
            seat = ports.conversations.take_employee_seat(conversation_id, employee.id)
        except ConversationFull:
            return render_template("desk/refused.html", problem="full", conversation=conversation), 409
        except ConversationEnded:
            return render_template("desk/refused.html", problem="ended", conversation=conversation), 410
        ports.hub.seat_taken(seat)
        g.allow_wasm = True  # this page alone: the employee may choose a blurred room in mid-talk
        return render_template(
            "conversations/console.html",
            conversation=conversation,
            seat=seat,
            employee=employee,
            service=service_name(conversation.service_type),
        )

    @blueprint.post("/gesprekken/<conversation_id>/eindigen")
    def end(conversation_id: str) -> ResponseReturnValue:
        conversation = gate.own_conversation(ports, conversation_id)
        ports.conversations.end_conversation(conversation.id, ports.now())
        ports.hub.ended(conversation.id)
        flash(_("Het gesprek is klaar. Wij bewaren er niets van."))
        return redirect(url_for("desk.today"), 303)
