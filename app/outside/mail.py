"""Mail by SMTP (RFC 5321). Over TLS, unless the server is on this machine."""

import smtplib
import ssl
from contextlib import closing
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from app.domain.mail import MailNotSent, MailServer

TIMEOUT_S = 20.0


class SmtpMail:
    """Implements app.domain.mail.Mail. tls: for a server whose certificate a public authority did not sign."""

    def __init__(self, server: MailServer, sender: str, tls: ssl.SSLContext | None = None) -> None:
        self._server, self._sender = server, sender
        self._tls = tls or ssl.create_default_context()

    def send(self, to: str, subject: str, text: str) -> None:
        letter = self._letter(to, subject, text)
        try:
            with closing(self._connect()) as connection:
                if self._server.security == "starttls":
                    connection.starttls(context=self._tls)
                if self._server.user:
                    connection.login(self._server.user, self._server.password)
                if connection.send_message(letter):
                    raise MailNotSent("refused the address")
        except (OSError, smtplib.SMTPException) as problem:
            raise MailNotSent(type(problem).__name__) from problem

    def _connect(self) -> smtplib.SMTP:
        host, port = self._server.host, self._server.port
        if self._server.security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=self._tls)
        return smtplib.SMTP(host, port, timeout=TIMEOUT_S)

    def _letter(self, to: str, subject: str, text: str) -> EmailMessage:
        letter = EmailMessage()
        try:
            sender = Address(addr_spec=self._sender)
            letter["From"], letter["To"] = sender, Address(addr_spec=to)
            letter["Subject"] = " ".join(subject.split())
        except (ValueError, IndexError, MessageError) as problem:
            raise MailNotSent("an address is not one") from problem
        letter["Date"], letter["Message-ID"] = formatdate(), make_msgid(domain=sender.domain)
        letter["Auto-Submitted"] = "auto-generated"  # so that nobody's absence answers it (RFC 3834, 5)
        letter.set_content(text)
        return letter
