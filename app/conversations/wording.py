"""What goes wrong on a socket, in words for the person behind it."""

from babel import Locale, UnknownLocaleError
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from app.conversations.fields import WireError
from app.conversations.messages import Message, error_message

_BREACH = _l("Er gaat iets mis met deze pagina. Laad de pagina opnieuw.")

SENTENCES = {
    "too_large": _BREACH,
    "hello_late": _l("De verbinding duurt te lang. Wij proberen het opnieuw."),
    "too_many": _l("Deze pagina stuurt te veel tegelijk. Wacht even."),
    "too_much_sound": _l("Het geluid voor de ondertitels komt te snel. Wacht even."),
    "busy": _l("Het is nu heel druk. Wij proberen het straks opnieuw."),
    "signed_out": _l("U bent uitgelogd. Log opnieuw in."),
    "not_admitted": _l("U bent nog niet aan de beurt. Wacht nog even."),
    "seat_gone": _l("Uw plaats in dit gesprek is vrij. Open uw link opnieuw."),
    "sound_refused": _l("Uw stem krijgt nu geen ondertitels."),
    "bad_sound": _l("De ondertitels van uw stem werken nu niet."),
    "language_not_supported": _l("Wij maken nog geen ondertitels in deze taal."),
    "not_allowed": _l("Alleen een medewerker mag dit doen."),
    "unknown_participant": _l("Deze persoon is niet meer in het gesprek."),
    "absent": _l("Deze persoon is even niet bereikbaar."),
    "not_kept": _l("Dit lukt nu niet. Probeer het opnieuw."),
}
"""Codes without a sentence of their own are breaches of the protocol: the page's fault, not the person's."""


def told(error: WireError, language: str) -> Message:
    """The error as this reader is told it; in Dutch when the language is none that Babel knows."""
    try:
        Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        language = "nl"
    with force_locale(language):
        return error_message(error, str(SENTENCES.get(error.code, _BREACH)))
