"""The screen that waits for somebody, and the first touch."""

from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from app.accessible_ui.languages import Language, remember_language
from app.kiosk.face.leaving import traces, wipe
from app.kiosk.face.parts import Face
from app.kiosk.face.visit import FIRST_VOLUME
from app.kiosk.forgetting import forget


@dataclass(frozen=True, slots=True)
class Greeting:
    """The same in each language. spoken: to be heard by who does not read."""

    language: Language
    welcome: str
    touch: str
    choose: str
    spoken: str


def add_routes(blueprint: Blueprint, face: Face) -> None:
    @blueprint.get("/")
    def attract() -> ResponseReturnValue:
        """Whoever comes here has left, however they came: what was theirs ends."""
        if traces():
            wipe(face)
            return forget(redirect(url_for("face.attract"), 303))
        if (
            request.headers.get("Sec-Fetch-Mode") == "navigate"
        ):  # a browser with a new profile, not a health check
            face.visits.end()
        now = face.now()
        if not now.enrolled:
            return render_template("kiosk/face/code.html", joining=now.joining)
        if now.off:
            return render_template("kiosk/face/off.html")
        return render_template("kiosk/face/attract.html", greetings=greetings(face))

    @blueprint.post("/begin")
    def begin() -> ResponseReturnValue:
        face.begin()
        face.set_volume(FIRST_VOLUME)
        code = request.form.get("language", "")
        if code not in {language.code for language in face.languages()}:
            return redirect(url_for("face.choose_language"), 303)
        return remember_language(make_response(redirect(url_for("face.choices"), 303)), code)

    @blueprint.get("/taal")
    def choose_language() -> str:
        visit = face.visit()
        greets, visit.greeted = not visit.greeted, True
        return render_template("kiosk/face/language.html", greetings=greetings(face), greets=greets)


def greetings(face: Face) -> list[Greeting]:
    said = []
    for language in face.languages():
        with force_locale(language.code):
            said.append(
                Greeting(
                    language,
                    _("Welkom"),
                    _("Raak het scherm aan"),
                    _("Kies uw taal"),
                    _("Welkom bij de gemeente. Kies uw taal."),
                )
            )
    return said
