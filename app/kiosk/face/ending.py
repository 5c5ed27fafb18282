"""The end of a visit: goodbye, a receipt for who wants one, and then nothing is left."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accessible_ui.languages import current_locale
from app.accessible_ui.routes import local_path
from app.domain.terminal_parts import PrinterDown, Receipt
from app.kiosk.face.leaving import wipe
from app.kiosk.face.parts import Face
from app.kiosk.forgetting import forget

GOODBYE_S = 15
"""How long the goodbye stands before the screen wipes itself."""


def add_routes(blueprint: Blueprint, face: Face) -> None:
    @blueprint.get("/einde")
    def goodbye() -> str:
        visit = face.found_visit()
        return render_template(
            "kiosk/face/goodbye.html",
            seconds=GOODBYE_S,
            prints=visit is not None and bool(visit.deeds) and face.prints(),
            printed=request.args.get("bon", ""),
            back_to=local_path(request.args.get("terug", "")) if visit is not None else "/",
        )

    @blueprint.post("/einde")
    def end() -> ResponseReturnValue:
        wipe(face)
        return forget(redirect(url_for("face.attract"), 303))

    @blueprint.post("/einde/bon")
    def print_receipt() -> ResponseReturnValue:
        visit = face.found_visit()
        if visit is None or not visit.deeds:
            return redirect(url_for("face.goodbye"), 303)
        try:
            face.ports.receipts.print(_receipt(face, visit.deeds))
        except PrinterDown:
            return redirect(url_for("face.goodbye", bon="nee"), 303)
        return redirect(url_for("face.goodbye", bon="ja"), 303)


def _receipt(face: Face, deeds: list[str]) -> Receipt:
    """Without a name or number: paper is left lying about."""
    town = face.kept.information.town
    day = face.local_day().strftime("%d-%m-%Y")
    lines = (day, *deeds, _("Vragen? Bel %(phone)s.", phone=town.phone))
    return Receipt(_("Gemeente %(name)s", name=town.name), lines, current_locale().code)
