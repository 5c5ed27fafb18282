"""Citizens who asked to be called: the list, and one press when it is done."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk import gate
from app.desk.ports import Ports
from app.desk.walk_ins import language_name
from app.domain.conversations import NotFound


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.get("/terugbellen")
    def call_backs() -> ResponseReturnValue:
        asked = ports.call_backs.call_backs(gate.current().municipality_id)
        return render_template(
            "desk/call_backs.html", asked=[(each, language_name(each.wish.language)) for each in asked]
        )

    @blueprint.post("/terugbellen/<call_back_id>/gebeld")
    def called(call_back_id: str) -> ResponseReturnValue:
        """Nothing of the citizen is kept. A colleague who pressed first has done the same."""
        try:
            ports.call_backs.called(call_back_id, gate.current().municipality_id)
        except NotFound:
            abort(404)
        flash(_("Gebeld. Wij hebben de naam en het nummer gewist."))
        return redirect(url_for("desk.call_backs"), 303)
