"""Camera, sound, network and printer, tested by a host: look, answer yes or no, and it is in the logbook."""

from typing import Final

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accessible_ui.languages import current_locale
from app.domain.local_time import local_day
from app.kiosk.device.printing import CannotPrint
from app.kiosk.device.staff_log import Deed
from app.kiosk.face.staff import words
from app.kiosk.face.staff.ports import Ports

PARTS: Final = ("camera", "geluid", "netwerk", "printer")
_JUDGED: dict[tuple[str, str], Deed] = {
    ("camera", "goed"): "camera_good",
    ("camera", "fout"): "camera_bad",
    ("geluid", "goed"): "sound_good",
    ("geluid", "fout"): "sound_bad",
    ("printer", "goed"): "printer_good",
    ("printer", "fout"): "printer_bad",
}
_TOLD: dict[str, tuple[str, bool]] = {
    "camera_good": ("camera", True),
    "camera_bad": ("camera", False),
    "sound_good": ("geluid", True),
    "sound_bad": ("geluid", False),
    "network_good": ("netwerk", True),
    "network_bad": ("netwerk", False),
    "printer_good": ("printer", True),
    "printer_bad": ("printer", False),
    "page_not_printed": ("printer", False),
}


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.get("/test")
    def tests() -> str:
        return render_template("kiosk/face/staff/tests.html", told=_told_today(ports))

    @blueprint.get("/test/<part>")
    def test(part: str) -> str:
        if part not in PARTS:
            abort(404)
        state = ports.printer.state() if part == "printer" else ""
        return _page(part, state=state, state_words=words.printer(state))

    @blueprint.post("/test/<part>")
    def judge(part: str) -> ResponseReturnValue:
        what = _JUDGED.get((part, request.form.get("answer", "")))
        if what is None:
            abort(404 if part not in PARTS else 400)
        ports.log.write(what, ports.clock())
        return redirect(url_for("staff.tests"), 303)

    @blueprint.post("/test/netwerk/nu")
    def test_network() -> str:
        found = ports.network()
        ports.log.write("network_good" if found.good else "network_bad", ports.clock())
        lines = [
            (not found.municipality, words.municipality_found(found)),
            (found.relay, words.relay_found(found)),
        ]
        if found.clock_off_s:
            lines.append((False, str(_("De klok van de zuil loopt verkeerd."))))
        return _page("netwerk", lines=lines)

    @blueprint.post("/test/printer/nu")
    def test_printer() -> str:
        now = ports.clock()
        lines = (
            str(_("Dit is een testbon.")),
            words.moment(now, "d MMMM y, H.mm"),
            str(_("Kunt u dit goed lezen? Dan werkt de printer.")),
        )
        problem = ""
        try:
            ports.printer.print_receipt(lines, current_locale().code, str(_("Testbon")))
        except CannotPrint as cannot:
            problem = words.printer(cannot.code)
        ports.log.write("page_not_printed" if problem else "page_printed", now)
        return _page("printer", state="ready", printed=not problem, problem=problem)


def _page(part: str, **known: object) -> str:
    return render_template(f"kiosk/face/staff/test_{part}.html", part=part, **known)


def _told_today(ports: Ports) -> dict[str, tuple[bool, str]]:
    """Of each part its last test today: good or not, and when."""
    now = ports.clock()
    told: dict[str, tuple[bool, str]] = {}
    for entry in ports.log.entries(now):
        if entry.what in _TOLD and local_day(entry.at) == local_day(now):
            part, good = _TOLD[entry.what]
            told.setdefault(part, (good, words.moment(entry.at, "H.mm")))
    return told
