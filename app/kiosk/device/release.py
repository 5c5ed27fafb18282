"""A release: what the maker signed. Nothing of it is believed before the signature holds.

`release.json` lists the files with size and hash; `release.json.sig` is its Ed25519 signature in base64 (RFC 8032).
A terminal has two slots; each has a boot file of its own, because that file names the partitions it starts from.
"""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MANIFEST_BYTES = 64 * 1024
"""A manifest is short; more is not read."""

FORMAT = 1
_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,3}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_HASH = re.compile(r"[0-9a-f]{64}")
_PARTS = ("root", "verity", "boot_a", "boot_b")


class ReleaseRefused(Exception):
    """code: bad_signature, bad_manifest, older, below_minimum, failed_before."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Numbers with dots between them, compared as numbers: 2026.1122.0758 is 2026.1122.758."""

    numbers: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Raises ReleaseRefused (bad_manifest)."""
        if not isinstance(text, str) or not _VERSION.fullmatch(text):
            raise ReleaseRefused("bad_manifest", f"no version: {text!r}")
        return cls(tuple(int(n) for n in text.split(".")))

    def __str__(self) -> str:
        return ".".join(str(n) for n in self.numbers)


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    version: Version
    minimum: Version
    """No terminal that has seen this release ever takes a version below this one."""
    files: dict[str, ReleaseFile]
    """By part: root, verity, boot_a, boot_b."""


def read_release(manifest: bytes, signature: bytes, keys: Sequence[Ed25519PublicKey]) -> Release:
    """Raises ReleaseRefused. Any one of the keys will do, so that a maker can change keys."""
    try:
        raw = base64.b64decode(signature, validate=False)
    except binascii.Error as problem:
        raise ReleaseRefused("bad_signature") from problem
    if not any(_signed(manifest, raw, key) for key in keys):
        raise ReleaseRefused("bad_signature")
    try:
        read = json.loads(manifest)
        if read["format"] != FORMAT:
            raise ReleaseRefused("bad_manifest", f"format {read['format']!r}")
        version, minimum = Version.parse(read["version"]), Version.parse(read["minimum_version"])
        files = {part: _file(read["files"][part]) for part in _PARTS}
    except (ValueError, KeyError, TypeError) as problem:
        raise ReleaseRefused("bad_manifest", str(problem)) from problem
    if minimum > version:
        raise ReleaseRefused("bad_manifest", "the minimum is above the version itself")
    return Release(version, minimum, files)


def _signed(manifest: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(signature, manifest)
    except InvalidSignature:
        return False
    return True


def _file(read: dict[str, object]) -> ReleaseFile:
    name, size, sha256 = read["name"], read["size"], read["sha256"]
    if (
        not (isinstance(name, str) and _NAME.fullmatch(name))
        or not (type(size) is int and 0 < size <= 8 * 2**30)
        or not (isinstance(sha256, str) and _HASH.fullmatch(sha256))
    ):
        raise ReleaseRefused("bad_manifest", f"a file: {read!r}")
    return ReleaseFile(name, size, sha256)


def read_keys(folder: Path) -> list[Ed25519PublicKey]:
    """Each `*.pub` holds 32 bytes in base64. Raises ValueError if one is not a key."""
    return [
        Ed25519PublicKey.from_public_bytes(base64.b64decode(file.read_text("ascii")))
        for file in sorted(folder.glob("*.pub"))
    ]
