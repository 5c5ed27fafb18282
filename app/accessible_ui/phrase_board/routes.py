"""The board as a page, as a fragment for the talk, and its sentences as sound."""

from collections.abc import Callable
from io import BytesIO
from typing import cast

from flask import Blueprint, Response, abort, render_template, request, send_file
from flask.typing import ResponseReturnValue

from app.accessible_ui.languages import current_locale
from app.accessible_ui.phrase_board.view import BoardView, board_language, view_board
from app.accessible_ui.read_aloud.small_sound import small_sound
from app.domain.phrases import By, PhraseBoard
from app.domain.phrases.recordings import TYPES, find_recording
from app.domain.speech import LanguageNotSupported, SpeechUnavailable, Voice

_DAY_S = 24 * 3600


def create_blueprint(board: Callable[[], PhraseBoard], voice: Voice) -> Blueprint:
    """board: asked at each page, since a municipality may add to it. Everybody may see it: it names nobody."""
    blueprint = Blueprint("phrases", __name__)

    @blueprint.get("/zinnen")
    def page() -> ResponseReturnValue:
        """taal: the reader's language; andere: what stands below it; over: a subject, "alles" or "taal"."""
        view = _view(board(), voice)
        over, part = request.args.get("over", ""), request.args.get("deel", "1")
        number = int(part) if part in "123456789" and part else 1
        subject = view.subject(over)
        if over and over not in ("alles", "taal") and subject is None:
            abort(404)
        if over == "alles" and number > len(view.screens):
            abort(404)
        return render_template(
            "accessible_ui/phrase_board/page.html", view=view, over=over, number=number, subject=subject
        )

    @blueprint.get("/zinnen/fragment")
    def fragment() -> ResponseReturnValue:
        """The whole board in one language, to be shown screen by screen: one request, then no more waiting."""
        return render_template("accessible_ui/phrase_board/fragment.html", view=_view(board(), voice))

    @blueprint.get("/zinnen/geluid/<language>/<phrase_id>")
    def sound(language: str, phrase_id: str) -> ResponseReturnValue:
        phrase = board().phrase(phrase_id)
        if phrase is None or language not in phrase.text:
            abort(404)
        recording = find_recording(phrase, language)
        if recording is not None:
            answer = send_file(recording, TYPES[recording.suffix], conditional=True)
        else:
            try:
                spoken = voice.speak(phrase.text[language], language)
            except LanguageNotSupported:
                abort(404)
            except SpeechUnavailable:
                abort(503)
            answer = send_file(BytesIO(small_sound([spoken.sound])), "audio/wav", conditional=True)
        return _kept(answer, for_s=0 if phrase.own else _DAY_S)

    return blueprint


def _kept(answer: Response, for_s: int) -> Response:
    """An own phrase's number may come to mean another phrase; ours never."""
    answer.headers["Cache-Control"] = f"public, max-age={for_s}" if for_s else "no-store"
    return answer


def _view(board: PhraseBoard, voice: Voice) -> BoardView:
    asked = request.args
    language = board_language(asked.get("taal"), current_locale().code)
    by = asked.get("wie", "citizen")
    if by not in ("citizen", "employee"):
        abort(400)
    # Whoever reads no Dutch shows the sentence to somebody who does.
    other = board_language(asked.get("andere"), "nl")
    return view_board(board, cast(By, by), language, other, voice.languages())
