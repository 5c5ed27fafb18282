"""A manager's pages for the terminals: how each one is, putting one in use, its settings, taking it out of use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk import gate
from app.desk.ports import Ports
from app.domain.languages import OWN_NAMES
from app.domain.queue import let_go
from app.domain.terminals import (
    CODE_LENGTH,
    DAYS,
    SILENT_AFTER,
    CodeExpired,
    CodeLocked,
    CodeUsed,
    CodeWrong,
    Terminal,
    TerminalProfile,
    hours_of_day,
    opened_at,
)

LANGUAGES = ("nl", "en", "ar")
"""Those that the terminal's own pages are written in."""
LONGEST_LOCATION = 80
LONGEST_HOURS = 60

State = Literal["well", "trouble", "silent", "off", "closed", "new", "revoked"]


@dataclass(frozen=True, slots=True)
class Line:
    """One terminal as the list shows it. troubles: sentences, most urgent first."""

    terminal: Terminal
    state: State
    troubles: tuple[str, ...]


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.before_request
    def terminals_are_for_managers() -> ResponseReturnValue | None:
        if not (request.endpoint or "").startswith("desk.terminals"):
            return None
        if gate.current().role != "manager":
            return render_template("desk/refused.html", problem="manager"), 403
        return None

    @blueprint.get("/terminals")
    def terminals() -> ResponseReturnValue:
        return _list(ports, {}, {})

    @blueprint.post("/terminals")
    def terminals_enrol() -> ResponseReturnValue:
        """The code stands on the terminal's own screen."""
        location = request.form.get("location", "").strip()
        errors = _location_errors(location)
        if errors:
            return _list(ports, errors, request.form), 422
        profile = TerminalProfile(location, {}, None, LANGUAGES, printer=False)
        try:
            terminal = ports.terminals.confirm_enrolment(
                request.form.get("code", ""), profile, gate.current().id, ports.now()
            )
        except (CodeWrong, CodeExpired, CodeUsed) as refused:
            return _list(ports, {"code": _code_sentence(refused)}, request.form), 422
        flash(_("De terminal is nu van u. Kies hieronder hoe hij werkt."))
        return redirect(url_for("desk.terminals_one", terminal_id=terminal.id), 303)

    @blueprint.get("/terminals/<terminal_id>")
    def terminals_one(terminal_id: str) -> ResponseReturnValue:
        terminal = _own(ports, terminal_id)
        return _settings(ports, terminal, {}, _written(terminal.profile))

    @blueprint.post("/terminals/<terminal_id>")
    def terminals_save(terminal_id: str) -> ResponseReturnValue:
        terminal = _own(ports, terminal_id)
        if terminal.state == "revoked":
            abort(404)
        profile, errors = _read(ports, request.form)
        if errors:
            return _settings(ports, terminal, errors, request.form.to_dict()), 422
        ports.terminals.save_profile(terminal.id, profile)
        flash(_("Wij hebben dit bewaard. De terminal weet het binnen een paar minuten."))
        return redirect(url_for("desk.terminals_one", terminal_id=terminal.id), 303)

    @blueprint.post("/terminals/<terminal_id>/host-code")
    def terminals_host_code(terminal_id: str) -> ResponseReturnValue:
        """Shown once, on this answer; who loads it again makes another."""
        terminal = _own(ports, terminal_id)
        if terminal.state == "revoked":
            abort(404)
        code = ports.terminals.new_host_code(terminal.id, ports.now())
        terminal = _own(ports, terminal_id)
        return _settings(ports, terminal, {}, _written(terminal.profile), host_code=code)

    @blueprint.post("/terminals/<terminal_id>/intrekken")
    def terminals_revoke(terminal_id: str) -> ResponseReturnValue:
        terminal = _own(ports, terminal_id)
        ports.terminals.revoke(terminal.id, ports.now())
        let_go(ports.queue, ports.hub, terminal.id)
        flash(_("Deze terminal kan nu niets meer. Wilt u hem weer gebruiken? Dan is een nieuwe code nodig."))
        return redirect(url_for("desk.terminals"), 303)


def _own(ports: Ports, terminal_id: str) -> Terminal:
    """404 when there is none, or when it is another municipality's: the answer is the same."""
    own = {
        terminal.id: terminal for terminal in ports.terminals.all_terminals(gate.current().municipality_id)
    }
    if terminal_id not in own:
        abort(404)
    return own[terminal_id]


def _list(ports: Ports, errors: Mapping[str, str], written: Mapping[str, str]) -> str:
    now = ports.now()
    found = ports.terminals.all_terminals(gate.current().municipality_id)
    page: str = render_template(
        "desk/terminals.html",
        lines=[line_of(terminal, now) for terminal in found],
        errors=errors,
        written=written,
        code_length=CODE_LENGTH,
        longest_location=LONGEST_LOCATION,
    )
    return page


def _settings(
    ports: Ports,
    terminal: Terminal,
    errors: Mapping[str, str],
    written: Mapping[str, str],
    host_code: str = "",
) -> str:
    page: str = render_template(
        "desk/terminal.html",
        line=line_of(terminal, ports.now()),
        errors=errors,
        written=written,
        teams=ports.staff.teams(gate.current().municipality_id),
        days=list(zip(DAYS, _day_names(), strict=True)),
        tongues=[(code, OWN_NAMES[code]) for code in LANGUAGES],
        longest_location=LONGEST_LOCATION,
        longest_hours=LONGEST_HOURS,
        host_code=host_code,
    )
    return page


def line_of(terminal: Terminal, now: datetime) -> Line:
    troubles = _troubles(terminal)
    heard = terminal.heartbeat
    if terminal.state == "revoked":
        return Line(terminal, "revoked", ())
    if heard is None:
        return Line(terminal, "new", ())
    if heard.is_off(now):
        return Line(terminal, "off", ())
    if now - heard.at >= SILENT_AFTER:
        return Line(terminal, "silent" if opened_at(terminal.profile.opening_hours, now) else "closed", ())
    return Line(terminal, "trouble" if troubles else "well", troubles)


def _troubles(terminal: Terminal) -> tuple[str, ...]:
    heard, test = terminal.heartbeat, terminal.self_test
    found = []
    if heard and not heard.camera:
        found.append(_("Er is geen camera."))
    if heard and not heard.sound:
        found.append(_("Er is geen geluid."))
    if heard and heard.last_good_paint_at is None:
        found.append(_("Het scherm heeft nog niets getoond."))
    if heard and abs(heard.clock_skew_s) > 60:
        found.append(_("De klok loopt niet gelijk."))
    if test and test.failed:
        found.append(_("De laatste zelftest is niet gelukt."))
    elif test and not (test.picture and test.sound):
        found.append(_("De laatste zelftest gaf geen goed beeld of geluid."))
    return tuple(found)


def _code_sentence(refused: Exception) -> str:
    if isinstance(refused, CodeLocked):
        return str(_("Er waren te veel verkeerde codes. Probeer het over 15 minuten weer."))
    if isinstance(refused, CodeExpired):
        return str(_("Deze code is te oud. Kijk op het scherm van de terminal: daar staat een nieuwe."))
    if isinstance(refused, CodeUsed):
        return str(_("Deze code is al gebruikt. Kijk of de terminal al in de lijst staat."))
    return str(_("Deze code klopt niet. Kijk nog eens op het scherm van de terminal."))


def _location_errors(location: str) -> dict[str, str]:
    if not location:
        return {"location": str(_("Vul in waar de terminal staat."))}
    if len(location) > LONGEST_LOCATION:
        return {
            "location": str(
                _("Dit is te lang. Gebruik niet meer dan %(most)s letters.", most=LONGEST_LOCATION)
            )
        }
    return {}


def _read(ports: Ports, form: Mapping[str, str]) -> tuple[TerminalProfile, dict[str, str]]:
    """The profile as filled in, and what is wrong with it by field."""
    location = form.get("location", "").strip()
    errors = _location_errors(location)
    hours = {day: " ".join(form.get(f"hours_{day}", "").split()) for day in DAYS}
    for day, text in hours.items():
        try:
            if len(text) > LONGEST_HOURS:
                raise ValueError
            hours_of_day(text)
        except ValueError:
            errors[f"hours_{day}"] = str(_("Schrijf de uren zo: 09:00-12:30 13:00-17:00."))
    teams = {str(number) for number, _name in ports.staff.teams(gate.current().municipality_id)}
    team = form.get("team", "")
    if team and team not in teams:
        errors["team"] = str(_("Kies 1 van deze."))
    kind = form.get("kind", "")
    if kind not in ("terminal", "tablet"):
        errors["kind"] = str(_("Kies 1 van deze."))
    languages = tuple(code for code in LANGUAGES if form.get(f"language_{code}"))
    if not languages:
        errors["language_nl"] = str(_("Kies minstens 1 taal."))
    profile = TerminalProfile(
        location=location,
        opening_hours={day: text for day, text in hours.items() if text},
        team_id=int(team) if team in teams else None,
        languages=languages,
        printer=bool(form.get("printer")),
        kind=cast(Literal["terminal", "tablet"], kind),
        lower_half=bool(form.get("lower_half")),
    )
    return profile, errors


def _written(profile: TerminalProfile) -> dict[str, str]:
    """As the form would send it."""
    return {
        "location": profile.location,
        "kind": profile.kind,
        "team": str(profile.team_id or ""),
        **{f"hours_{day}": text for day, text in profile.opening_hours.items()},
        **{f"language_{code}": "on" for code in profile.languages},
        **({"printer": "on"} if profile.printer else {}),
        **({"lower_half": "on"} if profile.lower_half else {}),
    }


def _day_names() -> tuple[str, ...]:
    return (
        _("Maandag"), _("Dinsdag"), _("Woensdag"), _("Donderdag"), _("Vrijdag"), _("Zaterdag"), _("Zondag"),
    )  # fmt: skip
