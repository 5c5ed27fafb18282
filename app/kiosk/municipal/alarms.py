"""A terminal that falls silent in opening hours is told to the managers by mail; so is its return. One letter each."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _

from app.domain.local_time import LOCAL
from app.domain.mail import Mail, MailNotSent
from app.domain.people import Municipality
from app.domain.repeating import repeat
from app.domain.terminals import Terminal, Terminals, is_silent

log = logging.getLogger("wijkbalie.terminals")

CHECK_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class AlarmMail:
    """to: the managers' address. fleet_url: where they see all terminals."""

    mail: Mail
    to: str
    fleet_url: str


class SilenceWatch:
    """alarm_mail None: silence is marked for the fleet page, and nobody is written to.

    began: when this server began to listen; what it could not hear before that is nobody's silence.
    """

    def __init__(
        self,
        terminals: Terminals,
        municipality: Callable[[], Municipality],
        alarm_mail: AlarmMail | None,
        began: datetime,
    ) -> None:
        self._terminals, self._municipality = terminals, municipality
        self._alarm_mail, self._began = alarm_mail, began

    def check(self, now: datetime) -> None:
        """Any number of processes may do so: who marks first writes. A letter that nobody took is tried again."""
        for terminal in self._terminals.all_terminals(self._municipality().id):
            if terminal.silent_since is None:
                if is_silent(terminal, now, self._began):
                    self._tell(terminal, now, _silent_letter)
            elif terminal.heartbeat is not None and terminal.heartbeat.at > terminal.silent_since:
                self._tell(terminal, None, _back_letter)

    def _tell(
        self, terminal: Terminal, since: datetime | None, letter: Callable[[Terminal, str], tuple[str, str]]
    ) -> None:
        if not self._terminals.mark_silent(terminal.id, since):
            return
        log.warning("terminal %s is %s", terminal.id, "silent" if since else "back")
        if self._alarm_mail is None:
            return
        subject, text = letter(terminal, self._alarm_mail.fleet_url)
        try:
            self._alarm_mail.mail.send(self._alarm_mail.to, subject, text)
        except MailNotSent as problem:
            log.error("the alarm about terminal %s was not sent: %s", terminal.id, problem)
            self._terminals.mark_silent(terminal.id, terminal.silent_since)

    def start(self, every: timedelta = CHECK_EVERY) -> Callable[[], None]:
        """Checks in a thread of its own; call what it returns to stop."""
        return repeat("watching the terminals", lambda: self.check(datetime.now(UTC)), every, log)


def _silent_letter(terminal: Terminal, fleet_url: str) -> tuple[str, str]:
    place = terminal.profile.location
    subject = _("Terminal stil: %(place)s", place=place)
    lines = (
        _("Wij horen niets meer van de terminal in %(place)s.", place=place),
        _("De laatste keer was %(moment)s.", moment=_moment(terminal)),
        "",
        _("Bel de gastheer of gastvrouw. Vraag of de terminal aan staat en internet heeft."),
        _("Hier ziet u alle terminals: %(address)s", address=fleet_url),
        _("Is de terminal terug? Dan mailen wij u."),
    )
    return subject, "\n".join(lines) + "\n"


def _back_letter(terminal: Terminal, fleet_url: str) -> tuple[str, str]:
    place = terminal.profile.location
    subject = _("Terminal terug: %(place)s", place=place)
    lines = (
        _("De terminal in %(place)s werkt weer.", place=place),
        _("U hoeft niets te doen."),
        "",
        _("Hier ziet u alle terminals: %(address)s", address=fleet_url),
    )
    return subject, "\n".join(lines) + "\n"


def _moment(terminal: Terminal) -> str:
    if terminal.heartbeat is None:
        return "–"
    return terminal.heartbeat.at.astimezone(LOCAL).strftime("%d-%m-%Y, %H:%M")
