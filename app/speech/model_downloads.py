"""One file over https: resumed where it broke off, never too long, never a mix of two versions."""

import contextlib
import hashlib
import http.client
import json
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from pathlib import Path

CHUNK_BYTES = 1 << 18
TIMEOUT_S = 30
"""Without a single byte; a slow line may take as long as it needs."""
TRIES = 4
"""Connections for one file, as long as each brings something."""

Progress = Callable[[str, int, int | None], None]
"""(file, bytes so far, bytes in all if the server tells)."""


class ModelRefused(Exception):
    """A model could not be had or is not what it should be. The message is for the administrator."""


class _BrokeOff(Exception):
    pass


class _Changed(Exception):
    pass


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require(path: Path, sha256: str, name: str) -> None:
    """Raises ModelRefused, after removing the file, when it is another than the hash says."""
    if not path.is_file():
        raise ModelRefused(f"{name} is missing.")
    if sha256_of(path) != sha256:
        path.unlink()
        raise ModelRefused(
            f"{name} is not the file that was asked for (its checksum differs), so it is refused."
        )


def require_safe(address: str) -> None:
    """Only https and, in tests, this machine: a hash does not protect against a reader on the line."""
    if not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", address):
        raise ModelRefused(f"{address} is not an https address.")


def download(address: str, to: Path, partials: Path, limit_bytes: int, progress: Progress) -> None:
    """Fetches the file. What came in before a break is kept in `partials` and used the next time.

    limit_bytes: a server that sends more is cut off. Raises ModelRefused.
    """
    require_safe(address)
    part = partials / hashlib.sha256(address.encode()).hexdigest()[:32]
    began_with = -1
    for _ in range(TRIES):
        have = part.stat().st_size if part.exists() else 0
        if have == began_with:
            break  # a whole connection brought nothing
        began_with = have
        partials.mkdir(parents=True, exist_ok=True)
        try:
            _continue(address, part, limit_bytes, progress)
        except _Changed:
            discard(address, partials)
            began_with = -1
        except _BrokeOff as broke:
            problem = str(broke)
        except OSError as broke:
            if isinstance(broke, urllib.error.URLError | TimeoutError | ConnectionError):
                raise ModelRefused(
                    f"{address} cannot be reached: {getattr(broke, 'reason', broke)}."
                ) from broke
            discard(address, partials)  # the disk: leave no half file on it
            raise
        else:
            shutil.move(part, to)
            discard(address, partials)
            return
    else:
        problem = f"{address} breaks off or changes each time"
    raise ModelRefused(f"{problem}. Try again: what came in is kept.")


def discard(address: str, partials: Path) -> None:
    """Forgets what came in of this file."""
    part = partials / hashlib.sha256(address.encode()).hexdigest()[:32]
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        partials.rmdir()  # pieces of other files may be in it


def _note(part: Path) -> Path:
    return part.with_suffix(".json")


def _validator(part: Path) -> str | None:
    """The ETag or date of what we have a piece of. Weak tags do not say that the bytes are the same."""
    try:
        validator = json.loads(_note(part).read_text())["validator"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(validator) if validator else None


def _continue(address: str, part: Path, limit_bytes: int, progress: Progress) -> None:
    have = part.stat().st_size if part.exists() else 0
    validator = _validator(part)
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "identity"})  # noqa: S310 (require_safe)
    if have and validator:
        asked.add_header("Range", f"bytes={have}-")
        asked.add_header("If-Range", validator)
    else:
        have = 0
    try:
        answer = urllib.request.urlopen(asked, timeout=TIMEOUT_S)  # noqa: S310
    except urllib.error.HTTPError as refused:
        if refused.code == 416 and have:
            raise _Changed from refused
        raise
    with answer:
        require_safe(answer.geturl())
        headers = answer.headers
        total: int | None = None
        if answer.status == 206:
            place = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("Content-Range", ""))
            # A careless server may send a range of a newer file all the same.
            if not place or int(place[1]) != have or not _same(validator, headers):
                raise _Changed
            total = int(place[2]) if place[2] != "*" else None
        else:
            have = 0  # the server ignores ranges, or the file is another now
            length = headers.get("Content-Length")
            total = int(length) if length and length.isdigit() else None
        if total is not None and total > limit_bytes:
            raise ModelRefused(_too_long(address, limit_bytes))
        _note(part).write_text(
            json.dumps({"address": address, "validator": _strong(headers) or (validator if have else None)})
        )
        with part.open("ab" if have else "wb") as file:
            while chunk := _read(answer, address, have, total):
                have += len(chunk)
                if have > limit_bytes:
                    raise ModelRefused(_too_long(address, limit_bytes))
                file.write(chunk)
                progress(address.rpartition("/")[2], have, total)
        if total is not None and have != total:
            raise _BrokeOff(_broke(address, have, total))


def _strong(headers: Message) -> str | None:
    tag = headers.get("ETag")
    return tag if tag and not tag.startswith("W/") else headers.get("Last-Modified")


def _same(validator: str | None, headers: Message) -> bool:
    return (_strong(headers) or validator) == validator


def _read(answer: http.client.HTTPResponse, address: str, have: int, total: int | None) -> bytes:
    try:
        return answer.read(CHUNK_BYTES)
    except (http.client.HTTPException, TimeoutError, ConnectionError) as problem:
        raise _BrokeOff(_broke(address, have, total)) from problem


def _broke(address: str, have: int, total: int | None) -> str:
    return (
        f"{address} broke off after {have} of {total if total is not None else 'an unknown number of'} bytes"
    )


def _too_long(address: str, limit_bytes: int) -> str:
    return f"{address} sends more than {limit_bytes // 1_000_000} MB, which this model cannot be, so it is refused."
