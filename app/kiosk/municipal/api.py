"""What a terminal asks of the municipal server. Each answer is JSON; each refusal has a stable code."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from app.domain.people import Municipality
from app.domain.terminals import KeyRevoked, Terminals, TooManyEnrolments
from app.kiosk.municipal.body import bad_body, read_body
from app.kiosk.municipal.signed import (
    current_key,
    current_terminal,
    now,
    refusal,
    signed_by_key,
    signed_request,
)
from app.kiosk.wire import BadBody, profile_body, read_heartbeat, read_self_test


def create_blueprint(terminals: Terminals, municipality: Callable[[], Municipality]) -> Blueprint:
    room = Blueprint("terminal_api", __name__, url_prefix="/terminal/api")
    room.register_error_handler(BadBody, bad_body)

    @room.post("/enrolments")
    @signed_by_key
    def begin_enrolment() -> Response:
        """A code to show. A key that is enrolled already gets its id instead."""
        if terminals.terminal_by_key(current_key()) is not None:
            return _enrolment(terminals)
        try:
            code = terminals.begin_enrolment(current_key(), now())
        except TooManyEnrolments:
            return refusal("too_many")
        except KeyRevoked:
            return refusal("revoked")
        return _enrolment(terminals, code=code)

    @room.post("/enrolments/state")
    @signed_by_key
    def enrolment_state() -> Response:
        return _enrolment(terminals)

    @room.post("/heartbeat")
    @signed_request
    def heartbeat() -> Response:
        told = read_heartbeat(read_body(), now())
        terminals.save_heartbeat(current_terminal().id, told)
        return jsonify(received=True, server_time=told.at.isoformat())

    @room.post("/self-test")
    @signed_request
    def self_test() -> Response:
        told = read_self_test(read_body(), now())
        terminals.save_self_test(current_terminal().id, told)
        return jsonify(received=True, server_time=told.at.isoformat())

    @room.post("/host-code")
    @signed_request
    def host_code() -> Response:
        """hash: argon2id, as the terminal checks it; null: the municipality made none."""
        return jsonify(hash=current_terminal().host_code_hash)

    @room.post("/profile")
    @signed_request
    def profile() -> Response:
        """Of this terminal, and what its pages say of the municipality."""
        terminal, town = current_terminal(), municipality()
        return jsonify(
            id=terminal.id,
            state=terminal.state,
            profile=profile_body(terminal.profile),
            municipality={
                "name": town.name,
                "phone": town.phone,
                "email": town.email,
                "website": town.website,
                "address": town.address,
                "opening_hours": town.opening_hours,
                "theme": town.theme,
            },
            server_time=now().isoformat(),
        )

    return room


def _enrolment(terminals: Terminals, **more: str) -> Response:
    """expires_in_s besides expires_at: the terminal's clock may be off."""
    terminal = terminals.terminal_by_key(current_key())
    if terminal is not None:
        return jsonify(state="confirmed", id=terminal.id)
    until = terminals.enrolment_open_until(current_key(), now())
    if until is None:
        return jsonify(state="expired")
    left_s = (until - now()).total_seconds()
    return jsonify(state="waiting", expires_at=until.isoformat(), expires_in_s=round(left_s), **more)
