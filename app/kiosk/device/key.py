"""The terminal's own key: made once, never leaves the machine."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from app.kiosk.device.written import sync_folder

KEY_FILE = "device.key"


class BadKey(Exception):
    """The key's file cannot be used; the message says why. Nobody but a person may throw it away."""


def device_key(data_dir: Path) -> Ed25519PrivateKey:
    """The key in data_dir, made at the first start. Raises BadKey.

    Written whole under another name and then linked: after a power cut there is a whole key or none, and of two
    first starts at once only one makes it.
    """
    path = data_dir / KEY_FILE
    if not path.exists():
        _make(path)
    return _read(path)


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """32 bytes."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def forget_key(data_dir: Path) -> None:
    """After a revocation: the next start makes a new one."""
    (data_dir / KEY_FILE).unlink(missing_ok=True)
    sync_folder(data_dir)


def write_once(path: Path, content: bytes) -> bool:
    """Only for its owner, whole or not at all. False when it is there already: then nothing is changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(new, path)
    except FileExistsError:
        return False
    finally:
        with suppress(FileNotFoundError):
            new.unlink()
    sync_folder(path.parent)
    return True


def _make(path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    write_once(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as problem:
        raise BadKey(f"{path} cannot be read: {problem.strerror}") from problem
    with os.fdopen(handle, "rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise BadKey(f"{path} can be read by others; it must be 0600")
        try:
            key = load_pem_private_key(file.read(10_000), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
            raise BadKey(f"{path} holds no key") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"{path} holds another kind of key")
    return key
