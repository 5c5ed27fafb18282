"""Nobody gets past here without signing in, and nobody sees another municipality's talks."""

import re
from typing import cast

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.conversations.access import employee_token
from app.desk.ports import Ports
from app.domain.conversations import Conversation, NotFound
from app.domain.people import Employee

OPEN_TO_ALL = frozenset({"desk.sign_in", "desk.sign_out"})
_OWN_PAGE = re.compile(r"/desk/[A-Za-z0-9/_-]*")


def guard(blueprint: Blueprint, ports: Ports) -> None:
    """Every address of the desk is closed unless OPEN_TO_ALL names it, so that none can be forgotten."""

    @blueprint.before_request
    def require_employee() -> ResponseReturnValue | None:
        if request.endpoint in OPEN_TO_ALL:
            return None
        employee = find_employee(ports, counts_as_use=not refreshes_itself())
        if employee is None:
            return _to_sign_in()
        g.employee = employee
        return None


def find_employee(ports: Ports, *, counts_as_use: bool = True) -> Employee | None:
    token = employee_token()
    if token is None:
        return None
    return ports.staff.employee_for_token(token, ports.now(), counts_as_use=counts_as_use)


def refreshes_itself() -> bool:
    """htmx asks, not a person: such a question must not keep a session alive."""
    return request.method == "GET" and "HX-Request" in request.headers


def _to_sign_in() -> ResponseReturnValue:
    back = own_page(request.path) if request.method == "GET" else None
    address = url_for("desk.sign_in", next=back)
    return (
        Response(headers={"HX-Redirect": address})
        if "HX-Request" in request.headers
        else redirect(address, 303)
    )


def own_page(path: str | None) -> str | None:
    """The path if it is a page of the desk, else None: a link to us must not lead elsewhere (CWE-601)."""
    return path if path and _OWN_PAGE.fullmatch(path) and "//" not in path else None


def current() -> Employee:
    return cast(Employee, g.employee)


def own_conversation(ports: Ports, conversation_id: str) -> Conversation:
    """404 when there is none, or when it is another municipality's: the answer is the same.

    Also while it is nobody's: a walk-in is taken first, in app.desk.walk_ins.
    """
    try:
        conversation = ports.conversations.conversation(conversation_id)
    except NotFound:
        abort(404)
    if conversation.municipality_id != current().municipality_id or conversation.lead_employee_id is None:
        abort(404)
    return conversation
