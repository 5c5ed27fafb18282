"""A small municipality that receives requests to be called back as the real one does: one entry for each id."""

import json
import threading
from base64 import b64decode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from nacl.public import PrivateKey, SealedBox

Mood = Literal["answers", "loses the answer", "loses the request", "refuses", "says nothing of receiving"]


class Municipality:
    def __init__(self) -> None:
        self.key = PrivateKey.generate()
        self.received: dict[str, bytes] = {}
        self.posts = 0
        self.mood: Mood = "answers"
        self.refusal = "bad_request"
        self.on_stored: Callable[[], None] = lambda: None
        """Called when a request is stored and its answer not sent yet."""
        self._lock = threading.Lock()
        municipality = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                municipality._receive(self)

            def log_message(self, *_arguments: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def public_key(self) -> bytes:
        return bytes(self.key.public_key)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Municipality":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def opened(self) -> list[dict[str, str]]:
        """What people asked, as the municipality reads it."""
        return [json.loads(SealedBox(self.key).decrypt(sealed)) for sealed in self.received.values()]

    def _receive(self, request: Any) -> None:
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        mood = self.mood
        if mood == "loses the request":
            return self._hang_up(request)
        if mood == "refuses":
            return self._answer(request, 403, {"code": self.refusal})
        with self._lock:
            self.posts += 1
            self.received.setdefault(body["id"], b64decode(body["sealed"]))
        self.on_stored()
        if mood == "loses the answer":
            return self._hang_up(request)
        return self._answer(request, 200, {"received": True} if mood == "answers" else {})

    @staticmethod
    def _hang_up(request: Any) -> None:
        request.close_connection = True

    @staticmethod
    def _answer(request: Any, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        try:
            request.send_response(status)
            request.send_header("Content-Type", "application/json")
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content)
        except OSError:
            request.close_connection = True  # whoever asked has lost its power
