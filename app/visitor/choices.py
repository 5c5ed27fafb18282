"""Two questions about captions, each on its own screen: do you read them, may your voice be in them.

The answers are kept together, after the second. Until then the first waits in the person's own session,
so that "not asked yet" stays different from "no".
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app.accessible_ui.languages import DUTCH, LANGUAGES, current_locale
from app.domain.conversations import Choices
from app.visitor.abilities import abilities_of
from app.visitor.guests import Guest, find_guest_before_end
from app.visitor.ports import Ports

ANSWERS = {"ja": True, "nee": False}
Told = Callable[[Ports, str], dict[str, Any]]
"""What one question's page tells, for a reader of this language."""


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    def page(
        template: str, tell: Told, guest: Guest, chosen: bool | None, status: int = 200
    ) -> ResponseReturnValue:
        answer = render_template(
            f"visitor/{template}.html",
            guest=guest,
            chosen=chosen,
            dutch_name=_name(DUTCH.code),
            unclear=status != 200,
            **tell(ports, current_locale().code),
        )
        return answer, status

    @blueprint.route("/gesprek/<invitation_id>/ondertitels", methods=["GET", "POST"])
    def read_captions(invitation_id: str) -> ResponseReturnValue:
        guest = find_guest_before_end(ports.conversations, invitation_id)
        if request.method == "GET":
            return page("read_captions", _told_before_reading, guest, _reads(guest))
        answer = ANSWERS.get(request.form.get("lezen", ""))
        if answer is None:
            return page("read_captions", _told_before_reading, guest, None, 422)
        session[f"reads {invitation_id}"] = answer
        return redirect(url_for(".lend_voice", invitation_id=invitation_id), 303)

    @blueprint.route("/gesprek/<invitation_id>/ondertitels/stem", methods=["GET", "POST"])
    def lend_voice(invitation_id: str) -> ResponseReturnValue:
        guest = find_guest_before_end(ports.conversations, invitation_id)
        reads = _reads(guest)
        if reads is None:
            return redirect(url_for(".read_captions", invitation_id=invitation_id), 303)
        if request.method == "GET":
            return page("lend_voice", _told_before_lending, guest, guest.invitation.agrees_captions)
        answer = ANSWERS.get(request.form.get("stem", ""))
        if answer is None:
            return page("lend_voice", _told_before_lending, guest, None, 422)
        language = current_locale().code
        ports.conversations.keep_choices(invitation_id, Choices(language, reads, language, answer))
        session.pop(f"reads {invitation_id}", None)
        return redirect(url_for(".device_check", invitation_id=invitation_id), 303)


def _told_before_reading(ports: Ports, own: str) -> dict[str, Any]:
    return {"abilities": abilities_of(own, _name(own), ports.captioner, ports.voice, ports.translator)}


def _told_before_lending(ports: Ports, own: str) -> dict[str, Any]:
    heard = ports.captioner.languages()
    return {
        "heard_names": [_name(code) for code in LANGUAGES if code in heard],
        "not_heard_name": None if own in heard else _name(own),
    }


def _reads(guest: Guest) -> bool | None:
    """None: not asked yet."""
    waiting: object = session.get(f"reads {guest.invitation.id}")
    if isinstance(waiting, bool):
        return waiting
    return None if guest.invitation.agrees_captions is None else guest.invitation.reads_captions


def _name(code: str) -> str:
    """A language's name in the reader's own words, e.g. "Arabisch"."""
    locale = get_locale()
    return str(locale.languages.get(code, code)) if locale else code
