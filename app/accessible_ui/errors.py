"""What a person reads when something is wrong: one kind sentence and a way on. Machines get a code."""

import logging
from dataclasses import dataclass

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import HTTPException, InternalServerError

log = logging.getLogger("wijkbalie")


@dataclass(frozen=True, slots=True)
class Problem:
    """code: stable, for machines. title and text: for people."""

    code: str
    title: LazyString
    text: LazyString


PROBLEMS: dict[int, Problem] = {
    400: Problem(
        "bad_request",
        _l("Dat lukte niet"),
        _l("Wij begrijpen deze vraag niet. Ga terug en probeer het nog een keer."),
    ),
    403: Problem(
        "not_allowed", _l("U mag hier niet in"), _l("Deze pagina is voor iemand anders. Hulp nodig? Bel ons.")
    ),
    404: Problem(
        "not_found",
        _l("Deze pagina is er niet"),
        _l("Kijk of u het hele adres hebt. U kunt ook opnieuw beginnen."),
    ),
    405: Problem(
        "method_not_allowed", _l("Dat kan hier niet"), _l("Ga terug en probeer het op een andere manier.")
    ),
    413: Problem("too_large", _l("Dat is te groot"), _l("Wat u stuurt, is te groot. Stuur iets kleiners.")),
    429: Problem(
        "too_many",
        _l("Even wachten"),
        _l("U ging een beetje te snel. Wacht 1 minuut. Probeer het dan opnieuw."),
    ),
    500: Problem(
        "broken",
        _l("Er ging iets mis"),
        _l("Dat ligt aan ons, niet aan u. Probeer het zo nog een keer. Of bel ons."),
    ),
    503: Problem(
        "unavailable",
        _l("Het lukt nu even niet"),
        _l("Wij zijn ermee bezig. Probeer het over een paar minuten. Of bel ons."),
    ),
}


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(InternalServerError, _answer)


def _answer(error: Exception) -> Response:
    status = (error.code or 500) if isinstance(error, HTTPException) else 500
    if 300 <= status < 400 and isinstance(error, HTTPException):
        return make_response(error.get_response())
    # What we have no words for is told as its class: 4xx is a bad request, 5xx is ours.
    problem = PROBLEMS.get(status) or PROBLEMS[400 if status < 500 else 500]
    response = make_response(_body(problem, status), status)
    if isinstance(error, HTTPException):
        for name, value in error.get_response().headers:
            if name in ("Allow", "Retry-After", "WWW-Authenticate"):
                response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def _body(problem: Problem, status: int) -> Response | str:
    if _wants_json():
        return jsonify(code=problem.code, text=str(problem.text))
    try:
        return render_template("accessible_ui/page/problem.html", problem=problem, status=status)
    except Exception:
        # The database may be what is broken, and the page needs the municipality's name from it.
        log.exception("The error page itself failed")
        return render_template(
            "accessible_ui/page/bare_problem.html", problem=problem, again=gettext("Probeer opnieuw")
        )


def _wants_json() -> bool:
    accepted = request.accept_mimetypes
    return request.is_json or accepted["application/json"] > accepted["text/html"]
