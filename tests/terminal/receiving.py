"""The municipality's real server, which can lose a request to be called back, or the answer to it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

from app.storage.call_backs import StoredCallBacks
from tests.terminal_server import TerminalServer

Mood = Literal["answers", "loses the request", "loses the answer"]


class Municipality(TerminalServer):
    def __init__(self, data_dir: Path, database_url: str) -> None:
        super().__init__(data_dir, database_url)
        self.stored = StoredCallBacks(self.database)
        self.posts = 0
        self.mood: Mood = "answers"
        self.on_stored: Callable[[], None] = lambda: None
        """Called when a request is stored and its answer not sent yet."""
        self._served = self.app.wsgi_app
        self.app.wsgi_app = self._serve  # type: ignore[method-assign]

    def requests(self) -> list[dict[str, str]]:
        """What people asked, as an employee reads it."""
        return [
            {"name": each.wish.name, "phone": each.wish.phone, "subject": each.wish.subject}
            for each in self.stored.call_backs(1)
        ]

    def _serve(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/terminal/api/call-back":
            return self._served(environ, start)
        if self.mood == "loses the request":
            raise ConnectionResetError
        answer = self._served(environ, start)
        self.posts += 1
        self.on_stored()
        if self.mood == "loses the answer":
            raise ConnectionResetError
        return answer
