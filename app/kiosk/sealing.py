"""Seals what only the municipality may read, e.g. a call-back request that waits on the terminal's disk.

HPKE in base mode (RFC 9180): X25519, HKDF-SHA256, ChaCha20-Poly1305. Whoever has the terminal has the public key
alone, and opens nothing. What is sealed says nothing of who sealed it: the signed request does that.
"""

from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_INFO = b"wijkbalie/sealed"
_OVERHEAD = 32 + 16
"""The sender's one-time key and the tag, in bytes."""


class CannotOpen(Exception):
    """Damaged, or sealed for somebody else. One answer for both: a difference would help who guesses."""


def seal(content: bytes, public_key: bytes) -> bytes:
    """public_key: 32 bytes, as SealingKeys.public_key. Never gives the same bytes twice. Raises ValueError."""
    return _SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public_key), info=_INFO)


class SealingKeys:
    """The municipality's keys, made from the installation's secrets: seal to the first, all of them open.

    So nothing more has to be kept and handed to each machine. An old secret must stay second in the list until
    every terminal has delivered what it sealed before.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = [_private_key(secret) for secret in secrets]
        if not self._keys:
            raise ValueError("sealing needs at least one secret")

    @property
    def public_key(self) -> bytes:
        """X25519, 32 bytes."""
        return self._keys[0].public_key().public_bytes_raw()

    def open(self, sealed: bytes) -> bytes:
        """Raises CannotOpen."""
        if len(sealed) >= _OVERHEAD:
            for key in self._keys:
                try:
                    return _SUITE.decrypt(sealed, key, info=_INFO)
                except (InvalidTag, ValueError):
                    continue
        raise CannotOpen


def _private_key(secret: str) -> X25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"wijkbalie/sealing").derive(
        secret.encode()
    )
    return X25519PrivateKey.from_private_bytes(derived)
