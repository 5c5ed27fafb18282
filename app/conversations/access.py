"""Who this browser is: which links it opened, which employee signed in. Kept in the signed session cookie."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import current_app, request, session

from app.domain.conversations import Seat
from app.domain.people import Employee, Employees

KEPT_INVITATIONS = 20
"""The newest ones: a cookie holds 4 kB at most (RFC 6265, 6.1)."""


def grant_invitation(invitation_id: str) -> None:
    """This browser opened that person's link."""
    others = [kept for kept in _invitations() if kept != invitation_id]
    session["invitations"] = [*others, invitation_id][-KEPT_INVITATIONS:]


def withdraw_invitation(invitation_id: str) -> None:
    session["invitations"] = [kept for kept in _invitations() if kept != invitation_id]


def granted(invitation_id: str) -> bool:
    return invitation_id in _invitations()


def opened_invitations() -> list[str]:
    """Links opened in this browser and not withdrawn, newest first. They may have ended since."""
    return _invitations()[::-1]


def remember_employee(token: str) -> None:
    """After sign-in. Nothing but the links opened before stays: an old session must not gain rights."""
    invitations = _invitations()
    session.clear()
    session["invitations"] = invitations
    session["employee_token"] = token


def forget_employee() -> None:
    session.pop("employee_token", None)


def employee_token() -> str | None:
    token = session.get("employee_token")
    return token if isinstance(token, str) else None


def current_employee(employees: Employees) -> Employee | None:
    token = employee_token()
    return employees.employee_for_token(token, datetime.now(UTC)) if token else None


def terminal() -> dict[str, str] | None:
    """At which terminal this browser stands: its id, where its own pages are (face), the entry. None: at none."""
    kept = session.get("terminal")
    return kept if isinstance(kept, dict) and kept.keys() >= {"id", "face", "entry"} else None


def may_sit(seat: Seat, employees: Employees) -> bool:
    """Is this the browser of the person in that seat?"""
    if seat.invitation_id is not None:
        return granted(seat.invitation_id)
    employee = current_employee(employees)
    return employee is not None and employee.id == seat.employee_id


def from_this_site() -> bool:
    """Does Origin name us? Browsers always send it; a cookie alone lets other sites in (RFC 6455, 10.2)."""
    origin = urlsplit(request.headers.get("Origin", ""))
    if origin.scheme not in ("http", "https") or not origin.netloc:
        return False
    own = urlsplit(current_app.config.get("BASE_URL") or "")
    return origin.netloc == request.host or (origin.scheme, origin.netloc) == (own.scheme, own.netloc)


def _invitations() -> list[str]:
    kept = session.get("invitations")
    return [each for each in kept if isinstance(each, str)] if isinstance(kept, list) else []
