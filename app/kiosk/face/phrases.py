"""Two people without a common language: sentences to show and to hear, in both directions, without a line."""

from dataclasses import dataclass
from typing import Literal

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accessible_ui.languages import current_locale
from app.accessible_ui.phrase_board.view import BoardView, Tongue, view_board
from app.domain.phrases import LANGUAGES, By
from app.domain.speech import SpeechUnavailable
from app.kiosk.face.parts import Face

AT_ONCE = 5

Who = Literal["ik", "ander"]
"""Who says it: the citizen, or whoever helps."""


_WHO: dict[str, Who] = {"ik": "ik", "ander": "ander"}


@dataclass(frozen=True, slots=True)
class Speakers:
    """Languages of the two; other is empty as long as nobody chose."""

    mine: Tongue
    other: Tongue | None

    def of(self, who: Who) -> tuple[Tongue, Tongue]:
        """Who says it and who hears it."""
        assert self.other is not None
        return (self.mine, self.other) if who == "ik" else (self.other, self.mine)


def speakers(face: Face) -> Speakers:
    visit = face.visit()
    mine = visit.mine or current_locale().code
    other = visit.other or ("" if mine == "nl" else "nl")
    return Speakers(Tongue(mine), Tongue(other) if other and other != mine else None)


def who_asked() -> Who:
    """Aborts with 404 for anybody else."""
    who = _WHO.get(request.values.get("wie", "ik"))
    return who or abort(404)


def add_routes(blueprint: Blueprint, face: Face) -> None:
    @blueprint.get("/vertaal")
    def translate() -> ResponseReturnValue:
        two = speakers(face)
        if two.other is None:
            return redirect(url_for("face.tongue", who="ander"), 303)
        pairs = {(pair.source, pair.target) for pair in face.ports.translator.pairs()}
        return render_template(
            "kiosk/face/translate.html", two=two, types=(two.mine.code, two.other.code) in pairs
        )

    @blueprint.get("/vertaal/taal/<any(ik,ander):who>")
    def tongue(who: Who) -> str:
        two = speakers(face)
        there = two.mine if who == "ik" else two.other
        return render_template(
            "kiosk/face/tongue.html",
            who=who,
            there=there,
            tongues=[Tongue(code) for code in LANGUAGES if who == "ik" or code != two.mine.code],
        )

    @blueprint.post("/vertaal/taal/<any(ik,ander):who>")
    def choose_tongue(who: Who) -> ResponseReturnValue:
        code = request.form.get("tongue", "")
        if code not in LANGUAGES:
            abort(400)
        visit = face.visit()
        if who == "ik":
            visit.mine = code
        else:
            visit.other = code
        return redirect(url_for("face.translate"), 303)

    @blueprint.get("/vertaal/zinnen")
    def sentences() -> ResponseReturnValue:
        """over: a subject's id, or "alles" for the list of them; deel: which five."""
        who, over = who_asked(), request.args.get("over", "")
        view = _view(face, who)
        if view is None:
            return redirect(url_for("face.translate"), 303)
        if not over and not view.quick:
            over = "alles"
        subject = view.subject(over)
        if over not in ("", "alles") and subject is None:
            abort(404)
        items = view.subjects if over == "alles" else subject.lines if subject else view.quick
        number, last = _part(len(items))
        return render_template(
            "kiosk/face/sentences.html",
            who=who,
            view=view,
            over=over,
            subject=subject,
            items=items[(number - 1) * AT_ONCE : number * AT_ONCE],
            number=number,
            last=last,
        )

    @blueprint.get("/vertaal/zin/<phrase_id>")
    def sentence(phrase_id: str) -> ResponseReturnValue:
        who, two = who_asked(), speakers(face)
        phrase = face.ports.board().phrase(phrase_id)
        if phrase is None:
            abort(404)
        if two.other is None:
            return redirect(url_for("face.translate"), 303)
        says, hears = two.of(who)
        voices = _voices(face)
        return render_template(
            "kiosk/face/sentence.html",
            phrase=phrase,
            who=who,
            shown=[
                (tongue, phrase.text[tongue.code], tongue.code in voices)
                for tongue in (hears, says)
                if tongue.code in phrase.text
            ],
        )


def _voices(face: Face) -> frozenset[str]:
    try:
        return face.ports.voice.languages()
    except SpeechUnavailable:
        return frozenset()


def _view(face: Face, who: Who) -> BoardView | None:
    two = speakers(face)
    if two.other is None:
        return None
    says, hears = two.of(who)
    by: By = "citizen" if who == "ik" else "employee"
    return view_board(face.ports.board(), by, says.code, hears.code, _voices(face))


def _part(count: int) -> tuple[int, int]:
    last = max(1, -(-count // AT_ONCE))
    text = request.args.get("deel", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= number <= last:
        abort(404)
    return number, last
