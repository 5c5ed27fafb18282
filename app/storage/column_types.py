"""Column types: a moment in UTC, and text that only this installation can read."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator


class KeyRing:
    """Keys made from the installation's secrets: the first one writes, all of them read."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets or not all(secrets):
            raise ValueError("a key ring needs at least one secret, and none may be empty")
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(s, b"names"))) for s in secrets])
        self._fingerprint_key = _derive(secrets[0], b"fingerprints")

    def encrypt(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, stored: str) -> str:
        """Raises cryptography.fernet.InvalidToken when no key of the ring fits."""
        return self._fernet.decrypt(stored.encode()).decode()

    def fingerprint(self, text: str) -> str:
        """The same text gives the same 64 characters here, and tells nothing elsewhere."""
        return digest(self._fingerprint_key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"wijkbalie/" + purpose).derive(
        secret.encode()
    )


def hash_token(token: str) -> str:
    """What is kept of a link or a session. Plain SHA-256 is enough for 256 random bits. Any string."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


_key_rings: WeakKeyDictionary[Dialect, KeyRing] = WeakKeyDictionary()


def use_key_ring(dialect: Dialect, key_ring: KeyRing) -> None:
    """Gives one engine its keys. A dialect object belongs to one engine: no keys shared by accident."""
    _key_rings[dialect] = key_ring


class EncryptedText(TypeDecorator[str]):
    """Text kept as a Fernet token (AES-128-CBC with HMAC-SHA-256). Cannot be searched."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _key_rings[dialect].encrypt(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else _key_rings[dialect].decrypt(value)


class PlainText(TypeDecorator[str]):
    """Short text that may come from an address or a form, to be looked up.

    What no database can hold (PostgreSQL knows no NUL, none knows half a surrogate pair) becomes U+FFFD:
    such a name is looked for like any other, and not found.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its zone, always UTC on the way out. Refuses a moment without a zone (ValueError)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
