"""Links and short codes just made, so that the employee can hand them over. They cannot be read back from the database.

Kept in the employee's own signed cookie for ten minutes: the page can be loaded again, and another invitation
does not take the first link away.
"""

import time
from typing import Any

from flask import session

from app.domain.conversations import NewLink

SHOWN_S = 600
_MOST = 8
"""About 80 bytes each in a cookie of 4 kB."""


def keep_new_link(link: NewLink) -> None:
    kept = [each for each in _kept() if each[0] != link.invitation.id]
    session["new_links"] = [*kept, [link.invitation.id, link.token, int(time.time())]][-_MOST:]


def new_links() -> dict[str, str]:
    """Invitation → token, of those that may still be shown."""
    kept = _kept()
    if kept != session.get("new_links", []):
        session["new_links"] = kept
    return {invitation_id: token for invitation_id, token, _ in kept}


def keep_new_code(invitation_id: str, code: str) -> None:
    kept = [each for each in _kept("new_codes") if each[0] != invitation_id]
    session["new_codes"] = [*kept, [invitation_id, code, int(time.time())]][-_MOST:]


def new_codes() -> dict[str, str]:
    """Invitation → short code, of those that may still be shown."""
    return {invitation_id: code for invitation_id, code, _ in _kept("new_codes")}


def forget_new_links() -> None:
    session.pop("new_links", None)
    session.pop("new_codes", None)


def _kept(name: str = "new_links") -> list[list[Any]]:
    earliest = time.time() - SHOWN_S
    return [each for each in session.get(name, []) if each[2] > earliest]
