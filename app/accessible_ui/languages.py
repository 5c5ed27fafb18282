"""The languages a reader can choose, and which one this reader chose."""

from dataclasses import dataclass

from flask import Response, current_app, has_request_context, request

from app.domain.languages import OWN_NAMES, direction

COOKIE = "language"
_YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Language:
    """code: ISO 639-1. name: in the language itself, because a reader looks for a word that he knows."""

    code: str
    name: str
    direction: str
    """"ltr" or "rtl"."""


LANGUAGES: dict[str, Language] = {
    code: Language(code, OWN_NAMES[code], direction(code)) for code in ("nl", "en", "ar")
}
DUTCH = LANGUAGES["nl"]


def current_locale() -> Language:
    """The reader's language: chosen before, else what the browser asks for, else Dutch."""
    if not has_request_context():
        return DUTCH
    chosen = LANGUAGES.get(request.cookies.get(COOKIE, ""))
    if chosen is not None:
        return chosen
    # Only the first part counts: "ar-MA" and "en-GB" are served by "ar" and "en".
    for tag, _quality in request.accept_languages:
        language = LANGUAGES.get(tag.split("-")[0].lower())
        if language is not None:
            return language
    return DUTCH


def remember_language(response: Response, code: str) -> Response:
    """Keeps the choice for a year in this browser. An unknown code changes nothing."""
    if code in LANGUAGES:
        response.set_cookie(
            COOKIE,
            code,
            max_age=_YEAR_S,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response
