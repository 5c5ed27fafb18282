"""What the messages about translations, the coach and languages may be abused for, and what comes of it: nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.socket_server import SocketServer, Talk, hello
from tests.integration.test_socket_translations import choose, typed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SocketServer]:
    server = SocketServer(tmp_path_factory.mktemp("attacks"))
    server.start()
    yield server
    assert server.stop() < 10, server.log()
    assert "Traceback" not in server.log()
    assert "GEHEIM" not in server.log()


@pytest.fixture
def talk(server: SocketServer) -> Talk:
    return server.start_conversation({}, {"role": "relative"})


@pytest.mark.parametrize(
    "message",
    [
        {"type": "keep_language"},
        {"type": "keep_language", "language": "EN"},
        {"type": "keep_language", "language": "english"},
        {"type": "keep_language", "language": ""},
        {"type": "keep_language", "language": None},
        {"type": "keep_language", "language": ["en"]},
        {"type": "keep_language", "language": "en", "GEHEIM": 1},
        {"type": "coach"},
        {"type": "coach", "on": 1},
        {"type": "coach", "on": "GEHEIM"},
        {"type": "coach", "on": True, "participant": "GEHEIM"},
        {"type": "hint", "utterance": 1, "text": "GEHEIM"},
        {"type": "translation", "text": "GEHEIM"},
        {"type": "other_language", "language": "en"},
    ],
    ids=str,
)
def test_a_message_of_another_form_closes_the_socket(talk: Talk, message: dict[str, Any]) -> None:
    employee, citizen = talk.employee.join(), talk.citizen.join()
    citizen.send(**message)
    citizen.expect_refusal("malformed", 4400)
    employee.expect_presence(talk.citizen.seat, "away")
    assert employee.nothing_new() == []


@pytest.mark.parametrize("size", [0, -100, 99, 175, 1000, 125.5, 10**400, "150", True, None, [200]])
def test_a_text_size_that_is_none(talk: Talk, size: object) -> None:
    client = talk.citizen.connect()
    client.send(**{**hello(), "view": {"language": "nl", "spoken_language": "nl", "text_size": size}})
    client.expect_refusal("malformed", 4400)


@pytest.mark.parametrize("role", ["citizen", "interpreter", "relative", "employee"])
def test_who_came_by_a_link_has_no_coach(server: SocketServer, role: str) -> None:
    talk = server.start_conversation({"role": role})
    employee, guest = talk.employee.join(), talk.citizen.join()
    choose(guest, "nl", agrees=True)
    employee.nothing_new()
    guest.send("coach", on=True)
    error = guest.expect("error")
    assert (error["code"], error["fatal"]) == ("not_allowed", False)
    assert guest.nothing_new() == []
    assert employee.nothing_new() == []


def test_a_flood_of_done_lines_is_cut_and_stops_no_other_room(server: SocketServer, talk: Talk) -> None:
    server.do("hold translations", hold=True)
    flooding, reader = talk.employee.join(), talk.citizen.join()
    choose(reader, "en")
    other = server.start_conversation()
    writer, waiting = other.employee.join(), other.citizen.join()
    choose(waiting, "en")
    for number in range(400):
        try:
            typed(flooding, "GEHEIM " * 60, line=number)
        except OSError:
            break
    typed(writer, "Wij beginnen")
    assert flooding.expect_close(4429)
    server.do("hold translations", hold=False)
    assert waiting.expect("translation")["text"] == "[en] Wij beginnen"
    came = [message for message in reader.nothing_new() if message["type"] == "translation"]
    assert len(came) <= 35, "what was too much was dropped"


def test_naming_languages_without_end_is_bounded(talk: Talk) -> None:
    employee, citizen = talk.employee.join(), talk.citizen.join()
    employee.expect_presence(talk.citizen.seat, "connected")
    for number in range(60):
        employee.send("keep_language", language=f"{chr(97 + number % 26)}{chr(97 + number // 26)}")
    assert employee.nothing_new() == []
    choose(citizen, "zzz")
    typed(employee, "Wij beginnen")
    assert citizen.expect("translation", state="missing", language="zzz")["text"] is None
