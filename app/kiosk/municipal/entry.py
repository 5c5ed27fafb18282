"""How a citizen at a terminal comes into a talk, and how nothing of them stays: requests, entry, leaving.

What a terminal asks is signed; what its browser asks carries a secret of one use. The words for people stand on the
terminal: here each refusal is a stable code.
"""

from base64 import b64decode, b64encode
from typing import Any

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_limiter.errors import RateLimitExceeded

from app.accessible_ui.languages import remember_language
from app.conversations.access import enter_from_terminal, terminal
from app.domain.call_backs import (
    SEALED_BYTES,
    CallBacks,
    CallBackUnreadable,
    clean_call_back_id,
    read_call_back,
)
from app.domain.conversations import ConversationEnded
from app.domain.queue import (
    EntryClosed,
    LiveSide,
    NewEntry,
    NoWalkIn,
    Queue,
    ShortCodeWrong,
    TooManyTries,
    clean_short_code,
    is_language_code,
    let_go,
)
from app.kiosk.forgetting import forget
from app.kiosk.municipal.body import bad_body, read_body
from app.kiosk.municipal.signed import current_terminal, signed_request
from app.kiosk.sealing import CannotOpen, SealingKeys
from app.kiosk.wire import BadBody

_STATUS = {
    "cannot_open": 422,
    "ended": 410,
    "no_walk_in": 409,
    "too_many": 429,
    "unreadable": 422,
    "wrong_code": 404,
}


def create_blueprint(
    queue: Queue,
    call_backs: CallBacks,
    live: LiveSide,
    keys: SealingKeys,
    face: str,
) -> Blueprint:
    """face: where each terminal's own pages are, e.g. http://127.0.0.1:8180."""
    room = Blueprint("terminal_entry", __name__)

    # --- What the terminal asks

    @room.post("/terminal/api/walk-in")
    @signed_request
    def walk_in() -> ResponseReturnValue:
        """A place in line. Who stood here before has gone: one terminal, one person."""
        here, body = current_terminal(), read_body()
        team_id = body.get("team", here.profile.team_id)
        if team_id is not None and type(team_id) is not int:
            raise BadBody("team")
        let_go(queue, live, here.id)
        return _let_in(queue.begin_walk_in(here.id, _language(body), team_id))

    @room.post("/terminal/api/short-code")
    @signed_request
    def short_code() -> ResponseReturnValue:
        here, body = current_terminal(), read_body()
        code, language = clean_short_code(_text(body, "code")), _language(body)
        let_go(queue, live, here.id)
        return _let_in(queue.use_short_code(here.id, code, language))

    @room.post("/terminal/api/leave")
    @signed_request
    def leave() -> ResponseReturnValue:
        let_go(queue, live, current_terminal().id)
        return jsonify(left=True)

    @room.get("/terminal/api/key")
    @signed_request
    def key() -> ResponseReturnValue:
        """To which the terminal seals; base64."""
        return jsonify(public_key=b64encode(keys.public_key).decode())

    @room.post("/terminal/api/call-back")
    @signed_request
    def call_back() -> ResponseReturnValue:
        """The same id again is answered the same, and changes nothing."""
        body = read_body()
        wish = read_call_back(keys.open(_sealed(body)))
        call_backs.keep_call_back(clean_call_back_id(body.get("id")), wish)
        return jsonify(received=True)

    # --- What its browser asks

    @room.get("/terminal/in/<token>")
    def enter(token: str) -> ResponseReturnValue:
        """Whoever used this browser before is forgotten first; the secret is exchanged for a cookie at once."""
        entry = queue.use_entry(token)
        enter_from_terminal(entry, face)
        onwards = "visitor.read_captions" if entry.walk_in else "visitor.welcome"
        answer = make_response(redirect(url_for(onwards, invitation_id=entry.invitation_id), 303))
        return remember_language(answer, entry.language)

    @room.get("/terminal/uit")
    def leave_by_page() -> ResponseReturnValue:
        """Any other browser keeps what it has: a foreign page could lead it here."""
        here = terminal()
        if here is None:
            return redirect("/", 303)
        let_go(queue, live, here["id"])
        return forget(redirect(f"{here['face']}/einde", 303))

    @room.before_app_request
    def forget_who_left() -> None:
        """A cookie can be copied, and a signed one stays good. So who left is looked up, at each request."""
        here = terminal()
        if (
            here is not None
            and request.endpoint != "accessible_ui.asset"
            and not queue.is_open(here["entry"])
        ):
            session.clear()

    # --- Refusals

    def refuse(error: type[Exception], code: str) -> None:
        @room.errorhandler(error)
        def refused(_error: Exception) -> ResponseReturnValue:
            answer = jsonify(code=code)
            answer.status_code = _STATUS[code]
            if code == "too_many":
                answer.headers["Retry-After"] = "60"
            return answer

    room.register_error_handler(BadBody, bad_body)
    refuse(CannotOpen, "cannot_open")
    refuse(CallBackUnreadable, "unreadable")
    refuse(ConversationEnded, "ended")
    refuse(NoWalkIn, "no_walk_in")
    refuse(RateLimitExceeded, "too_many")
    refuse(ShortCodeWrong, "wrong_code")
    refuse(TooManyTries, "too_many")

    @room.errorhandler(EntryClosed)
    def closed(_error: EntryClosed) -> ResponseReturnValue:
        return render_template("kiosk/municipal/entry_closed.html", face=face), 404

    return room


def _let_in(entry: NewEntry) -> Response:
    address = url_for("terminal_entry.enter", token=entry.token)
    return jsonify(entry=address) if entry.place is None else jsonify(entry=address, place=entry.place)


def _text(body: dict[str, Any], name: str) -> str:
    """Raises BadBody."""
    value = body.get(name)
    if not isinstance(value, str) or len(value) > 100:
        raise BadBody(name)
    return value


def _language(body: dict[str, Any]) -> str:
    """Raises BadBody."""
    code = _text(body, "language")
    if not is_language_code(code):
        raise BadBody("language")
    return code


def _sealed(body: dict[str, Any]) -> bytes:
    """Raises BadBody."""
    text = body.get("sealed")
    if not isinstance(text, str) or len(text) > SEALED_BYTES * 4 // 3 + 4:
        raise BadBody("sealed")
    try:
        return b64decode(text, validate=True)
    except ValueError as problem:
        raise BadBody("sealed") from problem
