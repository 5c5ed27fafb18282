"""A release on a local server, and a terminal's slots as plain files."""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kiosk.device.slots import Slots

PIECE = 4096
ROOM = 20 * PIECE
"""Of a partition."""


def content(name: str, size: int) -> bytes:
    """Bytes that are the same each time and nowhere alike."""
    return hashlib.shake_128(name.encode()).digest(size)


def boot_file(root: bytes, verity: bytes) -> bytes:
    """What a real one does: it names what it starts, so that nothing else can be started by it."""
    named = {
        part: [len(raw), hashlib.sha256(raw).hexdigest()]
        for part, raw in (("root", root), ("verity", verity))
    }
    return json.dumps(named).encode()


class Maker:
    """Makes and signs releases in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = Ed25519PrivateKey.generate()
        folder.mkdir()

    def release(
        self, version: str, minimum: str = "1", key: Ed25519PrivateKey | None = None, **other: object
    ) -> None:
        parts = {
            "root": content(f"root {version}", 9 * PIECE + 17),
            "verity": content(f"verity {version}", 2 * PIECE),
        }
        parts |= {f"boot_{slot}": boot_file(parts["root"], parts["verity"]) for slot in "ab"}
        files = {}
        for name, raw in parts.items():
            (self.folder / name).write_bytes(raw)
            files[name] = {"name": name, "size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        manifest = {"format": 1, "version": version, "minimum_version": minimum, "files": files} | other
        self.sign(json.dumps(manifest).encode(), key)

    def sign(self, manifest: bytes, key: Ed25519PrivateKey | None = None) -> None:
        (self.folder / "release.json").write_bytes(manifest)
        (self.folder / "release.json.sig").write_bytes(base64.b64encode((key or self.key).sign(manifest)))


class ReleaseServer(ThreadingHTTPServer):
    """cut_after: so many bytes of an answer, then the line breaks. ranges: does it know them?"""

    folder: Path
    cut_after: int | None = None
    cuts: int = 0
    ranges = True
    elsewhere = ""
    asked: list[tuple[str, str]]


class _Handler(BaseHTTPRequestHandler):
    server: ReleaseServer

    def do_GET(self) -> None:
        name, wanted = self.path.rsplit("/", 1)[-1], self.headers.get("Range", "")
        self.server.asked.append((name, wanted))
        if self.server.elsewhere:
            self.send_response(302)
            self.send_header("Location", self.server.elsewhere)
            self.end_headers()
            return
        raw = (self.server.folder / name).read_bytes()
        part = re.fullmatch(r"bytes=(\d+)-", wanted)
        start = int(part.group(1)) if part and self.server.ranges else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(raw) - start))
        self.end_headers()
        body = raw[start:]
        if self.server.cut_after is not None and self.server.cuts and len(body) > self.server.cut_after:
            self.server.cuts -= 1
            self.wfile.write(body[: self.server.cut_after])
            self.close_connection = True
            return
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[ReleaseServer]:
    server = ReleaseServer(("127.0.0.1", 0), _Handler)
    server.folder, server.asked = folder, []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_terminal(place: Path, version: str = "1") -> Slots:
    """Slot a is good and runs; slot b is empty."""
    loader, partitions = place / "loader", place / "partitions"
    loader.mkdir(parents=True)
    partitions.mkdir()
    for part in ("root", "verity"):
        for slot in "ab":
            raw = content(f"{part} {version}", 5 * PIECE) if slot == "a" else b""
            (partitions / f"{part}-{slot}").write_bytes(raw.ljust(ROOM, b"\0"))
    named = boot_file(content(f"root {version}", 5 * PIECE), content(f"verity {version}", 5 * PIECE))
    (loader / f"wijkbalie_a_{version}.efi").write_bytes(named)
    (loader / "other-system.efi").write_bytes(b"not ours")
    return Slots(loader, partitions, "a")


class DoesNotStart(Exception):
    pass


def start(slots: Slots) -> str:
    """What systemd-boot would do: of the boot files that have tries left the newest, else the newest of all; it counts
    the start. Gives slot and version of what comes up. Raises DoesNotStart."""
    names = [
        re.fullmatch(r"wijkbalie_([ab])_([\d.]+?)(?:\+(\d+)(?:-\d+)?)?\.efi", f.name)
        for f in slots.loader_dir.iterdir()
    ]
    offered = [
        (m.group(3) != "0", [int(n) for n in m.group(2).split(".")], m.group(1), m.string) for m in names if m
    ]
    if not offered:
        raise DoesNotStart("the loader has nothing to start")
    _left, _version, slot, name = max(offered)
    try:
        named = json.loads((slots.loader_dir / name).read_bytes())
    except ValueError as problem:
        raise DoesNotStart(f"{name} is half a file") from problem
    for part, (size, sha256) in named.items():
        if hashlib.sha256(slots.partition(part, slot).read_bytes()[:size]).hexdigest() != sha256:
            raise DoesNotStart(f"{part} of slot {slot} is not what {name} names")
    return f"{slot} {'.'.join(map(str, _version))}"
