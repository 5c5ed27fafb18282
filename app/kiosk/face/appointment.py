"""I have an appointment: a code of six digits leads to the talk."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accessible_ui.languages import current_locale
from app.domain.terminal_parts import MunicipalityRefused, NoLine
from app.kiosk.face.parts import Face

# Digits of other scripts count as well: who writes Arabic may type ٣.
_CODE = re.compile(r"\d{6}")


def add_routes(blueprint: Blueprint, face: Face) -> None:
    @blueprint.get("/afspraak")
    def appointment() -> ResponseReturnValue:
        face.visit()
        if not face.now().up:
            return redirect(url_for("face.choices"), 303)
        return render_template("kiosk/face/appointment.html", error="", typed="")

    @blueprint.post("/afspraak")
    def open_appointment() -> ResponseReturnValue:
        typed = request.form.get("code", "")[:40]
        code = re.sub(r"[\s\-.]", "", typed)
        if not _CODE.fullmatch(code):
            return _again(_("De code heeft 6 cijfers. Kijk nog eens goed."), typed)
        digits = "".join(str(int(digit)) for digit in code)
        try:
            address = face.ports.line.short_code(digits, current_locale().code)
        except NoLine:
            face.watch.lost()
            return redirect(url_for("face.choices"), 303)
        except MunicipalityRefused as refusal:
            return _again(_said_no(refusal.code), typed)
        return redirect(address, 303)


def _again(error: str, typed: str) -> ResponseReturnValue:
    return render_template("kiosk/face/appointment.html", error=error, typed=typed), 422


def _said_no(code: str) -> str:
    wait = _("Dit was te vaak fout. Wacht 15 minuten. Of praat met een medewerker.")
    wrong = _("Deze code klopt niet. Staat er een andere code op uw brief?")
    return str(wait if code == "too_many" else wrong)
