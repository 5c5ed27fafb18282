"""How a reader likes to read and to press: size, colours, voice, switches. Kept in a cookie, no account needed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode

from flask import Response, current_app, has_request_context, request

COOKIE = "preferences"
_YEAR_S = 365 * 24 * 3600

CHOICES: dict[str, tuple[str, ...]] = {
    "text_size": ("100", "125", "150", "200"),
    "colour": ("auto", "light", "dark", "contrast"),
    "spacing": ("normal", "wide"),
    "motion": ("auto", "calm"),
    "aloud": ("off", "on"),
    "scan": ("off", "slow", "medium", "fast"),
    "switches": ("one", "two"),
}
"""What each may be; the first is what a new reader gets."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """ "auto" follows the device. text_size is a percentage of the browser's own size.

    aloud: what one points at is spoken. scan: how fast a ring goes past all that can be pressed; switches: one
    presses what the ring is at, or two, of which one moves it.
    """

    text_size: str = "100"
    colour: str = "auto"
    spacing: str = "normal"
    motion: str = "auto"
    aloud: str = "off"
    scan: str = "off"
    switches: str = "one"

    @classmethod
    def chosen(cls, values: Mapping[str, str]) -> "Preferences":
        """What is not one of CHOICES is left at its first choice: a cookie is only a wish."""
        return cls(**{name: values[name] for name, allowed in CHOICES.items() if values.get(name) in allowed})


def current_preferences() -> Preferences:
    if not has_request_context():
        return Preferences()
    return Preferences.chosen(dict(parse_qsl(request.cookies.get(COOKIE, "")[:200])))


def remember_preferences(response: Response, preferences: Preferences) -> Response:
    """Keeps them for a year in this browser."""
    response.set_cookie(
        COOKIE,
        urlencode(asdict(preferences)),
        max_age=_YEAR_S,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response
