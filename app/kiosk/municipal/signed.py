"""Only a terminal whose signature is right, fresh and new gets past here."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, cast

from flask import Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect
from limits import parse
from werkzeug.urls import iri_to_uri

from app.domain.terminals import CLOCK_WINDOW, Replayed, Terminal, TerminalNotFound, Terminals
from app.kiosk.signatures import BadSignature, Claim, Message, claim_of, key_of_name, verify

log = logging.getLogger("wijkbalie.terminals")

Params = ParamSpec("Params")
View = Callable[Params, ResponseReturnValue]

PER_ADDRESS = parse("1200/minute")
"""Before any check: a town's terminals may share one address, yet checking a signature costs a little."""
PER_TERMINAL = parse("240/minute")
"""Counted after the check, so that nobody can use up another's."""

_EXTENSION = "wijkbalie_signatures"
_MARK = "needs_signature"

_STATUS = {"revoked": 403, "too_many": 429}


class Refused(Exception):
    """code: stable, one of bad_signature, unknown_terminal, clock_off, replayed, revoked, too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Signatures:
    """What the decorators of this application check against."""

    def __init__(
        self, terminals: Terminals, limiter: Limiter, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._terminals = terminals
        self._limiter = limiter
        self.clock = clock

    def init_app(self, app: Flask, csrf: CSRFProtect) -> None:
        """Call it when all rooms are there: what needs a signature needs no token of a form, and nothing else."""
        app.extensions[_EXTENSION] = self
        for view in app.view_functions.values():
            if getattr(view, _MARK, False):
                csrf.exempt(view)

    def check_terminal(self) -> Terminal:
        """Whose request this is. Raises Refused."""
        claim = self._claim()
        try:
            terminal = self._terminals.terminal(claim.key_id)
        except TerminalNotFound:
            raise Refused("unknown_terminal") from None
        self._check(claim, terminal.public_key, terminal.state == "revoked")
        return terminal

    def check_key(self) -> bytes:
        """The public key of whoever sent this; it may be anybody's, but it is theirs. Raises Refused."""
        claim = self._claim()
        public_key = key_of_name(claim.key_id)
        if public_key is None:
            raise Refused("bad_signature")
        known = self._terminals.terminal_by_key(public_key)
        self._check(claim, public_key, known is not None and known.state == "revoked")
        return public_key

    def _claim(self) -> Claim:
        self._limit(PER_ADDRESS, request.remote_addr or "")
        try:
            return claim_of(request.headers.get("Signature-Input", ""))
        except BadSignature:
            raise Refused("bad_signature") from None

    def _check(self, claim: Claim, public_key: bytes, revoked: bool) -> None:
        """Nothing is told, counted or kept for a key before its signature is right."""
        try:
            verify(_message(), claim, public_key)
        except BadSignature:
            raise Refused("bad_signature") from None
        if revoked:
            raise Refused("revoked")
        self._limit(PER_TERMINAL, claim.key_id)
        now = self.clock()
        if abs(now - claim.created) > CLOCK_WINDOW:
            raise Refused("clock_off")
        try:
            self._terminals.use_nonce(claim.key_id, claim.nonce, now)
        except Replayed:
            raise Refused("replayed") from None

    def _limit(self, limit: object, who: str) -> None:
        if self._limiter.enabled and not self._limiter.limiter.hit(limit, "terminal", who):  # type: ignore[arg-type]
            raise Refused("too_many")


def signed_request(view: View[Params]) -> View[Params]:
    """The view runs only for an enrolled terminal; current_terminal() says which."""

    def check(signatures: Signatures) -> None:
        g.terminal = signatures.check_terminal()

    return _guarded(view, check)


def signed_by_key(view: View[Params]) -> View[Params]:
    """The view runs for whoever holds a key, enrolled or not; current_key() says which."""

    def check(signatures: Signatures) -> None:
        g.terminal_key = signatures.check_key()

    return _guarded(view, check)


def current_terminal() -> Terminal:
    return cast(Terminal, g.terminal)


def current_key() -> bytes:
    return cast(bytes, g.terminal_key)


def now() -> datetime:
    """By the clock that signatures are checked against."""
    return _signatures().clock()


def refusal(code: str) -> Response:
    """A code for the terminal, which has the words for people; and our time, so that it learns its clock."""
    answer = jsonify(code=code, server_time=now().isoformat())
    answer.status_code = _STATUS.get(code, 401)
    if code == "too_many":
        answer.headers["Retry-After"] = "60"
    return answer


def _guarded(view: View[Params], check: Callable[[Signatures], None]) -> View[Params]:
    @wraps(view)
    def guarded(*args: Params.args, **kwargs: Params.kwargs) -> ResponseReturnValue:
        try:
            check(_signatures())
        except Refused as refused:
            log.warning("a request to %s was refused: %s", request.endpoint, refused.code)
            return refusal(refused.code)
        return view(*args, **kwargs)

    setattr(guarded, _MARK, True)
    return guarded


def _signatures() -> Signatures:
    return cast(Signatures, current_app.extensions[_EXTENSION])


def _message() -> Message:
    """As it came over the wire: the path not decoded."""
    target = (
        request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or iri_to_uri(request.full_path)
    )
    if not target.startswith("/"):
        raise BadSignature
    headers = {
        name: request.headers.get(name, "") for name in ("Signature-Input", "Signature", "Content-Digest")
    }
    return Message(request.method, f"http://{request.host}{target}", headers, request.get_data())
