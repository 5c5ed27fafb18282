"""What the local server tells and asks the agent: one JSON object a line, each field checked."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

BEACON_S = 8
"""How often a page tells that it lives. Three of them missed and a new browser must fit within 30 s."""
LINE_BYTES = 1024

Page = Literal["face", "talk"]
Order = Literal["wipe", "restart_browser", "restart_machine", "switch_off"]


class BadRequest(Exception):
    """code is stable: bad_message, unknown."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Beacon:
    """A page lives. Nothing in it tells what the page shows or who reads it."""

    page: Page
    painted: bool
    """The page stands on the screen: its frame was drawn just now."""
    in_talk: bool
    at_rest: bool = False
    """The attract screen: nobody is at the terminal."""
    still_s: int = 0
    """Seconds since the last touch, key or switch."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An order that changes what runs. until: of switch_off alone, the moment of the next opening."""

    order: Order
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    percent: int


@dataclass(frozen=True, slots=True)
class AskState:
    pass


Request = Beacon | Asked | Volume | AskState


def parse_request(line: bytes) -> Request:
    """Raises BadRequest. A field that we do not know is refused too: nothing rides along."""
    fields = _fields(line)
    match fields.pop("do", None):
        case "beacon":
            return _beacon(fields)
        case "wipe" | "restart_browser" | "restart_machine" as order if not fields:
            return Asked(order)
        case "switch_off" if set(fields) == {"until"}:
            return Asked("switch_off", _moment(fields["until"]))
        case "volume" if set(fields) == {"percent"}:
            return Volume(_number(fields["percent"], 100))
        case "state" if not fields:
            return AskState()
        case "wipe" | "restart_browser" | "restart_machine" | "switch_off" | "volume" | "state":
            raise BadRequest("bad_message")
    raise BadRequest("unknown")


def _beacon(fields: dict[str, Any]) -> Beacon:
    known = set(Beacon.__dataclass_fields__)
    if not {"page", "painted", "in_talk"} <= set(fields) <= known or fields["page"] not in get_args(Page):
        raise BadRequest("bad_message")
    painted, in_talk, at_rest = fields["painted"], fields["in_talk"], fields.get("at_rest", False)
    if not (isinstance(painted, bool) and isinstance(in_talk, bool) and isinstance(at_rest, bool)):
        raise BadRequest("bad_message")
    return Beacon(fields["page"], painted, in_talk, at_rest, _number(fields.get("still_s", 0), 10_000_000))


def _fields(line: bytes) -> dict[str, Any]:
    if len(line) > LINE_BYTES:
        raise BadRequest("bad_message")
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise BadRequest("bad_message") from problem
    if not isinstance(fields, dict):
        raise BadRequest("bad_message")
    return fields


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError as problem:
        raise BadRequest("bad_message") from problem
    if moment is None or moment.tzinfo is None:
        raise BadRequest("bad_message")
    return moment


def _number(value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise BadRequest("bad_message")
    return value
