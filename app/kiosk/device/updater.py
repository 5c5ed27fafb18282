"""Takes a newer release into the idle slot, and leaves it there to be tried at the next start.

The order is what makes a power cut harmless: take the idle slot out of the loader's choice, fill its partitions, read
them back, write its boot file under a name that the loader passes over, and give it its name last. The slot is good
only after the terminal has painted its first page (health.py, boot-complete.target); until then the loader counts
the starts down and goes back to the old slot by itself.
"""

import hashlib
import json
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO, Literal, NoReturn, cast
from urllib.parse import urljoin, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.kiosk.device.release import (
    MANIFEST_BYTES,
    Release,
    ReleaseFile,
    ReleaseRefused,
    Version,
    read_release,
)
from app.kiosk.device.slots import Slots
from app.kiosk.device.written import write_whole

Outcome = Literal["up_to_date", "waiting", "installed"]
"""waiting: this release is in the idle slot already and will be tried at the next start."""

_PIECE = 1 << 20
_TIMEOUT_S = 30.0


class UpdateFailed(Exception):
    """code: no_line, damaged, not_good_yet, no_room. Nothing that starts has changed; the next run goes on."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Updater:
    """address: folder of release.json on the server, with a slash at the end. state_dir: on the data partition.
    told: hears the name of each step when it is on the disk."""

    slots: Slots
    address: str
    keys: Sequence[Ed25519PublicKey]
    state_dir: Path
    told: Callable[[str], None] = lambda _step: None
    flush_every: int = 16 * _PIECE
    """Bytes; after a power cut at most so many are fetched again."""
    attempts: int = 5

    def run(self) -> Outcome:
        """Raises ReleaseRefused (the release is not for us) or UpdateFailed (this time it did not work)."""
        running = self.slots.entry(self.slots.running)
        if running is None or running.tries_left is not None:
            raise UpdateFailed("not_good_yet", "this start is itself a try; the idle slot is the way back")
        release = read_release(self._small("release.json"), self._small("release.json.sig"), self.keys)
        self._remember_minimum(release.minimum)
        if release.version == running.version:
            return "up_to_date"
        if release.version < running.version:
            raise ReleaseRefused("older", f"{release.version} is below {running.version}, which runs")
        if release.version < self.minimum():
            raise ReleaseRefused("below_minimum", f"{release.version} is below {self.minimum()}")
        idle = self.slots.entry(self.slots.idle)
        if idle and idle.version == release.version:
            if idle.bad:
                raise ReleaseRefused("failed_before", f"{release.version} did not start here")
            return "waiting"
        self._install(release)
        return "installed"

    def minimum(self) -> Version:
        """The highest minimum of all releases seen, so that an old one with a hole cannot come back."""
        with suppress(OSError, ReleaseRefused):
            return Version.parse((self.state_dir / "minimum").read_text("ascii").strip())
        return Version((0,))

    def _remember_minimum(self, minimum: Version) -> None:
        if minimum > self.minimum():
            write_whole(self.state_dir / "minimum", str(minimum))

    def _install(self, release: Release) -> None:
        slots = self.slots
        slots.empty_idle()
        self.told("emptied")
        for part in ("root", "verity"):
            file = release.files[part]
            target = slots.partition(part, slots.idle)
            if _room(target) < file.size:
                raise UpdateFailed("no_room", f"{file.name} does not fit in {target.name}")
            self._fetch(file, target)
            self.told(part)
        boot = release.files[f"boot_{slots.idle}"]
        waiting = slots.loader_dir / f"wijkbalie_{slots.idle}.part"
        waiting.touch()
        if _free(slots.loader_dir) < boot.size:
            waiting.unlink()
            raise UpdateFailed("no_room", f"{boot.name} does not fit beside the other boot file")
        self._fetch(boot, waiting)
        self.told("boot_file")
        slots.offer_idle(waiting, release.version)
        (self.state_dir / "progress.json").unlink(missing_ok=True)
        self.told("offered")

    def _fetch(self, file: ReleaseFile, target: Path) -> None:
        """Writes `file` to the beginning of `target` and reads it back. Goes on where an earlier run stopped."""
        reached = self._reached(file, target)
        if not reached and _digest(target, file.size) == file.sha256:
            return  # whole already: the power went during a later file
        for attempt in range(1, self.attempts + 1):
            try:
                self._append(file, target, self._reached(file, target))
                break
            except (OSError, HTTPException, EOFError) as problem:
                if attempt == self.attempts:
                    raise UpdateFailed("no_line", f"{file.name}: {problem}") from problem
        if _digest(target, file.size) != file.sha256:
            self._note(file, 0)
            raise UpdateFailed("damaged", f"{file.name} is not what was signed")

    def _append(self, file: ReleaseFile, target: Path, reached: int) -> None:
        with target.open("r+b") as disk:
            while reached < file.size:
                with self._open(file.name, reached) as answer:
                    if reached and answer.status != 206:  # a server that knows no ranges (RFC 9110, 14.2)
                        reached = 0
                    disk.seek(reached)
                    flushed = reached
                    while reached < file.size and (
                        piece := answer.read(min(_PIECE, self.flush_every, file.size - reached))
                    ):
                        disk.write(piece)
                        reached += len(piece)
                        if reached - flushed >= self.flush_every:
                            flushed = self._flush(file, disk.fileno(), disk.flush, reached)
                    self._flush(file, disk.fileno(), disk.flush, reached)
                    if reached < file.size:
                        raise EOFError(f"the line broke after {reached} of {file.size} bytes")

    def _flush(self, file: ReleaseFile, handle: int, flush: Callable[[], None], reached: int) -> int:
        flush()
        os.fsync(handle)
        self._note(file, reached)
        self.told("piece")
        return reached

    def _note(self, file: ReleaseFile, reached: int) -> None:
        write_whole(self.state_dir / "progress.json", json.dumps({"sha256": file.sha256, "reached": reached}))

    def _reached(self, file: ReleaseFile, target: Path) -> int:
        """How much of `file` an earlier run has certainly put on the disk."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            note = json.loads((self.state_dir / "progress.json").read_text("ascii"))
            reached = int(note["reached"])
            if note["sha256"] == file.sha256 and 0 <= reached <= min(file.size, _room(target)):
                return reached
        return 0

    def _small(self, name: str) -> bytes:
        try:
            with self._open(name, 0) as answer:
                read: bytes = answer.read(MANIFEST_BYTES + 1)
        except (OSError, HTTPException) as problem:
            raise UpdateFailed("no_line", f"{name}: {problem}") from problem
        if len(read) > MANIFEST_BYTES:
            raise ReleaseRefused("bad_manifest", f"{name} is too long")
        return read

    def _open(self, name: str, offset: int) -> HTTPResponse:
        address = urljoin(self.address, name)
        request = urllib.request.Request(address)  # noqa: S310  # require_safe looked at the scheme
        if offset:
            request.add_header("Range", f"bytes={offset}-")
        opener = urllib.request.build_opener(
            _NoElsewhere(), urllib.request.HTTPSHandler(context=ssl.create_default_context())
        )
        return cast(HTTPResponse, opener.open(request, timeout=_TIMEOUT_S))


class _NoElsewhere(urllib.request.HTTPRedirectHandler):
    """An update comes from the municipality's address and from nowhere else."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> NoReturn:
        raise urllib.error.HTTPError(req.full_url, code, f"sends us to {newurl}", headers, fp)


def require_safe(address: str) -> str:
    """The address, with a slash at the end. Raises ValueError unless it is https, or this machine itself."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname == "127.0.0.1"):
        raise ValueError(f"updates come over https, not from {address!r}")
    return address.rstrip("/") + "/"


def _digest(target: Path, size: int) -> str:
    """Of the first `size` bytes, read from the disk and not from memory."""
    hashed = hashlib.sha256()
    with target.open("rb", buffering=0) as disk:
        os.posix_fadvise(disk.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        left = size
        while left and (piece := disk.read(min(_PIECE, left))):
            hashed.update(piece)
            left -= len(piece)
    return hashed.hexdigest()


def _room(target: Path) -> int:
    """Bytes of a partition, or of a file so far."""
    with target.open("rb") as disk:
        return disk.seek(0, os.SEEK_END)


def _free(folder: Path) -> int:
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize
