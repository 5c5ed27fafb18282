"""A manager's page for the municipality's own words: phrases, terms, and names that captions must know."""

from collections.abc import Mapping
from typing import cast

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from app.desk import gate
from app.desk.names import service_name
from app.desk.ports import Ports
from app.domain.languages import direction
from app.domain.phrases import LANGUAGES, NAMES, By, Subject
from app.domain.phrases.board import OWN
from app.domain.words import LONGEST_PHRASE, LONGEST_WORD, UnfitWord, WordKeeping

_KINDS = ("zinnen", "termen", "namen")


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.before_request
    def only_managers() -> ResponseReturnValue | None:
        if not (request.endpoint or "").startswith("desk.words"):
            return None
        employee = gate.current()
        if employee.role != "manager":
            return render_template("desk/refused.html", problem="manager"), 403
        if employee.municipality_id != ports.staff.municipality().id:
            abort(404)  # this installation's words are another municipality's
        return None

    @blueprint.get("/woorden")
    def words() -> ResponseReturnValue:
        return _page(ports, {}, {})

    @blueprint.post("/woorden/<kind>")
    def words_add(kind: str) -> ResponseReturnValue:
        if kind not in _KINDS:
            abort(404)
        try:
            _add(ports.words, kind, request.form)
        except UnfitWord as unfit:
            field = _field_of(kind, unfit)
            return _page(ports, {field: _sentence(unfit)}, _written(request.form)), 422
        flash(_("Wij hebben dit bewaard."))
        return redirect(url_for("desk.words", _anchor=kind), 303)

    @blueprint.post("/woorden/<kind>/<word_id>/weg")
    def words_remove(kind: str, word_id: str) -> ResponseReturnValue:
        if kind not in _KINDS or not (word_id.isascii() and word_id.isdigit()) or len(word_id) > 10:
            abort(404)
        remove = {
            "zinnen": ports.words.remove_phrase,
            "termen": ports.words.remove_term,
            "namen": ports.words.remove_vocabulary_word,
        }[kind]
        remove(int(word_id))
        flash(_("Wij hebben dit weggehaald."))
        return redirect(url_for("desk.words", _anchor=kind), 303)


def _add(words: WordKeeping, kind: str, form: Mapping[str, str]) -> None:
    """Raises UnfitWord."""
    if kind == "zinnen":
        texts = {language: form.get(f"text_{language}", "") for language in LANGUAGES}
        words.add_phrase(cast(By, form.get("said_by", "")), form.get("subject", ""), texts)
    elif kind == "termen":
        words.add_term(
            form.get("source", ""), form.get("term", ""), form.get("target", ""), form.get("translation", "")
        )
    else:
        service_type = form.get("service_type", "")
        if service_type and not (
            service_type.isascii() and service_type.isdigit() and len(service_type) < 10
        ):
            raise UnfitWord("unknown", "service_type")
        words.add_vocabulary_word(form.get("name", ""), int(service_type) if service_type else None)


def _field_of(kind: str, unfit: UnfitWord) -> str:
    """The id of the field on the page that the reason is about."""
    return {
        "zinnen": {"by": "said_by"},
        "termen": {"word": "term"},
        "namen": {"word": "name"},
    }[kind].get(unfit.field, unfit.field.replace("text.", "text_"))


def _sentence(unfit: UnfitWord) -> str:
    longest = LONGEST_PHRASE if unfit.field.startswith("text.") else LONGEST_WORD
    sentences = {
        "empty": _("Vul hier iets in."),
        "long": _("Dit is te lang. Gebruik niet meer dan %(most)s letters.", most=longest),
        "unknown": _("Kies 1 van deze."),
        "twice": _("Dit staat er al."),
        "many": _("De lijst is vol. Haal eerst iets weg."),
    }
    return str(sentences[unfit.reason])


def _written(form: Mapping[str, str]) -> dict[str, str]:
    """What was filled in comes back, but no book."""
    return {field: text[: 2 * LONGEST_PHRASE] for field, text in form.items()}


def _page(ports: Ports, errors: Mapping[str, str], written: Mapping[str, str]) -> str:
    service_types = ports.conversations.service_types(gate.current().municipality_id)
    board = ports.words.board()
    page: str = render_template(
        "desk/words.html",
        errors=errors,
        written=written,
        phrases=ports.words.own_phrases(),
        terms=ports.words.own_terms(),
        names=ports.words.vocabulary_words(),
        services={each.id: service_name(each) for each in service_types},
        subjects=[(each.id, subject_name(each)) for each in board.subjects if each is not OWN]
        + [(OWN.id, subject_name(OWN))],
        board_languages=[(language, NAMES[language], direction(language)) for language in LANGUAGES],
        tongues=list(NAMES.items()),
        said_by={"employee": _("De medewerker"), "citizen": _("De inwoner"), "both": _("Allebei")},
        longest_phrase=LONGEST_PHRASE,
        longest_word=LONGEST_WORD,
    )
    return page


def subject_name(subject: Subject) -> str:
    locale = get_locale()
    return subject.names.get(str(locale.language) if locale else "nl") or subject.names["nl"]
