"""Everything a socket may be sent that it should not: each is met with a stable code, and changes nothing."""

import json
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest
from websocket import WebSocketBadStatusException, WebSocketTimeoutException  # type: ignore[import-untyped]

from tests.integration.socket_server import Client, Person, SocketServer, Talk, hello
from tests.waiting import until

FRAME_20_MS = bytes(640)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SocketServer]:
    server = SocketServer(tmp_path_factory.mktemp("attacks"))
    server.start()
    yield server
    assert server.stop() < 10, server.log()  # a thread that hangs takes 20 s; a busy machine alone some
    assert "Traceback" not in server.log()
    assert "GEHEIM" not in server.log()


@pytest.fixture
def talk(server: SocketServer) -> Talk:
    return server.start_conversation({}, {"role": "relative"})


def refused(connect: Callable[[], object]) -> int:
    with pytest.raises(WebSocketBadStatusException) as caught:
        connect()
    assert b"Traceback" not in (caught.value.resp_body or b"")
    return int(caught.value.status_code)


# --- Before the upgrade


@pytest.mark.parametrize("path", ["gesprek", "geluid"])
@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://evil.example",
        "http://balie.example",
        "https://balie.example.evil.example",
        "file://",
        "http://127.0.0.1:1",
        "https://balie.example@evil.example",
        "javascript:alert(1)",
    ],
)
def test_another_site_gets_no_socket(talk: Talk, origin: str | None, path: str) -> None:
    assert refused(lambda: talk.citizen.connect(path, origin=origin)) == 403


def test_the_configured_address_is_this_site(talk: Talk) -> None:
    client = talk.citizen.connect(origin="https://balie.example")
    client.send(**hello())
    client.expect("welcome")


@pytest.mark.parametrize("path", ["gesprek", "geluid"])
def test_another_persons_seat_gets_no_socket(server: SocketServer, talk: Talk, path: str) -> None:
    stranger = server.start_conversation().citizen
    relative = talk.people[2]
    nobody = Person(server, "", "")
    forged = Person(server, "", "wijkbalie_session=eyJpbnZpdGF0aW9ucyI6W119.aaaa.bbbb")
    for person in (stranger, relative, nobody, forged):
        assert refused(lambda person=person: person.connect(path, seat=talk.citizen.seat)) == 403
        assert refused(lambda person=person: person.connect(path, seat=talk.employee.seat)) == 403


@pytest.mark.parametrize("seat", ["none", "x" * 2000, "%00", "..%2f..", "%E2%80%AE", "' OR 1=1 --"])
def test_a_seat_that_is_none_is_told_on_the_socket(talk: Talk, seat: str) -> None:
    seat = seat.replace(" ", "%20")
    try:
        client = talk.citizen.connect(seat=seat)
    except WebSocketBadStatusException as refusal:
        assert refusal.status_code in (400, 404)  # noqa: PT017  an address that no route has
    else:
        client.expect_refusal("seat_gone", 4404)


def test_an_ended_talk_is_no_talk(server: SocketServer, talk: Talk) -> None:
    server.do("end", conversation=talk.id)
    for path in ("gesprek", "geluid"):
        talk.citizen.connect(path).expect_refusal("seat_gone", 4404)


# --- On the signalling socket

BREACHES: list[tuple[str, str | bytes, str, int]] = [
    ("no JSON", "GEHEIM{", "malformed", 4400),
    ("a list", "[1]", "malformed", 4400),
    ("deep", "[" * 8000, "malformed", 4400),
    ("unknown type", '{"type":"GEHEIM","seq":2}', "malformed", 4400),
    ("field missing", '{"type":"typing","seq":2,"text":"GEHEIM"}', "malformed", 4400),
    ("field too many", '{"type":"ping","seq":2,"at":"1970-01-01T00:00:00Z"}', "malformed", 4400),
    ("server's message", '{"type":"ended","seq":2}', "malformed", 4400),
    ("other form", '{"type":"admit","seq":2,"participant":{"$ne":1}}', "malformed", 4400),
    ("replayed", '{"type":"ping","seq":1}', "replayed", 4400),
    ("skipped", '{"type":"ping","seq":9}', "out_of_order", 4400),
    ("second hello", json.dumps({**hello(), "seq": 2}), "hello_twice", 4400),
    ("binary", b"\x00\x01", "not_text", 4400),
    ("long", '{"type":"ping","seq":2}' + " " * 20_000, "too_large", 1009),
]


@pytest.mark.parametrize(
    ("raw", "code", "close_code"), [b[1:] for b in BREACHES], ids=[b[0] for b in BREACHES]
)
def test_a_breach_closes_the_socket_and_changes_nothing(
    talk: Talk, raw: str | bytes, code: str, close_code: int
) -> None:
    employee, citizen = talk.employee.join(), talk.citizen.join()
    employee.expect_presence(talk.citizen.seat, "connected")
    if isinstance(raw, bytes):
        citizen.send_bytes(raw)
    else:
        citizen.send_raw(raw)
    citizen.expect_refusal(code, close_code)
    away = employee.expect_presence(talk.citizen.seat, "away")
    assert away["name"] == "Fatima"
    assert employee.nothing_new() == []
    talk.citizen.join()  # the seat is still theirs


def test_hello_is_first(talk: Talk) -> None:
    client = talk.citizen.connect()
    client.send("typing", line=1, text="GEHEIM", done=False)
    client.expect_refusal("hello_first", 4400)


def test_far_too_large_is_cut_before_it_is_read(server: SocketServer, talk: Talk) -> None:
    before = memory_of(server)
    employee, client = talk.employee.join(), talk.citizen.join()
    with_frame(client, b"\x81", struct.pack("!Q", 2**40), b"a" * 2_000_000)
    assert client.receive() is None
    assert client.close_code in (1009, None), "None: the sender was still sending when the line was cut"
    employee.expect_presence(talk.citizen.seat, "away")
    assert memory_of(server) - before < 50_000_000


@pytest.mark.parametrize(
    ("first", "payload"),
    [
        (b"\x81", b"\xff\xfe\xfd"),  # text that is no UTF-8
        (b"\x83", b"x"),  # an opcode that does not exist
        (b"\xc1", b"x"),  # compressed, which nobody agreed
        (b"\x80", b"x"),  # continues nothing
        (b"\x88", b"\x00"),  # half a close code
        (b"\x09", b"x"),  # a ping in pieces
    ],
    ids=["utf-8", "opcode", "compressed", "continuation", "close", "ping"],
)
def test_frames_against_the_websocket_rules(talk: Talk, first: bytes, payload: bytes) -> None:
    employee, citizen = talk.employee.join(), talk.citizen.join()
    with_frame(citizen, first, b"", payload)
    assert citizen.receive() is None
    assert citizen.close_code in (1002, 1007, None)
    employee.expect_presence(talk.citizen.seat, "away")
    assert employee.nothing_new() == []


def test_a_frame_without_a_mask(talk: Talk) -> None:
    citizen = talk.citizen.join()
    citizen.websocket.sock.sendall(b"\x81\x02{}")
    assert citizen.receive() is None


def test_too_many_messages(talk: Talk) -> None:
    employee, citizen = talk.employee.join(), talk.citizen.join()
    for _ in range(400):
        try:
            citizen.send("ping")
        except OSError:
            break
    assert [m["code"] for m in citizen.expect_close(4429) if m["type"] == "error"] == ["too_many"]
    employee.expect_presence(talk.citizen.seat, "away")
    talk.citizen.join()


def test_a_flood_of_bytes_is_slowed_and_fills_no_memory(server: SocketServer, talk: Talk) -> None:
    employee, client = talk.employee.join(), talk.citizen.join()
    before = memory_of(server)
    client.websocket.settimeout(0.5)
    description = {"type": "offer", "sdp": "GEHEIM" * 9000}
    began, sent, slowest = time.monotonic(), 0, 0.0
    while time.monotonic() - began < 4:
        try:
            client.send("offer", to="nobody", epoch="epoch-0001", description=description)
            sent += 1
        except (WebSocketTimeoutException, OSError):
            break
        asked = time.monotonic()
        employee.nothing_new()
        slowest = max(slowest, time.monotonic() - asked)
    assert sent < 120, "2 MiB at once, 256 KiB a second after that, and what TCP itself holds"
    assert slowest < 2, "the others hardly notice"
    assert memory_of(server) - before < 50_000_000
    client.vanish()


def test_who_never_says_hello_holds_no_place(server: SocketServer, talk: Talk) -> None:
    open_before = server.state()["sockets"]
    silent = talk.citizen.connect()
    silent.websocket.settimeout(20)
    silent.expect_refusal("hello_late", 4408)
    until(lambda: server.state()["sockets"] <= open_before, "its socket stays open")


# --- People against people


@pytest.mark.parametrize("order", ["admit", "mute", "remove", "end"])
@pytest.mark.parametrize("role", ["citizen", "interpreter", "relative"])
def test_guests_give_no_orders(server: SocketServer, order: str, role: str) -> None:
    talk = server.start_conversation({"role": role}, {"role": "relative"})
    employee, guest, other = (person.join() for person in talk.people)
    other.nothing_new()
    guest.send(order, **({} if order == "end" else {"participant": talk.people[2].seat}))
    error = guest.expect("error")
    assert (error["code"], error["fatal"]) == ("not_allowed", False)
    assert other.nothing_new() == []
    assert employee.nothing_new() is not None


def test_nothing_goes_to_another_talk(server: SocketServer, talk: Talk) -> None:
    other = server.start_conversation()
    victim, employee = other.citizen.join("victim-page"), talk.employee.join()
    description = {"type": "offer", "sdp": "v=0"}
    employee.send("offer", to=other.citizen.seat, epoch="victim-page", description=description)
    assert employee.expect("error")["code"] == "unknown_participant"
    for order in ("admit", "mute", "remove"):
        employee.send(order, participant=other.citizen.seat)
        assert employee.expect("error")["code"] == "unknown_participant"
    assert victim.nothing_new() == []


def test_what_is_typed_arrives_as_text(talk: Talk) -> None:
    employee, citizen = talk.employee.join(), talk.citizen.join()
    citizen.send("typing", line=1, text="<script>x</script>\u202egnp.\u2066exe\x00\x1b[2J\n", done=True)
    assert employee.expect("typing")["text"] == "<script>x</script>gnp.exe[2J "


def test_names_are_text(server: SocketServer) -> None:
    talk = server.start_conversation({"name": "\u202e<b>" + "Ж" * 50 + "\x00"})
    employee = talk.employee.join()
    [name] = [p["name"] for p in employee.welcome["participants"] if p["number"] == 2]
    assert name == "<b>" + "Ж" * 50


# --- On the sound socket


@pytest.fixture
def speaking(talk: Talk) -> tuple[Talk, Client, Client]:
    """The employee's voice is captioned, the citizen reads."""
    employee, citizen = talk.employee.join(), talk.citizen.join()
    choice = {"language": "nl", "spoken_language": "nl"}
    employee.send("caption_choice", reads=False, agrees=True, **choice)
    employee.nothing_new()
    citizen.send("caption_choice", reads=True, agrees=False, **choice)
    employee.expect("sound", send=True)
    citizen.nothing_new()
    return talk, employee, citizen


def test_who_did_not_agree_is_not_heard(speaking: tuple[Talk, Client, Client]) -> None:
    talk, _employee, citizen = speaking
    talk.citizen.speak().expect_refusal("sound_refused", 4403)
    talk.people[2].speak().expect_refusal("sound_refused", 4403)
    assert citizen.nothing_new() == []


def test_when_nobody_reads_nobody_is_heard(talk: Talk) -> None:
    employee = talk.employee.join()
    employee.send("caption_choice", reads=True, agrees=True, language="nl", spoken_language="nl")
    employee.nothing_new()
    talk.employee.speak().expect_refusal("sound_refused", 4403)


def test_who_is_not_on_the_line_is_not_heard(talk: Talk) -> None:
    talk.employee.speak().expect_refusal("sound_refused", 4403)


def test_agreement_taken_back_stops_the_sound_at_once(speaking: tuple[Talk, Client, Client]) -> None:
    talk, employee, citizen = speaking
    sound = talk.employee.speak()
    sound.expect("listening")
    for _ in range(3):
        sound.send_bytes(FRAME_20_MS)
    employee.send("caption_choice", reads=False, agrees=False, language="nl", spoken_language="nl")
    sound.expect_close(4403)
    employee.nothing_new()
    assert "caption" not in [message["type"] for message in citizen.nothing_new()]


NO_SOUND = [
    ("empty", "pcm", b""),
    ("odd", "pcm", bytes(641)),
    ("short", "pcm", bytes(100)),
    ("long", "pcm", bytes(32_000)),
    ("a WAV file", "pcm", b"RIFF" + bytes(636)),
    ("WebM", "opus", b"\x1aE\xdf\xa3" + bytes(100)),
    ("Ogg", "opus", b"OggS" + bytes(100)),
    ("empty packet", "opus", b""),
    ("long packet", "opus", bytes(5000)),
    ("no frames", "opus", b"\x03\x00"),
    ("240 ms", "opus", b"\x1b\x04" + bytes(50)),
]


@pytest.mark.parametrize(("encoding", "frame"), [n[1:] for n in NO_SOUND], ids=[n[0] for n in NO_SOUND])
def test_sound_that_is_no_sound(speaking: tuple[Talk, Client, Client], encoding: str, frame: bytes) -> None:
    talk, employee, citizen = speaking
    sound = talk.employee.speak(encoding)
    sound.expect("listening")
    sound.send_bytes(frame)
    sound.expect_refusal("bad_sound", 4400)
    assert "caption" not in [message["type"] for message in citizen.nothing_new()]
    assert employee.nothing_new() is not None


@pytest.mark.parametrize(
    ("first", "code", "close_code"),
    [
        (b"\x00" * 640, "bad_sound", 4400),
        ('{"type":"open","encoding":"mp3","language":"nl"}', "malformed", 4400),
        ('{"type":"open","encoding":"pcm","language":"../../etc"}', "malformed", 4400),
        ('{"type":"open","encoding":"pcm","language":"xx"}', "language_not_supported", 4415),
        ('{"type":"close"}', "bad_sound", 4400),
        ("GEHEIM", "malformed", 4400),
    ],
    ids=["sound first", "encoding", "path", "language", "close", "noise"],
)
def test_an_opening_that_opens_nothing(
    speaking: tuple[Talk, Client, Client], first: str | bytes, code: str, close_code: int
) -> None:
    sound = speaking[0].employee.connect("geluid")
    if isinstance(first, bytes):
        sound.send_bytes(first)
    else:
        sound.send_raw(first)
    sound.expect_refusal(code, close_code)


def test_more_sound_than_time(speaking: tuple[Talk, Client, Client]) -> None:
    sound = speaking[0].employee.speak()
    sound.expect("listening")
    for _ in range(400):
        try:
            sound.send_bytes(bytes(6400))
        except OSError:
            break
    assert [m["code"] for m in sound.expect_close(4429) if m["type"] == "error"] == ["too_much_sound"]


def test_natural_speed_is_never_too_much(speaking: tuple[Talk, Client, Client]) -> None:
    _talk, _employee, citizen = speaking
    sound = speaking[0].employee.speak()
    sound.expect("listening")
    for _ in range(100):
        sound.send_bytes(FRAME_20_MS)
    assert citizen.expect("caption")["text"] == "5 stukjes"
    sound.send_raw('{"type":"close"}')
    sound.expect_close(1000)


def test_a_second_sound_socket_takes_over(speaking: tuple[Talk, Client, Client]) -> None:
    first = speaking[0].employee.speak()
    first.expect("listening")
    second = speaking[0].employee.speak()
    second.expect("listening")
    first.expect_close(4409)


# --- Helpers of this file


def with_frame(client: Client, first: bytes, length: bytes, payload: bytes) -> None:
    """A frame made by hand, masked with zeros. length: given: the 64-bit one, whatever the payload is."""
    head = b"\xff" + length if length else bytes([0x80 | len(payload)])
    try:
        client.websocket.sock.sendall(first + head + bytes(4) + payload)
    except OSError:
        return
    finally:
        client.websocket.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def memory_of(server: SocketServer) -> int:
    """Resident bytes of the worker."""
    pid = server.state()["pid"]
    with open(f"/proc/{pid}/statm") as statm:  # noqa: PTH123
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
