"""A talk over real sockets: gunicorn, flask-sock, a client per browser."""

import base64
import hashlib
import hmac
import re
import threading
import time
from collections.abc import Iterator

import pytest

from tests.integration.socket_server import Person, SocketServer, hello
from tests.waiting import until

FRAME_20_MS = bytes(640)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SocketServer]:
    server = SocketServer(tmp_path_factory.mktemp("sockets"))
    server.start()
    yield server
    server.stop()
    assert "Traceback" not in server.log()


def choice(reads: bool = False, agrees: bool = False) -> dict[str, object]:
    return {"reads": reads, "agrees": agrees, "language": "nl", "spoken_language": "nl"}


def test_two_people_find_each_other(server: SocketServer) -> None:
    talk = server.start_conversation()
    employee = talk.employee.join("employee-page")
    assert employee.welcome["may"] == ["admit", "mute", "remove", "end"]
    citizen = talk.citizen.join("citizen-page")
    assert citizen.welcome["may"] == []
    assert [p["presence"] for p in citizen.welcome["participants"]] == ["connected", "connected"]
    employee.expect_presence(talk.citizen.seat, "connected")

    description = {"type": "offer", "sdp": "v=0\r\n"}
    employee.send("offer", to=talk.citizen.seat, epoch="citizen-page", description=description)
    assert citizen.expect("offer") == {
        "type": "offer",
        "from": talk.employee.seat,
        "description": description,
    }
    citizen.send("candidate", to=talk.employee.seat, epoch="employee-page", candidate=None)
    assert employee.expect("candidate")["from"] == talk.citizen.seat


def test_turn_credentials_are_coturns_and_expire(server: SocketServer) -> None:
    talk = server.start_conversation()
    stun, turn = talk.citizen.join().welcome["ice_servers"]
    assert stun == {"urls": ["stun:balie.example"]}
    expires, who = turn["username"].split(":")
    assert who == talk.citizen.seat
    assert 11 * 3600 < int(expires) - time.time() <= 12 * 3600
    proof = hmac.new(b"geheim", turn["username"].encode(), hashlib.sha1).digest()
    assert turn["credential"] == base64.b64encode(proof).decode()


def test_a_terminal_is_told_to_use_the_relay_and_nobody_else_is(server: SocketServer) -> None:
    place = {"id": "t1", "face": "http://127.0.0.1:8180", "entry": "e1"}
    talk = server.start_conversation({"terminal": place}, {"role": "relative"})
    assert talk.citizen.join().welcome["ice_transport_policy"] == "relay"
    for other in (talk.employee, talk.people[2]):
        assert other.join().welcome["ice_transport_policy"] == "all"


def test_the_employee_lets_the_guest_in(server: SocketServer) -> None:
    talk = server.start_conversation(admit=False)
    employee = talk.employee.join()
    early = talk.citizen.connect()
    early.send(**hello())
    early.expect_refusal("not_admitted", 4403)
    server.do("seen", seat=talk.citizen.seat)
    employee.send("admit", participant=talk.citizen.seat)
    assert employee.expect("participant")["participant"]["admitted"]
    talk.citizen.join()
    employee.expect_presence(talk.citizen.seat, "connected")


def test_typed_characters_arrive_at_once_and_in_order(server: SocketServer) -> None:
    talk = server.start_conversation({}, {"role": "interpreter"}, {"role": "relative"})
    clients = [person.join() for person in talk.people]
    began = time.monotonic()
    for length in range(1, 41):
        clients[1].send("typing", line=1, text="a" * length, done=length == 40)
    for other in (clients[0], clients[2], clients[3]):
        texts = [other.expect("typing")["text"] for _ in range(40)]
        assert texts == ["a" * length for length in range(1, 41)]
    assert time.monotonic() - began < 0.5, "EN 301 549, 6.2.4"


def test_captions_go_from_who_agrees_to_who_reads(server: SocketServer) -> None:
    talk = server.start_conversation({}, {"role": "relative"})
    employee, citizen, relative = (person.join() for person in talk.people)
    employee.send("caption_choice", **choice(agrees=False))
    citizen.send("caption_choice", **choice(reads=True))
    employee.expect("sound", send=False, readers=[talk.citizen.seat])
    employee.send("caption_choice", **choice(agrees=True))
    employee.expect("sound", send=True)
    while not (record := citizen.expect("participant")["participant"])["captioned"]:
        pass
    assert record["id"] == talk.employee.seat

    sound = talk.employee.speak()
    sound.expect("listening")
    for _ in range(12):
        sound.send_bytes(FRAME_20_MS)
    partial, final = citizen.expect("caption"), citizen.expect("caption")
    assert (partial["text"], partial["final"]) == ("5 stukjes", False)
    assert (final["text"], final["final"], final["from"]) == ("10 stukjes", True, talk.employee.seat)
    assert final["utterance"] == partial["utterance"]
    assert "caption" not in [message["type"] for message in relative.nothing_new()]

    sound.send_raw('{"type":"close"}')
    sound.expect_close(1000)
    last = citizen.expect("caption")
    assert last["final"]
    assert last["utterance"] > final["utterance"]

    again = talk.employee.speak()
    again.expect("listening")
    for _ in range(5):
        again.send_bytes(FRAME_20_MS)
    assert citizen.expect("caption")["utterance"] > last["utterance"]

    citizen.send("caption_choice", **choice(reads=False))
    again.expect_close(4403)
    employee.expect("sound", send=False)


def test_speech_that_is_away_is_told_and_begins_again(server: SocketServer) -> None:
    talk = server.start_conversation()
    employee, citizen = (person.join() for person in talk.people)
    citizen.send("caption_choice", **choice(reads=True))
    employee.send("caption_choice", **choice(agrees=True))
    employee.expect("sound", send=True)
    server.do("speech", away=True)
    try:
        sound = talk.employee.speak()
        citizen.expect("caption_state", state="unavailable")
        sound.expect("listening")
        sound.send_bytes(FRAME_20_MS)
    finally:
        server.do("speech", away=False)
    citizen.expect("caption_state", state="ready")
    for _ in range(5):
        sound.send_bytes(FRAME_20_MS)
    citizen.expect("caption", text="5 stukjes")


def test_a_lost_line_comes_back_to_the_same_seat(server: SocketServer) -> None:
    talk = server.start_conversation()
    employee, citizen = talk.employee.join(), talk.citizen.join("citizen-page")
    citizen.vanish()
    employee.expect_presence(talk.citizen.seat, "away")
    back = talk.citizen.join("citizen-page")
    assert employee.expect_presence(talk.citizen.seat, "connected")["epoch"] == "citizen-page"
    assert back.welcome["you"] == talk.citizen.seat


def test_two_tabs_the_newest_wins(server: SocketServer) -> None:
    talk = server.start_conversation()
    employee, first = talk.employee.join(), talk.citizen.join("first-tab")
    talk.citizen.join("second-tab")
    assert first.expect_close(4409)[-1] == {"type": "moved"}
    while employee.expect_presence(talk.citizen.seat, "connected")["epoch"] != "second-tab":
        pass


def test_mute_remove_leave_and_end(server: SocketServer) -> None:
    talk = server.start_conversation({}, {"role": "relative"}, {"role": "interpreter"})
    employee, citizen, relative, interpreter = (person.join() for person in talk.people)
    employee.send("mute", participant=talk.citizen.seat)
    assert citizen.expect("muted") == {"type": "muted", "by": talk.employee.seat}
    employee.send("remove", participant=talk.people[2].seat)
    assert relative.expect_close(4411)[-1] == {"type": "removed"}
    citizen.expect("left", participant=talk.people[2].seat)
    talk.people[2].connect().expect_refusal("seat_gone", 4404)
    interpreter.send("leave")
    interpreter.expect_close(1000)
    citizen.expect("left", participant=talk.people[3].seat)
    employee.send("end")
    for client in (employee, citizen):
        assert client.expect_close(4410)[-1] == {"type": "ended"}
    talk.citizen.connect().expect_refusal("seat_gone", 4404)


def test_what_the_pages_do_is_heard_on_the_sockets(server: SocketServer) -> None:
    talk = server.start_conversation({}, {"role": "relative"})
    citizen, relative = talk.people[1].join(), talk.people[2].join()
    server.do("leave", seat=talk.people[2].seat)
    citizen.expect("left", participant=talk.people[2].seat)
    relative.expect_close(4404)
    server.do("end", conversation=talk.id)
    assert citizen.expect_close(4410)[-1] == {"type": "ended"}


def test_a_database_that_is_away_changes_nothing_and_is_told(server: SocketServer) -> None:
    talk = server.start_conversation({"language": "en"}, {"role": "relative"})
    employee, citizen = talk.employee.join(), talk.citizen.join()
    citizen.nothing_new()
    server.do("database", fails=True)
    try:
        citizen.send("caption_choice", **choice(reads=True))
        assert citizen.expect("error")["code"] == "not_kept"
        employee.send("remove", participant=talk.people[2].seat)
        error = employee.expect("error")
        assert (error["code"], error["fatal"]) == ("not_kept", False)
        assert re.fullmatch(r"[\w .]+", error["text"])
    finally:
        server.do("database", fails=False)
    assert citizen.nothing_new() == []


def test_a_slow_client_stops_nobody_and_is_cut_off(server: SocketServer) -> None:
    talk = server.start_conversation({}, {"role": "relative"}, {"role": "interpreter"})
    employee, citizen, interpreter = (talk.people[number].join() for number in (0, 1, 3))
    slow = talk.people[2].join("slow-page-1", receive_bytes=4096)
    description = {"type": "offer", "sdp": "a" * 60_000}
    slowest = 0.0
    for number in range(30):
        employee.send("offer", to=talk.people[2].seat, epoch="slow-page-1", description=description)
        began = time.monotonic()
        citizen.send("typing", line=1, text="a" * number, done=False)
        interpreter.expect("typing")
        slowest = max(slowest, time.monotonic() - began)
    employee.expect_presence(talk.people[2].seat, "away")
    assert slowest < 2, "a line that is waited for would hold everybody for good"
    slow.close()


def test_a_stop_with_open_sockets_is_quick(tmp_path_factory: pytest.TempPathFactory) -> None:
    alone = SocketServer(tmp_path_factory.mktemp("alone"))
    server = SocketServer(tmp_path_factory.mktemp("stopping"))
    alone.start()
    server.start()
    talks = [server.start_conversation({}, {"role": "relative"}) for _ in range(5)]
    clients = [person.join() for talk in talks for person in talk.people]
    codes: list[int | None] = []

    def listen(client: object) -> None:
        while client.receive() is not None:  # type: ignore[attr-defined]
            pass
        codes.append(client.close_code)  # type: ignore[attr-defined]

    awake = [threading.Thread(target=listen, args=(client,)) for client in clients[:10]]
    for thread in awake:
        thread.start()
    busy = alone.stop()
    assert server.stop() < max(3, 2 + busy), "five clients never answer, as a sleeping telephone"
    for thread in awake:
        thread.join(5)
    assert codes == [1012] * 10
    assert "Traceback" not in server.log()


def test_a_restart_in_the_middle_of_a_talk(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = SocketServer(tmp_path_factory.mktemp("restarting"))
    server.start()
    talk = server.start_conversation()
    employee, citizen = talk.employee.join("employee-page"), talk.citizen.join("citizen-page")
    citizen.send("caption_choice", **choice(reads=True))
    employee.expect("sound", send=True)
    server.stop()
    citizen.expect_close(1012)
    server.start()
    try:
        citizen = talk.citizen.join("citizen-page")
        presence = {p["number"]: p["presence"] for p in citizen.welcome["participants"]}
        assert presence == {1: "waiting", 2: "connected"}
        employee = talk.employee.join("employee-page")
        assert employee.welcome["sound"] == {"send": True, "readers": [talk.citizen.seat]}, "choices last"
        assert citizen.expect_presence(talk.employee.seat, "connected")["epoch"] == "employee-page"
    finally:
        server.stop()


def test_places_are_counted_and_given_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = SocketServer(tmp_path_factory.mktemp("small"), seats=2)
    server.start()
    try:
        talk = server.start_conversation()
        employee, citizen = talk.employee.join(), talk.citizen.join()
        third = Person(server, talk.citizen.seat, talk.citizen.cookie).connect()
        third.expect_refusal("busy", 1013)
        citizen.close()
        employee.expect_presence(talk.citizen.seat, "away")
        until(lambda: server.state()["sockets"] <= 1, "the socket stays open")
        talk.citizen.join()
    finally:
        server.stop()
