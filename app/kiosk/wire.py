"""What a terminal and the server tell each other, as JSON. Both sides use this, so they cannot differ."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, cast

from app.domain.terminals import Heartbeat, SelfTest, TerminalProfile


class BadBody(Exception):
    """A field is missing, of another kind, or out of bounds; the message names it."""


def heartbeat_body(heartbeat: Heartbeat) -> dict[str, Any]:
    """Without `at`: that is the server's to say."""
    body = asdict(heartbeat)
    del body["at"]
    for name in ("last_good_paint_at", "off_until"):
        body[name] = body[name] and body[name].isoformat()
    return body


def read_heartbeat(body: Mapping[str, Any], at: datetime) -> Heartbeat:
    """Raises BadBody."""
    temperature = body.get("temperature_c")
    return Heartbeat(
        at=at,
        version=_text(body, "version"),
        slot=_text(body, "slot"),
        last_good_paint_at=_moment(body, "last_good_paint_at"),
        restarts=int(_number(body, "restarts", 0, 1_000_000)),
        disk_free_bytes=int(_number(body, "disk_free_bytes", 0, 2**53)),
        temperature_c=None if temperature is None else _number(body, "temperature_c", -100, 300),
        network=_text(body, "network"),
        camera=_truth(body, "camera"),
        sound=_truth(body, "sound"),
        clock_skew_s=_number(body, "clock_skew_s", -1e10, 1e10),
        off_until=_moment(body, "off_until"),
    )


def self_test_body(self_test: SelfTest) -> dict[str, Any]:
    """Without `at`, as above."""
    body = asdict(self_test)
    del body["at"]
    return body


def read_self_test(body: Mapping[str, Any], at: datetime) -> SelfTest:
    """Raises BadBody."""
    return SelfTest(
        at=at,
        picture=_truth(body, "picture"),
        sound=_truth(body, "sound"),
        loss=_number(body, "loss", 0, 1),
        delay_ms=_number(body, "delay_ms", 0, 1e7),
        failed=_text(body, "failed"),
    )


def profile_body(profile: TerminalProfile) -> dict[str, Any]:
    return {**asdict(profile), "languages": list(profile.languages)}


def read_profile(body: Mapping[str, Any]) -> TerminalProfile:
    """Raises BadBody. For the terminal, which trusts its server but not a file that was cut off."""
    hours, languages, team = body.get("opening_hours"), body.get("languages"), body.get("team_id")
    if not isinstance(hours, dict) or not all(
        isinstance(each, str) for pair in hours.items() for each in pair
    ):
        raise BadBody("opening_hours")
    if not isinstance(languages, list) or not all(isinstance(each, str) for each in languages):
        raise BadBody("languages")
    if team is not None and type(team) is not int:
        raise BadBody("team_id")
    kind = body.get("kind")
    if kind not in ("terminal", "tablet"):
        raise BadBody("kind")
    return TerminalProfile(
        location=_text(body, "location", 120),
        opening_hours=cast(dict[str, str], hours),
        team_id=team,
        languages=tuple(languages),
        printer=_truth(body, "printer"),
        kind=kind,
        lower_half=_truth(body, "lower_half"),
    )


def _text(body: Mapping[str, Any], name: str, longest: int = 60) -> str:
    value = body.get(name)
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise BadBody(name)
    return value


def _truth(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name)
    if not isinstance(value, bool):
        raise BadBody(name)
    return value


def _number(body: Mapping[str, Any], name: str, low: float, high: float) -> float:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadBody(name)
    if not low <= value <= high:  # NaN is never within
        raise BadBody(name)
    return value


def _moment(body: Mapping[str, Any], name: str) -> datetime | None:
    value = body.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError) as problem:
        raise BadBody(name) from problem
