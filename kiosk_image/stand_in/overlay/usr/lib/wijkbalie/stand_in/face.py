"""Stands in for the face where only the image is tried: one page of two colours that says when it has painted."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_PAGE = Path(__file__).with_name("page.html").read_bytes()


class Face(BaseHTTPRequestHandler):
    painted = False

    def do_GET(self) -> None:
        state = b'{"painted": true}' if Face.painted else b'{"painted": false}'
        self._answer(state if self.path == "/stand" else _PAGE)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        Face.painted = True
        self._answer(b"{}")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8180"))), Face).serve_forever()
