"""Sign in and out."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from flask_babel import gettext as _

from app.conversations.access import employee_token, forget_employee, remember_employee
from app.desk.gate import find_employee, own_page
from app.desk.new_links import forget_new_links
from app.desk.ports import Ports
from app.domain.people import SignInRefused


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.route("/inloggen", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        onwards = own_page(request.args.get("next")) or url_for("desk.today")
        if request.method == "GET":
            return redirect(onwards, 303) if find_employee(ports) else _page({})
        user_name, password = request.form.get("user_name", ""), request.form.get("password", "")
        errors = _missing(user_name, password)
        if errors:
            return _page(errors, user_name), 422
        try:
            signed_in = ports.staff.sign_in(user_name, password, ports.now())
        except SignInRefused as refusal:
            return _page({"user_name": _refusal(refusal)}, user_name), 422
        _drop_session(ports)
        remember_employee(signed_in.token)
        return redirect(onwards, 303)

    @blueprint.post("/uitloggen")
    def sign_out() -> ResponseReturnValue:
        _drop_session(ports)
        flash(_("U bent uitgelogd."))
        return redirect(url_for("desk.sign_in"), 303)


def _drop_session(ports: Ports) -> None:
    """Whoever sat at this browser before: their session and their links go."""
    token = employee_token()
    if token is not None:
        ports.staff.sign_out(token)
    forget_employee()
    forget_new_links()
    session.pop("csrf_token", None)


def _missing(user_name: str, password: str) -> dict[str, str]:
    errors = {}
    if not user_name.strip():
        errors["user_name"] = _("Vul uw gebruikersnaam in.")
    if not password:
        errors["password"] = _("Vul uw wachtwoord in.")
    return errors


def _refusal(refusal: SignInRefused) -> str:
    """The same words for an unknown name and for a wrong password."""
    if refusal.locked_until is None:
        return str(_("Deze naam en dit wachtwoord horen niet bij elkaar. Probeer het nog een keer."))
    opens = format_time(refusal.locked_until, "HH:mm")
    return str(_("U probeerde het te vaak. Probeer het weer om %(time)s.", time=opens))


def _page(errors: dict[str, str], user_name: str = "") -> str:
    return render_template("desk/sign_in.html", errors=errors, user_name=user_name[:120])
