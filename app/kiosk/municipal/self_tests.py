"""A terminal calls the echo and tells how it went: the way in, the page, and what the page asks.

The terminal asks for an address; its browser opens it once, offers once, tells once. The address is signed, so nothing
is kept of it but the nonces that were used.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Literal

from flask import Blueprint, Response, g, jsonify, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.errors import RateLimitExceeded
from itsdangerous import BadData, URLSafeSerializer

from app.conversations.echo import EchoRefused, NoEcho
from app.conversations.turn import IceServers
from app.domain.terminals import Replayed, TerminalNotFound, Terminals
from app.kiosk.municipal.body import bad_body, read_body
from app.kiosk.municipal.signed import current_terminal, now, signed_request
from app.kiosk.wire import BadBody, read_self_test

OPEN_WITHIN = timedelta(seconds=60)
DONE_WITHIN = timedelta(minutes=4)
"""Less than nonces are kept (app/storage/purge.py)."""
FAILURES = ("", "no_camera", "no_microphone", "no_route", "no_echo", "busy")
"""Stable codes of what went wrong; empty: nothing did, though picture or sound may still be bad."""

Stage = Literal["open", "offer", "result"]
_KEPT = "self_test"
_STATUS = {"bad_offer": 400, "bad_request": 400, "busy": 503, "no_echo": 503}


@dataclass(frozen=True, slots=True)
class Ticket:
    terminal_id: str
    nonce: str
    back: str
    """A path of the terminal's own pages."""


class TicketClosed(Exception):
    """Forged, too late, used before, another browser's, or of a terminal that was revoked."""


class Tickets:
    """secret_keys: the first signs, all are accepted."""

    def __init__(self, terminals: Terminals, secret_keys: Sequence[str]) -> None:
        self._terminals = terminals
        self._serializer = URLSafeSerializer(list(reversed(secret_keys)), salt="self-test of a terminal")

    def issue(self, terminal_id: str, back: str, at: datetime) -> str:
        return str(self._serializer.dumps([terminal_id, token_urlsafe(16), back, int(at.timestamp())]))

    def use(self, token: str, stage: Stage, at: datetime) -> Ticket:
        """Raises TicketClosed."""
        ticket = self.read(token, stage, at)
        self.spend(ticket, stage, at)
        return ticket

    def read(self, token: str, stage: Stage, at: datetime) -> Ticket:
        """Without using it. Raises TicketClosed."""
        try:
            terminal_id, nonce, back, issued = self._serializer.loads(token[:1000])
        except BadData:
            raise TicketClosed from None
        within = OPEN_WITHIN if stage == "open" else DONE_WITHIN
        if at.timestamp() - issued > within.total_seconds():
            raise TicketClosed
        if stage != "open" and session.get(_KEPT) != nonce:
            raise TicketClosed
        try:
            if self._terminals.terminal(terminal_id).state == "revoked":
                raise TicketClosed
        except TerminalNotFound:
            raise TicketClosed from None
        return Ticket(terminal_id, nonce, back)

    def spend(self, ticket: Ticket, stage: Stage, at: datetime) -> None:
        """Raises TicketClosed for whoever comes second."""
        try:
            self._terminals.use_nonce(ticket.terminal_id, f"{stage} {ticket.nonce}", at)
        except Replayed:
            raise TicketClosed from None


def create_blueprint(
    terminals: Terminals,
    echo: Callable[[str], str],
    ice: IceServers,
    secret_keys: Sequence[str],
    face: str,
) -> Blueprint:
    """echo: offer to answer; raises EchoRefused, NoEcho. face: where each terminal's own pages are."""
    room = Blueprint("terminal_self_test", __name__)
    room.register_error_handler(BadBody, bad_body)
    tickets = Tickets(terminals, secret_keys)

    @room.post("/terminal/api/self-tests")
    @signed_request
    def begin() -> ResponseReturnValue:
        """{"back": "face"} leads to its first page afterwards; else to the host's."""
        body = request.get_json(silent=True)
        back = "/" if isinstance(body, dict) and body.get("back") == "face" else "/host"
        token = tickets.issue(current_terminal().id, back, now())
        return jsonify(
            address=url_for("terminal_self_test.page", token=token),
            expires_in_s=int(OPEN_WITHIN.total_seconds()),
        )

    @room.get("/terminal/zelftest/<token>")
    def page(token: str) -> ResponseReturnValue:
        ticket = tickets.use(token, "open", now())
        session[_KEPT] = ticket.nonce
        g.tells_face = face  # the agent must hear that this page lives, too
        servers = ice.for_participant(f"self-test-{ticket.terminal_id}")
        return render_template(
            "kiosk/self_test/page.html",
            face=face,
            token=token,
            back=face + ticket.back,
            ice_servers=servers,
            # A library's firewall lets a terminal reach the relay alone: what is tested is what talks use.
            relay=any("credential" in each for each in servers),
        )

    @room.post("/terminal/zelftest/<token>/offer")
    def offer(token: str) -> ResponseReturnValue:
        """SDP for SDP, as WHIP has it (RFC 9725, 4.2), without trickle; the call ends by itself."""
        tickets.use(token, "offer", now())
        try:
            answer = echo(request.get_data(as_text=True))
        except EchoRefused as refused:
            return _refusal(refused.code if refused.code in _STATUS else "no_echo")
        except (NoEcho, UnicodeDecodeError):
            return _refusal("no_echo")
        return Response(answer, 201, mimetype="application/sdp")

    @room.post("/terminal/zelftest/<token>/result")
    def result(token: str) -> ResponseReturnValue:
        ticket = tickets.read(token, "result", now())
        told = read_self_test(read_body(), now())
        if told.failed not in FAILURES:
            raise BadBody("failed")
        tickets.spend(ticket, "result", now())
        terminals.save_self_test(ticket.terminal_id, told)
        session.pop(_KEPT, None)
        return jsonify(received=True)

    @room.errorhandler(TicketClosed)
    def closed(_error: TicketClosed) -> ResponseReturnValue:
        if request.method == "POST":
            return jsonify(code="closed"), 404
        return render_template("kiosk/municipal/entry_closed.html", face=face), 404

    @room.errorhandler(RateLimitExceeded)
    def too_many(_error: RateLimitExceeded) -> ResponseReturnValue:
        return jsonify(code="busy"), 429

    return room


def _refusal(code: str) -> ResponseReturnValue:
    return jsonify(code=code), _STATUS[code]
