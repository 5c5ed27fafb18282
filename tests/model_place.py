"""A web server on this machine that gives model files, and does what bad servers and bad lines do."""

import hashlib
import io
import json
import re
import threading
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from app.speech.models import Model


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


class Place(ThreadingHTTPServer):
    """Gives /NAME from `files`, in ranges when asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.files: dict[str, bytes] = {}
        self.breaks: dict[str, list[int]] = defaultdict(list)
        """For the next requests: break off after so many bytes."""
        self.lying: set[str] = set()
        """Half of these, with a Content-Length that fits the half."""
        self.without_length: set[str] = set()
        self.without_ranges = False
        self.without_tags = False
        self.careless = False
        """Sends the range that is asked for, also when If-Range says that the file must still be the same."""
        self.then: dict[str, bytes] = {}
        """What the file is after the first request for it."""
        self.asked: list[str] = []
        self.ranges: list[str | None] = []
        self.conditions: list[str | None] = []
        self.before_answer: Callable[[], object] = lambda: None
        self.address = f"http://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, *_: object) -> None:
        """Whom it answers hangs up in the middle: that is what these tests are about."""


class _Answer(BaseHTTPRequestHandler):
    server: Place

    def do_GET(self) -> None:
        place, name = self.server, self.path[1:]
        place.asked.append(name)
        place.ranges.append(self.headers.get("Range"))
        place.conditions.append(self.headers.get("If-Range"))
        place.before_answer()
        data = place.files.get(name)
        if data is None:
            self.send_error(404)
            return
        tag = f'"{sha256(data)[:12]}"'
        if name in place.then:
            place.files[name] = place.then.pop(name)
        if name in place.lying:
            data = data[: len(data) // 2]
        start = self._start(tag)
        if start > len(data):
            self.send_error(416)
            return
        body = data[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if not place.without_tags:
            self.send_header("ETag", tag)
        if name not in place.without_length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: place.breaks[name].pop(0)] if place.breaks[name] else body)

    def _start(self, tag: str) -> int:
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        same = self.headers.get("If-Range") in (None, tag)
        if not wanted or self.server.without_ranges or not (same or self.server.careless):
            return 0
        return int(wanted[1])

    def log_message(self, *_: object) -> None: ...


@contextmanager
def open_place() -> Iterator[Place]:
    place = Place()
    thread = threading.Thread(target=place.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield place
    finally:
        place.shutdown()
        thread.join()
        place.server_close()


DATA = bytes(range(256)) * 4000  # about 1 MB
METADATA = {"from_code": "nl", "to_code": "en", "type": "translate"}


def model(*sources: dict[str, Any], engine: str = "vosk", size_bytes: int = 2_000_000, **more: Any) -> Model:
    return Model("small", "Small", engine, ("nl",), size_bytes, "MIT", "https://example.org", sources, **more)


def archive(place: Place, data: bytes, tree: str = "nl-1", **more: Any) -> dict[str, Any]:
    place.files["a.zip"] = data
    return {
        "kind": "archive",
        "address": place.address + "a.zip",
        "tree": tree,
        "sha256": sha256(data),
    } | more


def left_in(models_dir: Path) -> list[str]:
    return sorted(path.name for path in models_dir.iterdir() if path.name != ".lock")


def package(metadata: dict[str, Any], **more: bytes) -> bytes:
    files = {"p/metadata.json": json.dumps(metadata).encode(), "p/model/model.bin": DATA}
    return zipped(
        files | {"p/sentencepiece.model": b"pieces"} | {f"p/{name}": data for name, data in more.items()}
    )
