"""Who came without an appointment: the line, and who takes the first."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, get_locale
from flask_babel import gettext as _

from app.desk import gate
from app.desk.ports import Ports
from app.domain.conversations import ConversationEnded, NotFound
from app.domain.queue import AlreadyTaken, WalkIn


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the list."""

    walk_in: WalkIn
    waited: str
    language: str


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.post("/gesprekken/<conversation_id>/opnemen")
    def take(conversation_id: str) -> ResponseReturnValue:
        """Of two employees who press at the same moment the database lets one."""
        try:
            ports.queue.take(conversation_id, gate.current().id)
        except NotFound:
            abort(404)
        except AlreadyTaken:
            flash(_("Een collega was u net voor."))
            return redirect(url_for("desk.today"), 303)
        except ConversationEnded:
            flash(_("Deze inwoner is net weggegaan."))
            return redirect(url_for("desk.today"), 303)
        return redirect(url_for("desk.console", conversation_id=conversation_id), 303)


def who_waits(ports: Ports, employee_id: int) -> list[Waiting]:
    now = ports.now()
    return [
        Waiting(
            each, format_timedelta(now - each.came_at, granularity="minute"), language_name(each.language)
        )
        for each in ports.queue.walk_ins(employee_id)
    ]


def language_name(code: str) -> str:
    """In the employee's own words, e.g. "Arabisch"."""
    locale = get_locale()
    return str(locale.languages.get(code, code)) if locale else code
