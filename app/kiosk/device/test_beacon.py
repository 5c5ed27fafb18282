"""The wire of the agent's socket."""

import json
from datetime import UTC, datetime

import pytest

from app.kiosk.device.beacon import (
    LINE_BYTES,
    Asked,
    AskState,
    BadRequest,
    Beacon,
    Volume,
    parse_request,
)

MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_what_may_be_said() -> None:
    for line, meaning in {
        '{"do": "beacon", "page": "talk", "painted": true, "in_talk": false}': Beacon("talk", True, False),
        '{"do": "beacon", "page": "face", "painted": true, "in_talk": false, "at_rest": true, "still_s": 9}': Beacon(
            "face", True, False, True, 9
        ),
        '{"do": "wipe"}': Asked("wipe"),
        '{"do": "restart_browser"}': Asked("restart_browser"),
        '{"do": "restart_machine"}': Asked("restart_machine"),
        '{"do": "switch_off", "until": "2026-11-23T08:00:00+00:00"}': Asked("switch_off", MORNING),
        '{"do": "volume", "percent": 0}': Volume(0),
        '{"do": "volume", "percent": 100}': Volume(100),
        '{"do": "state"}': AskState(),
    }.items():
        assert parse_request(line.encode() + b"\n") == meaning


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("", "bad_message"),
        ("wipe", "bad_message"),
        ("[]", "bad_message"),
        ("[" * 1000, "bad_message"),
        ("{}", "unknown"),
        ('{"do": ["wipe"]}', "unknown"),
        ('{"do": "run"}', "unknown"),
        ('{"do": "wipe", "also": "rm"}', "bad_message"),
        ('{"do": "volume"}', "bad_message"),
        ('{"do": "volume", "percent": 101}', "bad_message"),
        ('{"do": "volume", "percent": -1}', "bad_message"),
        ('{"do": "volume", "percent": true}', "bad_message"),
        ('{"do": "volume", "percent": 1e1}', "bad_message"),
        ('{"do": "beacon", "page": "face", "painted": 1, "in_talk": false}', "bad_message"),
        ('{"do": "beacon", "page": "desk", "painted": true, "in_talk": false}', "bad_message"),
        ('{"do": "beacon", "page": ["face"], "painted": true, "in_talk": false}', "bad_message"),
        ('{"do": "beacon", "page": "face", "painted": true}', "bad_message"),
        ('{"do": "beacon", "page": "face", "painted": true, "in_talk": false, "still_s": -1}', "bad_message"),
        (
            '{"do": "beacon", "page": "face", "painted": true, "in_talk": false, "address": "https://a.example"}',
            "bad_message",
        ),
        (json.dumps({"do": "wipe", "pad": "x" * LINE_BYTES}), "bad_message"),
        ("\xff", "bad_message"),
    ],
)
def test_what_is_refused(line: str, code: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        parse_request(line.encode("latin-1"))
    assert refusal.value.code == code
