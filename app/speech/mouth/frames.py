"""Frames between the pool and its children: two lengths (32 bits, big-endian), a JSON object, bare bytes."""

import json
import struct
from collections.abc import Callable
from typing import Any

_LENGTHS = struct.Struct(">II")
MAX_FRAME_BYTES = 128 * 1024 * 1024
"""5,000 characters at half speed make about 40 MB of sound."""


class BadFrame(Exception):
    """The other side closed, or sent what is no frame."""


def pack(head: dict[str, Any], body: bytes = b"") -> bytes:
    encoded = json.dumps(head, separators=(",", ":")).encode()
    return _LENGTHS.pack(len(encoded), len(body)) + encoded + body


def unpack(read: Callable[[int], bytes]) -> tuple[dict[str, Any], bytes]:
    """read(n) gives exactly n bytes, or fewer at the end. Raises BadFrame."""
    lengths = read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        raise BadFrame("closed")
    head_bytes, body_bytes = _LENGTHS.unpack(lengths)
    if head_bytes + body_bytes > MAX_FRAME_BYTES:
        raise BadFrame("too long")
    encoded, body = read(head_bytes), read(body_bytes)
    if len(encoded) < head_bytes or len(body) < body_bytes:
        raise BadFrame("closed")
    try:
        head = json.loads(encoded)
    except ValueError as error:
        raise BadFrame("no JSON") from error
    if not isinstance(head, dict):
        raise BadFrame("no object")
    return head, body
