"""How a terminal signs what it asks, and how the server reads that: RFC 9421 with Ed25519, RFC 9530 for the body.

Covered are method, host, path, query and body. Not the scheme: a proxy that ends TLS changes it.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import http_sf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.digests import ContentDigest
from http_message_signatures.exceptions import HTTPMessageSignaturesException

COVERED = ("@method", "@authority", "@path", "@query", "content-digest")
TAG = "wijkbalie-terminal"
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_KEY_NAME = re.compile(r"key-([A-Za-z0-9_-]{43})")
_LARGEST_TIME = 2**36
"""Seconds: the year 4147. No clock shows it, and datetime can still count with it."""


class BadSignature(Exception):
    """Not signed, not in our form, or not by this key."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says of itself; believed only after verify()."""

    key_id: str
    created: datetime
    nonce: str


@dataclass(slots=True)
class Message:
    """A request as the library wants it. url: whole, encoded."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


def key_name(public_key: bytes) -> str:
    """What stands for the id of a terminal that has none yet."""
    return "key-" + base64.urlsafe_b64encode(public_key).decode().rstrip("=")


def key_of_name(name: str) -> bytes | None:
    """The 32 bytes again; None when it is not the name of a key."""
    found = _KEY_NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return base64.b64decode(found[1] + "=", altchars=b"-_", validate=True)
    except binascii.Error:
        return None


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: Ed25519PrivateKey | Ed25519PublicKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> Any:
        return self._key

    def resolve_public_key(self, key_id: str) -> Any:
        return self._key


class _Verifier(HTTPMessageVerifier):
    """Leaves time to us: a clock that is off gets an answer of its own."""

    signature_metadata_parameters: ClassVar[set[str]] = {"alg", "created", "keyid", "nonce", "tag"}

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        return None


def sign(
    message: Message, key: Ed25519PrivateKey, key_id: str, created: datetime, nonce: str
) -> dict[str, str]:
    """The headers to send: those of the message, with Content-Digest, Signature-Input and Signature."""
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(key))
    message.headers["Content-Digest"] = ContentDigest.create(message.body)
    signer.sign(
        message,
        key_id=key_id,
        created=created,
        nonce=nonce,
        tag=TAG,
        label="terminal",
        covered_component_ids=COVERED,
        body=message.body,
        use_existing_digest=True,
    )
    return message.headers


def claim_of(signature_input: str) -> Claim:
    """Raises BadSignature."""
    try:
        signatures: dict[str, Any] = http_sf.parse(signature_input.encode(), tltype="dictionary")  # type: ignore[assignment]
        ((_, parameters),) = signatures.values()
        return _claim(parameters)
    except (ValueError, TypeError, OverflowError, OSError) as problem:
        raise BadSignature from problem


def _claim(parameters: Mapping[str, Any]) -> Claim:
    key_id, created, nonce = (parameters.get(name) for name in ("keyid", "created", "nonce"))
    if not isinstance(key_id, str) or len(key_id) > 64 or type(created) is not int:
        raise BadSignature
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce) or not 0 <= created <= _LARGEST_TIME:
        raise BadSignature
    return Claim(key_id, datetime.fromtimestamp(created, UTC), nonce)


def verify(message: Message, claim: Claim, public_key: bytes) -> None:
    """Raises BadSignature: another key signed it, something changed on the way, or something is not covered."""
    try:
        verifier = _Verifier(
            signature_algorithm=algorithms.ED25519,
            key_resolver=_OneKey(Ed25519PublicKey.from_public_bytes(public_key)),
        )
        (result,) = verifier.verify(
            message, max_age=None, expect_tag=TAG, require_components=COVERED, body=message.body
        )
    except (HTTPMessageSignaturesException, ValueError, TypeError) as problem:
        raise BadSignature from problem
    if result.body is None or _claim(result.parameters) != claim:
        raise BadSignature
