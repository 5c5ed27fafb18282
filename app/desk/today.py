"""Today: who waits, who talks, and a new conversation in one press."""

import zlib
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.desk import gate
from app.desk.names import person_name, service_name
from app.desk.new_links import keep_new_link
from app.desk.ports import Ports
from app.desk.walk_ins import Waiting, who_waits
from app.domain.conversations import Conversation, NotFound, Seat
from app.domain.local_time import local_day
from app.domain.queue import WALK_IN


@dataclass(frozen=True, slots=True)
class Talk:
    """One line of the list."""

    conversation: Conversation
    service: str
    waiting: tuple[str, ...]
    inside: tuple[str, ...]


def add_routes(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.get("/")
    def today() -> ResponseReturnValue:
        employee = gate.current()
        on = local_day(ports.now())
        found = ports.conversations.open_conversations(employee.municipality_id, on)
        talks = sorted((_talk(each) for each in found), key=_urgency)
        line = who_waits(ports, employee.id)
        state = _state(talks, line)
        if gate.refreshes_itself():
            if request.args.get("staat") == state:
                return "", 204  # nothing new: the reader's place on the page stays
            return render_template("desk/talks.html", talks=talks, line=line, state=state)
        services = ports.conversations.service_types(employee.municipality_id)
        # Who comes without an appointment begins it alone; an employee knows what the talk is for.
        offers = [(each, service_name(each)) for each in services if each.slug != WALK_IN]
        return render_template("desk/today.html", talks=talks, line=line, state=state, offers=offers, day=on)

    @blueprint.post("/gesprekken")
    def start_conversation() -> ResponseReturnValue:
        employee = gate.current()
        service_type_id = request.form.get("service_type", type=int)
        known = {each.id for each in ports.conversations.service_types(employee.municipality_id)}
        if service_type_id not in known:
            abort(404)
        try:
            conversation, link = ports.conversations.start_conversation(employee.id, service_type_id)
        except NotFound:
            abort(404)
        keep_new_link(link)
        return redirect(url_for("desk.prepare", conversation_id=conversation.id), 303)


def _talk(conversation: Conversation) -> Talk:
    def names(seats: list[Seat]) -> tuple[str, ...]:
        return tuple(person_name(seat.role, seat.display_name) for seat in seats)

    return Talk(
        conversation,
        service_name(conversation.service_type),
        names([seat for seat in conversation.seats if seat.admitted_at is None]),
        names([seat for seat in conversation.seats if seat.admitted_at is not None]),
    )


def _urgency(talk: Talk) -> tuple[bool, bool, datetime]:
    """Open before ended, waiting before not, then who began first."""
    return not talk.conversation.is_open, not talk.waiting, talk.conversation.created_at


def _state(talks: list[Talk], line: list[Waiting]) -> str:
    """Changes when anything on the lists does."""
    seen: list[object] = [(each.walk_in, each.waited) for each in line]
    seen += [(t.conversation.id, t.conversation.ended_at, t.waiting, t.inside) for t in talks]
    return f"{zlib.crc32(repr(seen).encode()):08x}"
