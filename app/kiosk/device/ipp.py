"""The few words of IPP (RFC 8010, RFC 8011) that a terminal speaks with CUPS on its own machine."""

import getpass
import http.client
import itertools
import socket
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

PRINT_JOB: Final = 0x0002
CANCEL_JOB: Final = 0x0008
GET_JOB_ATTRIBUTES: Final = 0x0009
GET_PRINTER_ATTRIBUTES: Final = 0x000B
PURGE_JOBS: Final = 0x0012
CUPS_GET_DEFAULT: Final = 0x4001

NOT_FOUND: Final = 0x0406
"""client-error-not-found"""
_FIRST_REFUSAL = 0x0100

INTEGER, BOOLEAN, ENUM, TEXT, NAME, KEYWORD, URI, CHARSET, LANGUAGE, MEDIA_TYPE = (
    0x21, 0x22, 0x23, 0x41, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49,
)  # fmt: skip
_OPERATION, _JOB, _END = 0x01, 0x02, 0x03
_FIRST_VALUE = 0x10
"""Tags below it begin a group of attributes."""

Value = str | int | bool
Attribute = tuple[int, str, Value]
"""(tag, name, value)"""

_numbers = itertools.count(1)


class Unreachable(Exception):
    """No print service answers, or what answers is none."""


class Refused(Exception):
    """The print service said no. status: RFC 8011, appendix B."""

    def __init__(self, status: int) -> None:
        super().__init__(f"0x{status:04x}")
        self.status = status


@dataclass(frozen=True, slots=True)
class PrintService:
    """server: path of a Unix socket, or host:port."""

    server: str
    timeout_s: float = 5.0

    def ask(
        self, operation: int, path: str, attributes: Sequence[Attribute],
        job: Sequence[Attribute] = (), document: bytes = b"",
    ) -> dict[str, list[Value]]:  # fmt: skip
        """What it tells; of several jobs or printers the last. Raises Unreachable, Refused."""
        body = _request(operation, attributes, job) + document
        connection = self._connection()
        headers = {"Content-Type": "application/ipp", "Host": "localhost"}
        if self._is_socket:
            headers["Authorization"] = (
                f"PeerCred {getpass.getuser()}"  # CUPS asks the kernel whether that is so
            )
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != http.HTTPStatus.OK:
                raise Refused(answer.status)
            status, told = _read(content)
        except (OSError, http.client.HTTPException, struct.error, IndexError, UnicodeError) as problem:
            raise Unreachable from problem
        finally:
            connection.close()
        if status >= _FIRST_REFUSAL:
            raise Refused(status)
        return told

    @property
    def _is_socket(self) -> bool:
        return self.server.startswith("/")

    def _connection(self) -> http.client.HTTPConnection:
        if self._is_socket:
            return _SocketConnection(self.server, self.timeout_s)
        host, _, port = self.server.partition(":")
        return http.client.HTTPConnection(host, int(port or 631), timeout=self.timeout_s)


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _request(operation: int, attributes: Sequence[Attribute], job: Sequence[Attribute]) -> bytes:
    start: list[Attribute] = [
        (CHARSET, "attributes-charset", "utf-8"),
        (LANGUAGE, "attributes-natural-language", "en"),
    ]
    parts = [struct.pack(">HHI", 0x0200, operation, next(_numbers) & 0x7FFFFFFF), bytes([_OPERATION])]
    parts += [_written(each) for each in (*start, *attributes)]
    if job:
        parts += [bytes([_JOB]), *(_written(each) for each in job)]
    return b"".join((*parts, bytes([_END])))


def _written(attribute: Attribute) -> bytes:
    tag, name, value = attribute
    if isinstance(value, bool):
        content = bytes([value])
    elif isinstance(value, int):
        content = struct.pack(">i", value)
    else:
        content = value.encode()
    return struct.pack(f">BH{len(name)}sH", tag, len(name), name.encode(), len(content)) + content


def _read(content: bytes) -> tuple[int, dict[str, list[Value]]]:
    _version, status, _number = struct.unpack_from(">HHI", content)
    told: dict[str, list[Value]] = {}
    last = ""
    for tag, name, value in _attributes(content, 8):
        last = name or last  # without a name: one more value of the same
        if name:
            told[name] = []
        told[last].append(_value(tag, value))
    return status, told


def _attributes(content: bytes, at: int) -> Iterator[tuple[int, str, bytes]]:
    while (tag := content[at]) != _END:
        at += 1
        if tag < _FIRST_VALUE:
            continue
        (length,) = struct.unpack_from(">H", content, at)
        name = content[at + 2 : at + 2 + length].decode()
        at += 2 + length
        (length,) = struct.unpack_from(">H", content, at)
        yield tag, name, content[at + 2 : at + 2 + length]
        at += 2 + length


def _value(tag: int, content: bytes) -> Value:
    if tag in (INTEGER, ENUM):
        return int(struct.unpack(">i", content)[0])
    if tag == BOOLEAN:
        return content != b"\0"
    return content.decode(errors="replace")
