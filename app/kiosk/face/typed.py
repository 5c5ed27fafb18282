"""A sentence of one's own, translated by the machine in the terminal itself."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.speech import SpeechUnavailable
from app.domain.translation import PairNotSupported, Translation
from app.kiosk.face.parts import Face
from app.kiosk.face.phrases import speakers, who_asked

LONGEST = 300
"""Characters: what can be read on one screen."""


def add_routes(blueprint: Blueprint, face: Face) -> None:
    @blueprint.get("/vertaal/schrijven")
    def write() -> ResponseReturnValue:
        who, two = who_asked(), speakers(face)
        if two.other is None:
            return redirect(url_for("face.translate"), 303)
        return render_template(
            "kiosk/face/write.html", who=who, tongues=two.of(who), text="", error="", made=None, speaks=()
        )

    @blueprint.post("/vertaal/schrijven")
    def translate_text() -> ResponseReturnValue:
        """Answers with the page itself: what somebody typed stands in no address and no memory."""
        who, two = who_asked(), speakers(face)
        if two.other is None:
            return redirect(url_for("face.translate"), 303)
        says, hears = two.of(who)
        text = " ".join(request.form.get("text", "").split())
        made: Translation | None = None
        error = ""
        if not text:
            error = _("Schrijf eerst een zin.")
        elif len(text) > LONGEST:
            error = _("Deze tekst is te lang. Schrijf een kortere zin.")
        else:
            made, error = _translated(face, text, says.code, hears.code)
        page = render_template(
            "kiosk/face/write.html",
            who=who,
            tongues=(says, hears),
            text=text[: 2 * LONGEST],
            error=error,
            made=made,
            speaks=face.ports.voice.languages(),
        )
        return page, 422 if error else 200


def _translated(face: Face, text: str, source: str, target: str) -> tuple[Translation | None, str]:
    """What people wrote wins over the machine. Or why there is nothing."""
    written = face.ports.board().find(text, source, target)
    if written:
        return Translation(written, source, target, "phrase", "phrase board", fixture=False), ""
    try:
        made = face.ports.translator.translate(text, source, target)
    except (PairNotSupported, SpeechUnavailable, ValueError):
        return None, _("Vertalen lukt nu niet. Kies een zin uit de lijst.")
    if not made.text:
        return None, _("Dit vertalen wij niet goed genoeg. Schrijf het korter.")
    return made, ""
