"""Unpacking what was fetched: never outside the folder, never more than a model can be."""

import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from app.speech.model_downloads import CHUNK_BYTES, ModelRefused

MAX_ENTRIES = 5_000


def unpack(archive: Path, tree: str, to: Path, limit_bytes: int) -> None:
    """The files below the folder `tree` (at any depth of the zip; "*": its only top folder) are put in `to`.

    limit_bytes: of all files together, unpacked. Raises ModelRefused.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            if len(entries) > MAX_ENTRIES:
                raise ModelRefused(
                    f"{archive.name} holds {len(entries)} files, which no model does, so it is refused."
                )
            tree = _only_folder(archive.name, entries) if tree == "*" else tree
            left = limit_bytes
            for entry in entries:
                before, found, name = f"/{entry.filename}".partition(f"/{tree}/")
                if not found or not name or ".dist-info" in before:
                    continue
                target = to / name
                if not target.resolve().is_relative_to(to.resolve()):
                    raise ModelRefused(
                        f"{archive.name} holds a file that wants to be elsewhere, so it is refused."
                    )
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(entry) as packed, target.open("wb") as file:
                    left -= copy_bounded(packed, file, left, archive.name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise ModelRefused(
            f"{archive.name} is damaged or no zip file, so it is refused ({problem})."
        ) from problem


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def copy_bounded(packed: _Readable, file: IO[bytes], limit_bytes: int, name: str) -> int:
    """Bytes copied. Raises ModelRefused when there are more than limit_bytes: it was packed to fill the disk."""
    copied = 0
    while chunk := packed.read(CHUNK_BYTES):
        copied += len(chunk)
        if copied > limit_bytes:
            raise ModelRefused(f"{name} unpacks to more than a model of this kind can be, so it is refused.")
        file.write(chunk)
    return copied


def join_parts(folder: Path) -> None:
    """X.part1, X.part2 … become X."""
    for first in folder.rglob("*.part1"):
        with first.open("ab") as whole:
            number = 2
            while (part := first.with_suffix(f".part{number}")).exists():
                with part.open("rb") as piece:
                    shutil.copyfileobj(piece, whole, CHUNK_BYTES)
                part.unlink()
                number += 1
        first.rename(first.with_suffix(""))


def _only_folder(name: str, entries: list[zipfile.ZipInfo]) -> str:
    tops = {PurePosixPath(entry.filename).parts[0] for entry in entries if entry.filename}
    if len(tops) != 1 or any("/" not in entry.filename for entry in entries):
        raise ModelRefused(f"{name} does not hold exactly one folder, so it is refused.")
    return tops.pop()
