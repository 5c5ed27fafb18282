"""Call me back: one question on a screen, all answers seen once more, then handed to the outbox."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.accessible_ui.languages import current_locale
from app.domain.terminal_parts import CallBackRequest, CannotKeep
from app.kiosk.face.parts import Face

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Question:
    """choices: (value, text, icon); none: the answer is typed. clean: the answer as it is kept; raises Unfit."""

    id: str
    title: LazyString
    short: LazyString
    choices: tuple[tuple[str, LazyString, str], ...] = ()
    clean: Callable[[str], str] = str
    hint: LazyString | None = None
    kind: str = "text"


class Unfit(Exception):
    """An answer that we cannot use; args[0] says why, in the reader's language."""


def _clean_name(text: str) -> str:
    name = " ".join(text.split())
    if not any(letter.isalpha() for letter in name):
        raise Unfit(_("Vul uw naam in."))
    if len(name) > LONGEST_NAME:
        raise Unfit(_("Uw naam is te lang. Uw achternaam is genoeg."))
    return name


def _clean_phone(text: str) -> str:
    """Digits, at times with + before them. ٠ to ٩ count as well."""
    bare = re.sub(r"[\s\-().‎‏‪-‮]", "", text)
    plus, digits = bare.startswith("+"), bare.removeprefix("+")
    if not digits.isdecimal():
        raise Unfit(_("Vul uw nummer in met alleen cijfers."))
    digits = "".join(str(int(digit)) for digit in digits)
    if digits.startswith("00"):
        plus, digits = True, digits[2:]
    if plus and not 8 <= len(digits) <= 15:
        raise Unfit(_("Dit nummer klopt niet. Kijk nog eens goed."))
    if not plus and not (len(digits) == 10 and digits.startswith("0")):
        raise Unfit(_("Een nummer heeft 10 cijfers. Het begint met 0."))
    return ("+" if plus else "") + digits


QUESTIONS = (
    Question(
        "onderwerp",
        _l("Waar gaat het over?"),
        _l("Waarover"),
        (
            ("paspoort", _l("Paspoort of identiteitskaart"), "passport"),
            ("verhuizen", _l("Verhuizen"), "van"),
            ("geld", _l("Geld en hulp"), "coins"),
            ("afspraak", _l("Een afspraak maken"), "calendar"),
            ("anders", _l("Iets anders"), "speech"),
        ),
    ),
    Question(
        "naam",
        _l("Hoe heet u?"),
        _l("Uw naam"),
        clean=_clean_name,
        hint=_l("Uw achternaam is genoeg."),
    ),
    Question(
        "telefoon",
        _l("Op welk nummer bellen wij u?"),
        _l("Uw nummer"),
        clean=_clean_phone,
        hint=_l("Bijvoorbeeld 06 12 34 56 78."),
        kind="tel",
    ),
    Question(
        "wanneer",
        _l("Wanneer bellen wij u?"),
        _l("Wanneer"),
        (
            ("ochtend", _l("In de ochtend"), "clock"),
            ("middag", _l("In de middag"), "clock"),
            ("altijd", _l("Dat maakt niet uit"), "check"),
        ),
    ),
)
BY_ID = {question.id: question for question in QUESTIONS}
NAMES = [question.short for question in QUESTIONS]


def add_routes(blueprint: Blueprint, face: Face) -> None:
    @blueprint.get("/terugbellen")
    def call_back() -> ResponseReturnValue:
        return redirect(_next(face.visit().call_back), 303)

    @blueprint.get("/terugbellen/<question_id>")
    def question(question_id: str) -> ResponseReturnValue:
        asked = _question(question_id)
        answer = face.visit().call_back.get(asked.id, "")
        return _ask(asked, answer, "")

    @blueprint.post("/terugbellen/<question_id>")
    def answer(question_id: str) -> ResponseReturnValue:
        asked = _question(question_id)
        typed = request.form.get("answer", "")[:200]
        visit = face.visit()
        if asked.choices:
            if typed not in {value for value, _text, _icon in asked.choices}:
                return _ask(asked, "", _("Kies 1 antwoord."))
            visit.call_back[asked.id] = typed
        else:
            try:
                visit.call_back[asked.id] = asked.clean(typed)
            except Unfit as why:
                return _ask(asked, typed, str(why.args[0]))
        return redirect(_next(visit.call_back), 303)

    @blueprint.get("/terugbellen/overzicht")
    def overview() -> ResponseReturnValue:
        answers = face.visit().call_back
        if len(answers) < len(QUESTIONS):
            return redirect(_next(answers), 303)
        return render_template("kiosk/face/call_back_overview.html", answers=_readable(answers), failed=False)

    @blueprint.post("/terugbellen/overzicht")
    def send() -> ResponseReturnValue:
        visit = face.visit()
        answers = visit.call_back
        if len(answers) < len(QUESTIONS):  # sent already, by a finger that pressed twice
            return redirect(url_for("face.call_back_sent") if visit.deeds else _next(answers), 303)
        try:
            face.ports.call_backs.add(_request(answers), visit.call_back_id)
        except CannotKeep:
            page = render_template(
                "kiosk/face/call_back_overview.html", answers=_readable(answers), failed=True
            )
            return page, 503
        visit.forget_call_back()
        visit.deeds.append(
            _("U vroeg ons om u te bellen over: %(subject)s.", subject=_chosen("onderwerp", answers))
        )
        return redirect(url_for("face.call_back_sent"), 303)

    @blueprint.get("/terugbellen/klaar")
    def call_back_sent() -> ResponseReturnValue:
        if not face.visit().deeds:
            return redirect(url_for("face.choices"), 303)
        return render_template("kiosk/face/call_back_sent.html")


def _question(question_id: str) -> Question:
    return BY_ID.get(question_id) or abort(404)


def _next(answers: dict[str, str]) -> str:
    """The first question without an answer, else all answers."""
    for each in QUESTIONS:
        if each.id not in answers:
            return url_for("face.question", question_id=each.id)
    return url_for("face.overview")


def _ask(asked: Question, answer: str, error: str) -> ResponseReturnValue:
    number = QUESTIONS.index(asked) + 1
    before = QUESTIONS[number - 2].id if number > 1 else None
    page = render_template(
        "kiosk/face/call_back.html",
        asked=asked,
        answer=answer,
        error=error,
        number=number,
        names=NAMES,
        back_to=url_for("face.question", question_id=before) if before else url_for("face.choices"),
    )
    return page, 422 if error else 200


def _chosen(question_id: str, answers: dict[str, str]) -> str:
    return next(
        str(text) for value, text, _icon in BY_ID[question_id].choices if value == answers[question_id]
    )


def _readable(answers: dict[str, str]) -> list[tuple[Question, str]]:
    return [(each, _chosen(each.id, answers) if each.choices else answers[each.id]) for each in QUESTIONS]


def _request(answers: dict[str, str]) -> CallBackRequest:
    language = current_locale().code
    with force_locale("nl"):  # an employee reads it
        subject, wanted_at = _chosen("onderwerp", answers), _chosen("wanneer", answers)
    return CallBackRequest(answers["naam"], answers["telefoon"], language, subject, wanted_at)
