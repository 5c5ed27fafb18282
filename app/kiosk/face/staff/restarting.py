"""Restarting and switching off. The agent does it; what a host asked for is in the logbook either way."""

from collections.abc import Callable

from flask import Blueprint, abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.kiosk.device.agent_client import AgentDown, AgentRefused
from app.kiosk.device.off_today import next_opening
from app.kiosk.device.staff_log import Deed
from app.kiosk.face.staff import words
from app.kiosk.face.staff.ports import Ports


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.get("/herstart")
    def restart() -> str:
        return _restart_page()

    @blueprint.post("/herstart/<what>")
    def restart_now(what: str) -> ResponseReturnValue:
        orders: dict[str, tuple[Callable[[], None], Deed]] = {
            "scherm": (ports.agent.restart_browser, "browser_restarted"),
            "zuil": (ports.agent.restart_machine, "machine_restarted"),
        }
        if what not in orders:
            abort(404)
        order, deed = orders[what]
        problem = _done(order)
        ports.log.write("restart_failed" if problem else deed, ports.clock())
        if problem:
            return _restart_page(words.agent_problem(problem)), 503
        ports.sessions.end()
        g.host = None
        return render_template("kiosk/face/staff/restarting.html")

    @blueprint.get("/vandaag-uit")
    def off_today() -> str:
        return _off_page()

    @blueprint.post("/vandaag-uit")
    def switch_off() -> ResponseReturnValue:
        if _in_talk(ports):
            return _off_page(words.agent_problem("in_talk")), 503
        # First what survives a lost power, then the power itself.
        until = ports.off.switch_off(ports.opening_hours(), ports.clock())
        ports.log.write("switched_off", ports.clock())
        ports.sessions.end()
        _done(lambda: ports.agent.switch_off(until))  # without an agent the screen alone says that it is off
        return redirect("/", 303)

    @blueprint.post("/aan")
    def switch_on() -> ResponseReturnValue:
        ports.off.switch_on()
        ports.log.write("switched_on", ports.clock())
        return redirect(url_for("staff.enter"), 303)

    def _restart_page(problem: str = "") -> str:
        return render_template("kiosk/face/staff/restart.html", problem=problem)

    def _off_page(problem: str = "") -> str:
        back_on = next_opening(ports.opening_hours(), ports.clock())
        return render_template(
            "kiosk/face/staff/off_today.html",
            problem=problem,
            off=ports.off.until(ports.clock()) is not None,
            back_on=words.moment(back_on, "EEEE d MMMM, H.mm"),
        )


def _done(order: Callable[[], None]) -> str:
    """Empty when the agent does it, else why not."""
    try:
        order()
    except AgentDown:
        return "down"
    except AgentRefused as refused:
        return refused.code
    return ""


def _in_talk(ports: Ports) -> bool:
    try:
        return bool(ports.agent.state().get("in_talk"))
    except (AgentDown, AgentRefused):
        return False
