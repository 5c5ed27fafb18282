"""What a client's frame must be, to the letter."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversations import messages as wire
from app.conversations.fields import CLOSE_CODES, TYPING_UNITS, WireError, clean_text, utf16_units
from app.conversations.messages import FRAME_BYTES, FrameReader, parse_sound_message

HELLO: dict[str, Any] = {
    "type": "hello",
    "epoch": "epoch-0001",
    "view": {"language": "nl", "spoken_language": "ar", "text_size": 150},
    "state": {"microphone": True, "camera": False, "sound_only": False},
}
CANDIDATE = {"candidate": "candidate:1 1 udp 1 10.0.0.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}
GOOD: list[dict[str, Any]] = [
    {"type": "offer", "to": "a", "epoch": "epoch-0002", "description": {"type": "offer", "sdp": "v=0\r\n"}},
    {"type": "answer", "to": "a", "epoch": "epoch-0002", "description": {"type": "answer", "sdp": ""}},
    {
        "type": "candidate",
        "to": "a",
        "epoch": "epoch-0002",
        "candidate": {**CANDIDATE, "usernameFragment": None},
    },
    {"type": "candidate", "to": "a", "epoch": "epoch-0002", "candidate": None},
    {"type": "state", "microphone": True, "camera": True, "sound_only": True},
    {"type": "trouble", "code": "no_camera"},
    {"type": "trouble", "code": None},
    {"type": "caption_choice", "reads": True, "agrees": False, "language": "nl", "spoken_language": "ti"},
    {"type": "keep_language", "language": "en"},
    {"type": "coach", "on": True},
    {"type": "typing", "line": 2**53 - 1, "text": "Hallo ‏مرحبا 👋🏽", "done": False},
    {"type": "admit", "participant": "a"},
    {"type": "mute", "participant": "a"},
    {"type": "remove", "participant": "a"},
    {"type": "end"},
    {"type": "leave"},
    {"type": "ping"},
]


def frame(seq: object, content: dict[str, Any]) -> str:
    return json.dumps({**content, "seq": seq})


def greeted() -> FrameReader:
    reader = FrameReader()
    reader.parse(frame(1, HELLO))
    return reader


def refusal(reader: FrameReader, raw: str | bytes) -> str:
    with pytest.raises(WireError) as caught:
        reader.parse(raw)
    return caught.value.code


def test_every_message_is_read_as_it_was_sent() -> None:
    reader = greeted()
    for number, content in enumerate(GOOD, start=2):
        message = reader.parse(frame(number, content))
        assert message.type == content["type"]
        for name, value in content.items():
            assert getattr(message, name) == value
    assert {content["type"] for content in GOOD} | {"hello"} == {
        kind.type for kind in wire.ClientMessage.__args__
    }


def test_every_field_is_needed_and_none_more() -> None:
    for content in GOOD:
        for name in content.keys() - {"type"}:
            less = {key: value for key, value in content.items() if key != name}
            assert refusal(greeted(), frame(2, less)) == "malformed"
        assert refusal(greeted(), frame(2, {**content, "time": 1})) == "malformed"


ODD = [None, 0, -1, 1.5, "", "x" * 700, [], {}, True, [[]], {"type": "offer"}, "<script>", "\ud800", 10**30]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:20])
def test_a_field_of_another_form_is_refused_or_is_exactly_that_form(odd: object) -> None:
    for content in [*GOOD, HELLO]:
        for name in content.keys() - {"type"}:
            if type(content[name]) is type(odd) or content[name] is None:
                continue
            reader = FrameReader() if content["type"] == "hello" else greeted()
            seq = 1 if content["type"] == "hello" else 2
            try:
                reader.parse(frame(seq, {**content, name: odd}))
            except WireError as error:
                assert error.code == "malformed"  # noqa: PT017
            else:
                assert odd is None, f"{content['type']}.{name} took {odd!r}"
                assert name in ("code", "candidate")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "null",
        "[]",
        "{",
        "1e999",
        "[" * 10_000,
        '{"type":"ping","seq":NaN}',
        '{"type":"ping","seq":2,"seq":2}',
        '{"type":"ping","seq":' + "9" * 5000 + "}",
        '{"type":"ping","seq":true}',
        '{"type":"ping","seq":2.0}',
        '{"type":"__init__","seq":2}',
        '{"type":["ping"],"seq":2}',
        '{"type":"welcome","seq":2}',
        '{"seq":2}',
        "\x00",
    ],
    ids=lambda raw: raw[:24],
)
def test_what_is_no_message_is_malformed(raw: str) -> None:
    assert refusal(greeted(), raw) == "malformed"


@given(st.text() | st.binary())
def test_nothing_but_a_stable_code_comes_of_noise(noise: str | bytes) -> None:
    assert refusal(greeted(), noise) in CLOSE_CODES


def test_frames_have_their_order() -> None:
    reader = FrameReader()
    ping = {"type": "ping"}
    assert refusal(reader, frame(1, ping)) == "hello_first"
    assert refusal(reader, frame(2, HELLO)) == "out_of_order"
    assert refusal(reader, frame(0, HELLO)) == "replayed"
    reader.parse(frame(1, HELLO))
    assert refusal(reader, frame(2, HELLO)) == "hello_twice"
    assert refusal(reader, frame(1, ping)) == "replayed"
    assert refusal(reader, frame(3, ping)) == "out_of_order"
    reader.parse(frame(2, ping))


def view_of(view: dict[str, Any]) -> wire.View:
    hello = FrameReader().parse(frame(1, {**HELLO, "view": view}))
    assert isinstance(hello, wire.Hello)
    return hello.view


def test_a_page_from_before_an_update_names_no_text_size() -> None:
    assert view_of({"language": "nl", "spoken_language": "ar"}).text_size == 100
    for size in (100, 125, 150, 200):
        assert view_of({**HELLO["view"], "text_size": size}).text_size == size


@pytest.mark.parametrize("size", [0, -1, 99, 110, 150.0, 300, 10**30, True, "150", None, [150]])
def test_a_text_size_is_one_of_four(size: object) -> None:
    with pytest.raises(WireError, match="malformed"):
        view_of({**HELLO["view"], "text_size": size})


def test_only_descriptions_may_be_long() -> None:
    reader = greeted()
    long = {"type": "offer", "sdp": "a" * 60_000}
    reader.parse(frame(2, {"type": "offer", "to": "a", "epoch": "epoch-0002", "description": long}))
    padded = frame(3, {"type": "ping"}) + " " * FRAME_BYTES
    assert refusal(reader, padded) == "too_large"
    longer = {"type": "offer", "sdp": "a" * 70_000}
    assert (
        refusal(reader, frame(3, {"type": "offer", "to": "a", "epoch": "epoch-0002", "description": longer}))
        == "too_large"
    )
    assert refusal(reader, b"{}") == "not_text"


def test_an_offer_is_an_offer() -> None:
    answer = {"type": "answer", "sdp": ""}
    offer = {"type": "offer", "to": "a", "epoch": "epoch-0002", "description": answer}
    assert refusal(greeted(), frame(2, offer)) == "malformed"


def test_typed_text_stays_text_and_loses_tricks() -> None:
    html = "<img src=x onerror=alert(1)>"
    assert clean_text(html, 500) == html
    assert clean_text("a\u202eb\u2066c\u2069\x00\x1b[31m\nd\te\u2028f\ud83d", 500) == "abc[31m d e f"
    assert clean_text("نعم‌ لا 👨‍👩‍👧", 500) == "نعم‌ لا 👨‍👩‍👧", "joiners and marks that scripts need stay"


@given(st.text(st.characters(blacklist_categories=[])), st.integers(0, 40))
def test_cleaned_text_fits_and_can_be_sent(text: str, units: int) -> None:
    cleaned = clean_text(text, units)
    assert utf16_units(cleaned) <= units
    cleaned.encode()
    assert clean_text(cleaned, units) == cleaned


def test_the_limit_counts_as_javascript_counts() -> None:
    reader = greeted()
    typing = {"type": "typing", "line": 1, "done": False}
    reader.parse(frame(2, {**typing, "text": "👋" * (TYPING_UNITS // 2)}))
    assert refusal(reader, frame(3, {**typing, "text": "👋" * (TYPING_UNITS // 2) + "a"})) == "malformed"


def test_sound_sockets_have_two_messages() -> None:
    opening = parse_sound_message('{"type":"open","encoding":"opus","language":"nl"}')
    assert opening == wire.OpenSound("opus", "nl")
    assert parse_sound_message('{"type":"close"}') == wire.CloseSound()
    for raw in ("", "{}", '{"type":"open","encoding":"mp3","language":"nl"}', '{"type":"ping"}'):
        with pytest.raises(WireError, match="malformed"):
            parse_sound_message(raw)
