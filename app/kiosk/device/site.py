"""Which addresses one terminal knows: its own face, its municipality, and the few it may be sent to."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

FACE = "http://127.0.0.1:8180"
"""The terminal's own pages, served by itself to itself."""
DEFAULT_PORTS = {"http": 80, "https": 443}


class BadAddress(Exception):
    """What was given is no origin; the message says what is expected."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A web origin (RFC 6454): scheme, host, port."""

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Origin":
        """Raises BadAddress. Encrypted, except on the terminal itself."""
        wanted = f"{text!r} is no address such as https://balie.example.nl"
        try:
            parts = urlsplit(text)
            port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
        except ValueError as problem:
            raise BadAddress(wanted) from problem
        host = parts.hostname or ""
        loopback = host in ("127.0.0.1", "localhost")
        if not (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
            raise BadAddress(wanted)
        plain = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
        if not plain or not host.isascii() or not host.replace("-", "").replace(".", "").isalnum():
            raise BadAddress(wanted)
        return cls(parts.scheme, host, port)

    def __str__(self) -> str:
        default = DEFAULT_PORTS[self.scheme] == self.port
        return f"{self.scheme}://{self.host}" + ("" if default else f":{self.port}")

    @property
    def is_number(self) -> bool:
        return self.host.replace(".", "").isdigit()


@dataclass(frozen=True, slots=True)
class Site:
    """server: where talks are. listed: other origins that a citizen may be sent to, to identify or to pay."""

    server: Origin
    listed: tuple[Origin, ...] = ()
    face: Origin = field(default_factory=lambda: Origin.parse(FACE))

    @classmethod
    def parse(cls, server: str, listed: tuple[str, ...] = (), face: str = FACE) -> "Site":
        """Raises BadAddress."""
        return cls(Origin.parse(server), tuple(Origin.parse(each) for each in listed), Origin.parse(face))
