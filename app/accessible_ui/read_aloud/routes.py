"""The two addresses that speak, and the audio players in pages for readers without JavaScript.

No text that is read aloud reaches a log, a disk or an address that others can read.
"""

import base64
import re
import time
from contextlib import suppress
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from app.accessible_ui.read_aloud.listening_links import (
    KeptPages,
    ListeningLinks,
    main_of,
    pieces_of,
    readable_passages,
)
from app.accessible_ui.read_aloud.opus_sound import opus_sound
from app.accessible_ui.read_aloud.small_sound import small_sound
from app.domain.speech import LanguageNotSupported, SpeechUnavailable, SpokenText, Voice

_HALF_CHARACTER = re.compile("[\\ud800-\\udfff]")
_MAX_BODY_BYTES = 64 * 1024
_PLACE = b"<!--listen-->"
"""read_aloud.html leaves it inside its <noscript>."""


def create_blueprint(voice: Voice, secret: str) -> Blueprint:
    """secret: the application's; players made with another one stay silent.

    Register it after whatever compresses answers: Flask runs the last registered step first.
    """
    blueprint = Blueprint("read_aloud", __name__)
    links = ListeningLinks(secret)
    kept = KeptPages(time.monotonic)

    @blueprint.post("/voorlezen")
    def speak() -> ResponseReturnValue:
        """{text, language, rate, format} in; {sound, type, words, duration_ms} out, or {code, text} and a status.

        format: "wav", or "opus" for a slow line. sound: base64 of a file of that type.
        words: [start in ms, offset, length], in UTF-16 units as in JavaScript.
        """
        if (request.content_length or 0) > _MAX_BODY_BYTES:
            abort(413)  # request.max_content_length is too late: the check of the form token read the body
        asked = _asked(_sent())
        if asked is None:
            return _refused("malformed", 400)
        text, language, rate, wants_opus = asked
        if not text.strip():
            return _refused("empty", 400)
        try:
            spoken = voice.speak(text, language, rate)
        except ValueError:
            return _refused("too_long", 400)
        except LanguageNotSupported:
            return _refused("language_not_supported", 404)
        except SpeechUnavailable:
            return _refused("speech_unavailable", 503)
        sound, sort = _packed(spoken.sound, wants_opus)
        return jsonify(
            sound=base64.b64encode(sound).decode(),
            type=sort,
            words=_words_for_javascript(text, spoken),
            duration_ms=spoken.duration_ms,
        )

    @blueprint.get("/voorlezen/<token>.wav")
    def page_sound(token: str) -> ResponseReturnValue:
        """A piece of a page as sound, for the players that the server put into the page."""
        try:
            passages = links.open(token)
        except ValueError:
            return _refused("malformed", 404)
        try:
            sounds = [spoken.sound for spoken in _speak_all(voice, passages)]
        except SpeechUnavailable:
            return _refused("speech_unavailable", 503)
        if not sounds:
            return _refused("language_not_supported", 404)
        answer = send_file(BytesIO(small_sound(sounds)), "audio/wav", conditional=True)
        # A page may name a person, and computers in libraries are shared: the sound stays on no disk.
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    @blueprint.after_app_request
    def place_players(answer: Response) -> Response:
        if answer.mimetype != "text/html" or answer.is_streamed or answer.content_encoding:
            return answer
        page = answer.get_data()
        if _PLACE not in page:
            return answer
        language = get_locale().language  # what <html lang> says as well
        players = b""
        if language in voice.languages():
            main = main_of(page)
            players = kept.get_or_make(main, language, lambda: _players(links, main, language))
        answer.set_data(page.replace(_PLACE, players, 1))
        return answer

    return blueprint


def _sent() -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError:  # thousands of brackets in brackets
        return None


def _packed(sound: bytes, wants_opus: bool) -> tuple[bytes, str]:
    if wants_opus:
        with suppress(ValueError):  # PyAV without Opus: the larger form is better than silence
            return opus_sound(sound), "audio/ogg"
    return small_sound([sound]), "audio/wav"


def _asked(sent: Any) -> tuple[str, str, float, bool] | None:
    if not isinstance(sent, dict):
        return None
    text, language, rate = sent.get("text"), sent.get("language"), sent.get("rate", 1.0)
    if sent.get("format", "wav") not in ("wav", "opus"):
        return None
    if not isinstance(text, str) or not isinstance(language, str):
        return None
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0.5 <= rate <= 1.5:
        return None
    wants_opus = sent.get("format") == "opus"
    # JSON can carry half a character; its place is kept, so that the places of words stay good.
    return _HALF_CHARACTER.sub("\ufffd", text), language.partition("-")[0].lower(), float(rate), wants_opus


def _refused(code: str, status: int) -> ResponseReturnValue:
    texts = {
        "malformed": _("Dit kunnen wij niet voorlezen."),
        "empty": _("Er staat hier geen tekst om voor te lezen."),
        "too_long": _("Deze tekst is te lang om voor te lezen."),
        "language_not_supported": _("Wij kunnen deze taal niet voorlezen."),
        "speech_unavailable": _("Voorlezen lukt nu niet. Probeer het later nog eens."),
    }
    return jsonify(code=code, text=texts[code]), status


def _words_for_javascript(text: str, spoken: SpokenText) -> list[list[int]]:
    """A character outside the basic plane, such as an emoji, is two units there and one here."""
    words = spoken.words
    if text.isascii() or max(text) <= "\uffff":
        return [[word.start_ms, word.offset, word.length] for word in words]

    def units(start: int, end: int) -> int:
        return len(text[start:end].encode("utf-16-le")) // 2

    return [
        [word.start_ms, units(0, word.offset), units(word.offset, word.offset + word.length)]
        for word in words
    ]


def _speak_all(voice: Voice, passages: list[tuple[str, str]]) -> list[SpokenText]:
    """A passage in a language without a voice is left out."""
    spoken: list[SpokenText] = []
    for language, text in passages:
        try:
            spoken.append(voice.speak(text, language))
        except LanguageNotSupported:
            continue
    return spoken


def _players(links: ListeningLinks, main: bytes, language: str) -> bytes:
    pieces = pieces_of(readable_passages(main, language)) if main else []
    tokens = [links.make(piece) for piece in pieces]
    return render_template("accessible_ui/read_aloud/listen.html", tokens=tokens).encode()
