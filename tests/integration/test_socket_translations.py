"""Translations, the coach and another language than chosen, over real sockets."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.socket_server import Client, Person, SocketServer, Talk, hello

FRAME_20_MS = bytes(640)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SocketServer]:
    server = SocketServer(tmp_path_factory.mktemp("translations"))
    server.start()
    yield server
    assert server.stop() < 10, server.log()
    assert "Traceback" not in server.log()
    assert "GEHEIM" not in server.log()
    assert "stukjes" not in server.log()


@pytest.fixture
def held(server: SocketServer) -> Iterator[SocketServer]:
    """Every translation takes until the test lets go."""
    server.do("hold translations", hold=True)
    yield server
    server.do("hold translations", hold=False)


def choose(client: Client, language: str, *, reads: bool = False, agrees: bool = False) -> None:
    choice = {"reads": reads, "agrees": agrees, "language": language}
    client.send("caption_choice", **choice, spoken_language=language)
    client.nothing_new()


def say(person: Person, times: int = 1) -> Client:
    """So many utterances of the counting ear."""
    sound = person.speak()
    sound.expect("listening")
    for _ in range(10 * times):
        sound.send_bytes(FRAME_20_MS)
    return sound


def typed(client: Client, text: str, line: int = 1) -> None:
    client.send("typing", line=line, text=text, done=True)


def types(messages: list[dict[str, Any]]) -> list[str]:
    return [message["type"] for message in messages]


@pytest.fixture
def talk(server: SocketServer) -> Talk:
    return server.start_conversation({}, {"role": "relative"})


@pytest.fixture
def people(talk: Talk) -> tuple[Client, Client, Client]:
    """A Dutch employee whose voice is captioned, a citizen who reads English, a relative who reads nothing, Arabic."""
    employee, citizen, relative = (person.join() for person in talk.people)
    choose(employee, "nl", reads=True, agrees=True)
    choose(citizen, "en", reads=True, agrees=True)
    choose(relative, "ar")
    for client in (employee, citizen, relative):
        client.nothing_new()
    return employee, citizen, relative


# --- Translations


def test_everybody_reads_in_their_own_language(talk: Talk, people: tuple[Client, Client, Client]) -> None:
    employee, citizen, relative = people
    say(talk.employee)
    partial, final = citizen.expect("caption"), citizen.expect("caption")
    assert (partial["final"], final["final"]) == (False, True)
    assert citizen.expect("translation") == {
        "type": "translation",
        "from": talk.employee.seat,
        "of": "caption",
        "line": final["utterance"],
        "source": "nl",
        "language": "en",
        "text": "[en] 10 stukjes",
        "state": "machine",
    }
    assert "translation" not in types(employee.nothing_new())
    assert types(relative.nothing_new()) == [], "who reads no captions gets no translated ones"


def test_what_is_typed_is_for_everybody(talk: Talk, people: tuple[Client, Client, Client]) -> None:
    employee, citizen, relative = people
    typed(employee, "Hebt u uw paspoort bij u?")
    phrase = citizen.expect("translation", of="typing", line=1, state="phrase")
    assert phrase["text"] == "Do you have your passport with you?"
    assert relative.expect("translation", state="phrase")["text"] == "هل جواز سفرك معك؟"
    typed(citizen, "Yes, I have", line=2)
    assert employee.expect("translation", source="en", language="nl")["text"] == "[nl] Yes, I have"
    assert relative.expect("translation", source="en", language="ar", state="missing")["text"] is None
    typed(citizen, "Here", line=3)
    employee.expect("translation", line=3)
    assert "translation" not in types(relative.nothing_new()), "that it is missing is said once"


def test_a_lost_number_and_a_test_model_are_no_translations(
    talk: Talk, people: tuple[Client, Client, Client]
) -> None:
    employee, citizen, relative = people
    typed(employee, "Huis 12 [kwijt]")
    assert citizen.expect("translation", state="lost")["text"] is None
    choose(relative, "pl")
    typed(employee, "Wij beginnen", line=2)
    assert relative.expect("translation", line=2, state="fixture")["text"] == "[pl] Wij beginnen"


def test_a_slow_tongue_holds_up_neither_captions_nor_typing_nor_pages(
    held: SocketServer, talk: Talk, people: tuple[Client, Client, Client]
) -> None:
    employee, citizen, _relative = people
    say(talk.employee, times=5)
    texts = [citizen.expect("caption")["final"] for _ in range(10)]
    assert texts == [False, True] * 5
    slowest = 0.0
    for number in range(8):
        began = time.monotonic()
        typed(employee, f"regel {number}", line=number)
        assert citizen.expect("typing")["line"] == number
        held.state()
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < 2, "a line that waits for a translation would wait for good"
    assert "translation" not in types(citizen.nothing_new())
    held.do("hold translations", hold=False)
    came = [citizen.expect("translation") for _ in range(13)]
    assert [message["of"] for message in came] == ["caption"] * 5 + ["typing"] * 8
    lines = [message["line"] for message in came]
    assert lines[:5] == sorted(lines[:5])
    assert lines[5:] == list(range(8)), "in the order in which it was said"


def test_nothing_of_it_reaches_another_room(
    held: SocketServer, people: tuple[Client, Client, Client]
) -> None:
    other = held.start_conversation().citizen.join()
    choose(other, "en", reads=True)
    typed(people[0], "GEHEIM")
    held.do("translation begun")
    held.do("hold translations", hold=False)
    assert people[1].expect("translation")["text"] == "[en] GEHEIM"
    assert other.nothing_new() == []


def test_a_talk_that_ends_takes_its_translations_with_it(
    held: SocketServer, talk: Talk, people: tuple[Client, Client, Client]
) -> None:
    employee, citizen, _relative = people
    for number in range(5):
        typed(employee, f"GEHEIM {number}", line=number)
    held.do("translation begun")
    employee.send("end")
    employee.expect_close(4410)
    held.do("hold translations", hold=False)
    assert "translation" not in types(citizen.expect_close(4410))


def test_what_breaks_on_words_does_not_write_them_down(people: tuple[Client, Client, Client]) -> None:
    employee, citizen, _relative = people
    typed(employee, "GEHEIM [stuk]")
    citizen.expect("caption_state", state="behind")
    typed(employee, "Wij beginnen", line=2)
    citizen.expect("translation", text="[en] Wij beginnen")
    citizen.expect("caption_state", state="ready")


# --- What the ears know


def test_the_ear_gets_the_words_of_the_conversation(
    server: SocketServer, talk: Talk, people: tuple[Client, Client, Client]
) -> None:
    say(talk.employee)
    state = server.state()
    assert state["vocabulary"] == ["Dorpsstraat", "bijzondere bijstand"]
    assert state["vocabulary_asked"] == [talk.id]


def test_without_the_words_the_voice_is_captioned_all_the_same(
    server: SocketServer, talk: Talk, people: tuple[Client, Client, Client]
) -> None:
    server.do("words", away=True)
    try:
        say(talk.employee)
        people[1].expect("caption", final=True)
        assert server.state()["vocabulary"] == []
    finally:
        server.do("words", away=False)


def test_another_language_is_asked_and_never_assumed(
    server: SocketServer, talk: Talk, people: tuple[Client, Client, Client]
) -> None:
    employee, citizen, _relative = people
    server.do("hear", language="en")
    try:
        sound = say(talk.employee, times=3)
        assert employee.expect("other_language") == {"type": "other_language", "language": "en"}
        for _ in range(3):
            assert citizen.expect("caption", final=True)["language"] == "nl"
        assert "other_language" not in types(employee.nothing_new()), "once"
        assert "other_language" not in types(citizen.nothing_new())
        employee.send("keep_language", language="en")
        sound.close()
        say(talk.employee)
        citizen.expect("caption", final=True)
        assert "other_language" not in types(employee.nothing_new())
        server.do("hear", language="pl")
        say(talk.employee)
        citizen.expect("caption", final=True)
        assert "other_language" not in types(employee.nothing_new()), "no ear here knows Polish"
    finally:
        server.do("hear", language=None)


# --- The coach


def test_the_coach_reads_the_employees_own_words_for_the_employee_alone(talk: Talk) -> None:
    employee, citizen = talk.employee.join(), talk.citizen.join()
    choose(employee, "nl", agrees=True)
    citizen.nothing_new()
    employee.send("coach", on=True)
    employee.expect("sound", send=True, readers=[])
    sound = say(talk.employee)
    assert "caption" not in types(employee.nothing_new()), "hints, not words, come back"
    assert citizen.nothing_new() == [], "not even that it is on"
    employee.send("coach", on=False)
    employee.expect("sound", send=False)
    sound.expect_close(4403)


def test_a_coach_without_agreement_hears_nothing(talk: Talk) -> None:
    employee = talk.employee.join()
    choose(employee, "nl")
    employee.send("coach", on=True)
    assert "sound" not in types(employee.nothing_new())
    talk.employee.speak().expect_refusal("sound_refused", 4403)


# --- The welcome


def test_the_welcome_says_what_works_and_counts_no_test_model(talk: Talk) -> None:
    assert talk.citizen.join().welcome["abilities"] == {
        "ar": {"hear": False, "read": ["nl"], "speak": False},
        "en": {"hear": True, "read": ["nl"], "speak": True},
        "nl": {"hear": True, "read": ["en"], "speak": False},
    }


def test_large_letters_are_told_to_the_employee_only(talk: Talk) -> None:
    employee, relative = talk.employee.join(), talk.people[2].join()
    citizen = talk.citizen.connect()
    citizen.send(**{**hello(), "view": {"language": "nl", "spoken_language": "nl", "text_size": 200}})
    own = citizen.expect("welcome")["participants"]
    assert [p["text_size"] for p in own] == [None, 200, None]
    assert employee.expect_presence(talk.citizen.seat, "connected")["text_size"] == 200
    assert relative.expect_presence(talk.citizen.seat, "connected")["text_size"] is None
