"""What somebody can do here: at most five things, and only what works now."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accessible_ui.languages import current_locale
from app.domain.terminal_parts import MunicipalityRefused, NoLine
from app.domain.terminals import DAYS, hours_of_day
from app.kiosk.face.parts import Face


def add_routes(blueprint: Blueprint, face: Face) -> None:
    @blueprint.get("/keuze")
    def choices() -> str:
        visit = face.visit()
        greets, visit.greeted = not visit.greeted, True
        return render_template("kiosk/face/choices.html", greets=greets, hours=hours_today(face))

    @blueprint.post("/praten")
    def talk() -> ResponseReturnValue:
        if not face.now().staffed:
            return redirect(url_for("face.choices"), 303)
        try:
            address = face.ports.line.walk_in(current_locale().code)
        except NoLine:
            face.watch.lost()
            return redirect(url_for("face.choices"), 303)
        except MunicipalityRefused:
            return redirect(url_for("face.busy"), 303)
        return redirect(address, 303)

    @blueprint.get("/bezet")
    def busy() -> str:
        """The municipality said no: what else there is."""
        return render_template("kiosk/face/busy.html")


def hours_today(face: Face) -> str:
    """ "9:00 tot 12:30 uur, 13:00 tot 17:00 uur"; empty when closed all day, or when hours are not set."""
    hours = face.kept.profile.opening_hours.get(DAYS[face.local_day().weekday()], "")
    try:
        pairs = hours_of_day(hours)
    except ValueError:
        return ""
    return ", ".join(
        _(
            "%(begin)s tot %(end)s uur",
            begin=f"{begin.hour}:{begin.minute:02}",
            end=f"{end.hour}:{end.minute:02}",
        )
        for begin, end in pairs
    )
