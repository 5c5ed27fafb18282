"""Port for letters by mail, and how the server that sends them is named."""

from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class MailServer:
    """security "starttls": nothing is sent when the server cannot (RFC 3207); a network between us cannot undo it."""

    host: str
    port: int
    security: Literal["starttls", "tls", "plain"]
    user: str = ""
    password: str = ""


def mail_server(url: str) -> MailServer:
    """smtp://user:password@host:587 (STARTTLS), smtps://… (TLS from the start), smtp+plain://localhost.

    Raises ValueError, which says what would be right.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("it must look like smtp://user:password@mail.example:587")
    if parts.scheme == "smtp+plain" and (parts.hostname not in _THIS_MACHINE or parts.password):
        raise ValueError("smtp+plain:// is only for a server on this machine, without a password")
    return MailServer(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        security={"smtp": "starttls", "smtps": "tls"}.get(parts.scheme, "plain"),  # type: ignore[arg-type]
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


class MailNotSent(Exception):
    """No server took the letter. The message says why, without names or words of the letter."""


class Mail(Protocol):
    def send(self, to: str, subject: str, text: str) -> None:
        """Plain text; subject on one line. When it returns, a server has taken it over. Raises MailNotSent."""
