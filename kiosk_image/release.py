"""Keys and signatures of releases: `key PRIVATE PUBLIC` makes what is missing, `sign PRIVATE FOLDER VERSION MINIMUM`
writes release.json and release.json.sig for the files of a slot."""

import base64
import hashlib
import json
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PARTS = ("root", "verity", "boot_a", "boot_b")


def make_key(private: Path, public: Path) -> None:
    if not private.exists():
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(pem)
    raw = read_key(private).public_key().public_bytes_raw()
    public.write_text(base64.b64encode(raw).decode("ascii") + "\n", "ascii")


def read_key(private: Path) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(private.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SystemExit(f"{private} is not an Ed25519 key")
    return key


def sign(key: Ed25519PrivateKey, folder: Path, version: str, minimum: str) -> None:
    files = {}
    for part in PARTS:
        with (folder / part).open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        files[part] = {"name": part, "size": (folder / part).stat().st_size, "sha256": digest}
    manifest = {"format": 1, "version": version, "minimum_version": minimum, "files": files}
    raw = json.dumps(manifest, indent=1, sort_keys=True).encode("ascii")
    (folder / "release.json").write_bytes(raw)
    (folder / "release.json.sig").write_bytes(base64.b64encode(key.sign(raw)) + b"\n")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["key", private, public]:
            make_key(Path(private), Path(public))
        case ["sign", private, folder, version, minimum]:
            sign(read_key(Path(private)), Path(folder), version, minimum)
        case _:
            sys.exit(__doc__)
