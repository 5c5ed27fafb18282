"""Asking for a translation over the speech process's socket, without a model."""

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.speech import SpeechUnavailable
from app.domain.translation import Pair, PairNotSupported, Translation
from app.speech import wire
from app.speech.client import SpeechClient
from app.speech.decode_queue import DecodeQueue
from app.speech.server import SpeechServer

PAIRS = frozenset({Pair("nl", "en", "argos", None, True), Pair("nl", "pt", "argos+firefox", "en", True)})


class Tongue:
    """Answers with what it was asked."""

    asked: tuple[object, ...] = ()

    def pairs(self) -> frozenset[Pair]:
        return PAIRS

    def translate(self, text, source, target, terms, names) -> Translation:
        self.asked = (text, source, target, terms, names)
        if text == "down":
            raise SpeechUnavailable("engines")
        if (source, target) != ("nl", "en"):
            raise PairNotSupported(source, target)
        lost = ("12",) if "12" in text else ()
        return Translation("" if lost else "Héllo", source, target, "machine", "argos", True, lost)


@pytest.fixture
def tongue() -> Tongue:
    return Tongue()


@pytest.fixture
def client(tmp_path: Path, tongue: Tongue, request: pytest.FixtureRequest) -> Iterator[SpeechClient]:
    given = tongue if getattr(request, "param", True) else None
    up, stop = threading.Event(), asyncio.Event()
    loops = []

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        queue = DecodeQueue(1)
        server = SpeechServer({}, None, queue, 500, tongue=given)
        serving = asyncio.create_task(server.serve(tmp_path / "s", stop))
        while not (tmp_path / "s").exists():
            await asyncio.sleep(0.005)
        up.set()
        await serving
        queue.close()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert up.wait(30)
    yield SpeechClient(tmp_path / "s")
    loops[0].call_soon_threadsafe(stop.set)
    thread.join(5)
    assert not thread.is_alive()


def test_it_says_what_it_translates(client: SpeechClient) -> None:
    assert client.translator.pairs() == PAIRS
    assert client.described()["translates"] == [
        ["nl", "en", "argos", None, True],
        ["nl", "pt", "argos+firefox", "en", True],
    ]


def test_a_text_goes_there_and_its_translation_comes_back(client: SpeechClient, tongue: Tongue) -> None:
    terms = {"bijstand": "social assistance", "paspoort": "passport"}
    done = client.translator.translate("Bijstand voor Ana", "nl", "en", terms, ["Ana", "Jan"])
    assert done == Translation("Héllo", "nl", "en", "machine", "argos", True, ())
    assert tongue.asked == (
        "Bijstand voor Ana",
        "nl",
        "en",
        {"bijstand": "social assistance"},
        ["Ana", "Jan"],
    )


def test_a_whole_dictionary_fits_because_only_its_words_in_the_text_go(client: SpeechClient) -> None:
    terms = {f"woord{number}": "x" * 100 for number in range(5000)}
    assert client.translator.translate("Hallo", "nl", "en", terms).text == "Héllo"


def test_what_was_lost_is_reported(client: SpeechClient) -> None:
    assert client.translator.translate("Nummer 12", "nl", "en") == Translation(
        "", "nl", "en", "machine", "argos", True, ("12",)
    )


def test_refusals_are_the_ports_own(client: SpeechClient) -> None:
    with pytest.raises(PairNotSupported) as missing:
        client.translator.translate("hallo", "nl", "so")
    assert missing.value.args == ("nl", "so")
    with pytest.raises(SpeechUnavailable):
        client.translator.translate("down", "nl", "en")
    with pytest.raises(ValueError, match="2001"):
        client.translator.translate("a" * 2001, "nl", "en")


@pytest.mark.parametrize("client", [False], indirect=True)
def test_without_a_tongue_there_are_no_pairs(client: SpeechClient) -> None:
    assert client.translator.pairs() == frozenset()
    with pytest.raises(PairNotSupported):
        client.translator.translate("hallo", "nl", "en")


def test_without_the_process_it_says_so(tmp_path: Path) -> None:
    client = SpeechClient(tmp_path / "nobody")
    assert client.translator.pairs() == frozenset()
    with pytest.raises(SpeechUnavailable):
        client.translator.translate("hallo", "nl", "en")


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": 1},
        {"target": None},
        {"terms": ["a"]},
        {"terms": {"a": 1}},
        {"names": "Ana"},
        {"names": [["Ana"]]},
    ],
)
def test_what_is_no_question_is_refused(
    client: SpeechClient, tmp_path: Path, wrong: dict[str, object]
) -> None:
    header = {"type": "translate", "source": "nl", "target": "en", "terms": {}, "names": [], **wrong}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(tmp_path / "s"))
        connection.sendall(wire.pack(header, b"hallo"))
        answer = wire.read(lambda n: connection.recv(n, socket.MSG_WAITALL))[0]
    assert answer == {"type": "refused", "code": "malformed"}
    assert client.translator.pairs() == PAIRS, "others go on"


def test_no_word_of_it_is_logged(client: SpeechClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client.translator.translate("Bijstand voor Ana", "nl", "en", {"bijstand": "x"}, ["Ana"])
    assert "nl to en" in caplog.text
    assert not any(word in caplog.text for word in ("Bijstand", "Ana", "Héllo"))
