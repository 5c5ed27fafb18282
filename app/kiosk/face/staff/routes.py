"""Staff mode's pages. Everything but the code's own page is closed to who did not give the code."""

from datetime import datetime
from typing import cast

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.kiosk.device.host_code import NoCodeYet, WrongCode
from app.kiosk.face.staff import restarting, testing, words
from app.kiosk.face.staff.ports import Ports
from app.kiosk.face.staff.sessions import HostSession

COOKIE = "terminal_host"
OPEN_TO_ALL = frozenset({"staff.enter", "staff.try_code"})


def create_blueprint(ports: Ports) -> Blueprint:
    """Expects Babel, CSRFProtect and the accessible kit on the application."""
    blueprint = Blueprint("staff", __name__, url_prefix="/host")

    @blueprint.before_request
    def require_code() -> ResponseReturnValue | None:
        """Every address is closed unless OPEN_TO_ALL names it, so that none can be forgotten."""
        g.host = ports.sessions.find(request.cookies.get(COOKIE, ""), ports.clock())
        if g.host is None and request.endpoint not in OPEN_TO_ALL:
            return redirect(url_for("staff.enter"), 303)
        return None

    @blueprint.after_request
    def keep_nothing(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.context_processor
    def for_every_page() -> dict[str, object]:
        host = cast(HostSession | None, g.get("host"))
        if host is None:
            return {"host": None}
        left_s = int((host.until - ports.clock()).total_seconds())
        return {"host": host, "host_until": words.moment(host.until, "H.mm"), "host_left_s": left_s}

    @blueprint.get("")
    def enter() -> ResponseReturnValue:
        return render_template("kiosk/face/staff/home.html", **_home()) if g.host else _code_page("")

    @blueprint.post("")
    def try_code() -> ResponseReturnValue:
        now = ports.clock()
        try:
            ports.code.check(request.form.get("code", ""), now)
        except NoCodeYet:
            return _code_page(""), 422
        except WrongCode as wrong:
            ports.log.write("locked_out" if wrong.locked_until else "wrong_code", now)
            return _code_page(_refusal(wrong.locked_until)), 422
        ports.log.write("came_in", now)
        response = make_response(redirect(url_for("staff.enter"), 303))
        # Without an end of its own: the browser forgets it with everything else.
        response.set_cookie(COOKIE, ports.sessions.begin(now), path="/host", httponly=True, samesite="Strict")
        return response

    @blueprint.post("/langer")
    def stay_longer() -> ResponseReturnValue:
        if ports.sessions.stay_longer(request.cookies.get(COOKIE, ""), ports.clock()) is not None:
            ports.log.write("stayed_longer", ports.clock())
        return redirect(_back(), 303)

    @blueprint.post("/klaar")
    def go_out() -> ResponseReturnValue:
        ports.sessions.end()
        ports.log.write("went_out", ports.clock())
        return leave()

    @blueprint.get("/logboek")
    def logbook() -> str:
        days: dict[str, list[tuple[str, str]]] = {}
        for entry in ports.log.entries(ports.clock()):
            day = words.moment(entry.at, "EEEE d MMMM")
            days.setdefault(day, []).append((words.moment(entry.at, "H.mm"), words.deed(entry.what)))
        return render_template("kiosk/face/staff/logbook.html", days=days)

    def _home() -> dict[str, object]:
        return {"off": ports.off.until(ports.clock()) is not None, "waiting": ports.waiting()}

    def _code_page(error: str) -> str:
        return render_template("kiosk/face/staff/code.html", error=error, has_code=ports.code.is_set())

    testing.add_routes(blueprint, ports)
    restarting.add_routes(blueprint, ports)
    return blueprint


def leave() -> Response:
    response = make_response(redirect("/", 303))
    response.delete_cookie(COOKIE, path="/host", httponly=True, samesite="Strict")
    return response


def _refusal(locked_until: datetime | None) -> str:
    if locked_until is None:
        return str(_("Deze code klopt niet. Probeer het nog een keer."))
    return str(
        _("Te veel verkeerde codes. Probeer het weer om %(time)s.", time=words.moment(locked_until, "H.mm"))
    )


def _back() -> str:
    """The page of staff mode that the form stood on."""
    path = request.form.get("next", "")
    return (
        path if path.startswith("/host") and path.isascii() and "//" not in path else url_for("staff.enter")
    )
