"""Somebody who stands at a terminal, without the way in."""

from datetime import UTC, datetime
from secrets import token_bytes

from app.domain.terminals import TerminalProfile
from app.storage.database import Database
from app.storage.queue import StoredQueue
from app.storage.terminals import StoredTerminals


def an_entry(database: Database, face: str = "http://127.0.0.1:8180") -> dict[str, str]:
    """What the session of a terminal's browser holds. The entry is real and open."""
    now = datetime.now(UTC)
    terminals = StoredTerminals(database)
    profile = TerminalProfile("Bibliotheek", {}, None, ("nl",), printer=False)
    code = terminals.begin_enrolment(token_bytes(32), now)
    terminal = terminals.confirm_enrolment(code, profile, 1, now)
    queue = StoredQueue(database)
    entry = queue.use_entry(queue.begin_walk_in(terminal.id, "nl").token)
    return {"id": terminal.id, "face": face, "entry": entry.id}
