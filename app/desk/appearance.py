"""What a citizen sees of the employee: a first name or a role, and what stands behind them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk import gate
from app.desk.ports import Ports
from app.domain.names import UnfitName


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.route("/uiterlijk", methods=["GET", "POST"])
    def appearance() -> ResponseReturnValue:
        employee = gate.current()
        back = gate.own_page(request.args.get("next")) or url_for("desk.today")
        if request.method == "GET":
            return _page(employee.display_name, employee.background, {})
        name, background = request.form.get("display_name", ""), request.form.get("background", "")
        try:
            ports.staff.keep_appearance(employee.id, name, background)
        except UnfitName as unfit:
            long = unfit.reason == "long"
            sentence = (
                _("Deze naam is te lang. Gebruik niet meer dan 60 letters.")
                if long
                else _("Vul een naam in.")
            )
            return _page(name[:200], background, {"display_name": sentence}), 422
        except ValueError:
            return _page(name[:200], employee.background, {"background": _("Kies 1 achtergrond.")}), 422
        flash(_("Wij hebben dit bewaard."))
        return redirect(back, 303)


def _page(name: str, background: str, errors: dict[str, str]) -> str:
    return render_template("desk/appearance.html", name=name, background=background, errors=errors)
