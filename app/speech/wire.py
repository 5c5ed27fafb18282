"""Frames between the web and the speech process.

A frame: 4 bytes length of the header, 4 bytes length of the payload (both big-endian), the header (a JSON
object with a "type"), the payload (bytes). docs/change/speech.md lists the types. Both ends run on one
machine under one user; still each believes nothing: too long or no JSON ends the connection.
"""

import json
import struct
from collections.abc import Callable
from typing import Any

_LENGTHS = struct.Struct(">II")
LENGTHS_BYTES = _LENGTHS.size
HEADER_BYTES = 64 * 1024
REQUEST_BYTES = 64 * 1024
"""Payload of a request: a second or two of sound, or 5,000 characters of text."""
ANSWER_BYTES = 64 * 1024 * 1024
"""Payload of an answer: the longest text, slowly spoken, is some 30 MB of WAV."""

Header = dict[str, Any]


class Malformed(Exception):
    """No frame of ours."""


def pack(header: Header, payload: bytes = b"") -> bytes:
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return _LENGTHS.pack(len(head), len(payload)) + head + payload


def lengths(data: bytes, most_payload: int) -> tuple[int, int]:
    """Of the first 8 bytes. Raises Malformed, before anything is read or reserved."""
    header, payload = _LENGTHS.unpack(data)
    if not 2 <= header <= HEADER_BYTES or payload > most_payload:
        raise Malformed("lengths")
    return header, payload


def parse_header(data: bytes) -> Header:
    try:
        header = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise Malformed("no JSON") from problem
    if not isinstance(header, dict) or not isinstance(header.get("type"), str):
        raise Malformed("no type")
    return header


def read(receive_exactly: Callable[[int], bytes], most_payload: int = ANSWER_BYTES) -> tuple[Header, bytes]:
    """receive_exactly: n → n bytes, raising ConnectionError at the end of the stream."""
    header, payload = lengths(receive_exactly(LENGTHS_BYTES), most_payload)
    return parse_header(receive_exactly(header)), receive_exactly(payload)
