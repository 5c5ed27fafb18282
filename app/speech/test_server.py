"""The speech process's door and the web's client of it, over a real socket, without a model."""

import asyncio
import contextlib
import json
import socket
import stat
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import numpy as np
import pytest

from app.domain.speech import (
    Caption,
    LanguageNotSupported,
    SpeechUnavailable,
    SpokenText,
    WordTiming,
)
from app.speech import wire
from app.speech.client import SpeechClient
from app.speech.decode_queue import DecodeQueue
from app.speech.engines import LateRecogniser
from app.speech.recogniser import Samples
from app.speech.server import MOST_BAD_PACKETS, SpeechServer
from app.speech.test_captions import CountingRecogniser
from tests.waiting import until

LOUD = (np.ones(640) * 8000).astype("<i2").tobytes()
QUIET = bytes(1280)


def loud_is_speech(frame: Samples) -> float:
    return 0.9 if abs(frame).max() > 0.1 else 0.01


class Mouth:
    def languages(self) -> frozenset[str]:
        return frozenset({"nl"})

    def voices(self) -> dict[str, str]:
        return {"nl": "a fake"}

    def speak(self, text: str, language: str, rate: float = 1.0) -> SpokenText:
        if language != "nl":
            raise LanguageNotSupported(language)
        if not 0.5 <= rate <= 1.5:
            raise ValueError("rate")
        return SpokenText(text.encode() * 1000, (WordTiming(5, 0, len(text)),), 1200)


class Process:
    """The server on a thread, which can fall and come back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recogniser = CountingRecogniser()
        self.may_load = threading.Event()
        self.start()

    def _load(self) -> CountingRecogniser:
        assert self.may_load.wait(30)
        return CountingRecogniser()

    def start(self) -> None:
        up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(up)))
        self._thread.start()
        assert up.wait(30)

    async def _run(self, up: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        queue = DecodeQueue(1)
        late = LateRecogniser("late", self._load)
        broken = LateRecogniser("broken", lambda: 1 / 0)
        ears = {"nl": ("fake", self.recogniser), "ko": ("late", late), "fa": ("broken", broken)}
        server = SpeechServer(ears, Mouth(), queue, 500, activity=lambda: loud_is_speech)
        serving = asyncio.create_task(server.serve(self.path, self._stop))
        while not self.path.exists():
            await asyncio.sleep(0.005)
        up.set()
        await serving
        queue.close()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(5)
            assert not self._thread.is_alive()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    process = Process(tmp_path / "s")
    yield process
    process.stop()


class Screen:
    """What a listener is told, in order."""

    def __init__(self) -> None:
        self.told: Queue[Caption | str] = Queue()

    def until(self, wanted: Callable[[Caption | str], bool], within_s: float = 30) -> list[Caption | str]:
        seen = []
        deadline = time.monotonic() + within_s
        while not seen or not wanted(seen[-1]):
            seen.append(self.told.get(timeout=max(0.01, deadline - time.monotonic())))
        return seen


def is_final(told: Caption | str) -> bool:
    return isinstance(told, Caption) and told.final


def listen(client: SpeechClient, screen: Screen):
    return client.captioner.listen("nl", "pcm", screen.told.put, screen.told.put)


def test_only_its_own_user_may_connect(process: Process) -> None:
    assert stat.S_IMODE(process.path.stat().st_mode) == 0o600


def test_it_says_what_it_hears_and_speaks(process: Process) -> None:
    client = SpeechClient(process.path)
    hears = {"fa": "broken", "ko": "late", "nl": "fake"}  # not known to be broken until somebody needs it
    assert client.describe() == {"state": "ready", "hears": hears, "speaks": ["nl"]}
    assert client.captioner.languages() == set(hears)
    assert client.voice.languages() == {"nl"}


def test_without_the_process_everything_answers_at_once(tmp_path: Path) -> None:
    client = SpeechClient(tmp_path / "nobody")
    began = time.monotonic()
    assert client.describe()["state"] == "unavailable"
    assert client.captioner.languages() == frozenset()
    with pytest.raises(SpeechUnavailable):
        client.voice.speak("hallo", "nl")
    screen = Screen()
    listening = listen(client, screen)
    for _ in range(2000):
        listening.hear(LOUD)
    assert time.monotonic() - began < 1
    assert screen.told.get(timeout=30) == "unavailable"
    listening.finish()


def test_sound_goes_in_and_captions_come_out(process: Process) -> None:
    screen = Screen()
    listening = listen(SpeechClient(process.path), screen)
    for _ in range(60):
        listening.hear(LOUD)
    for _ in range(20):
        listening.hear(QUIET)
    told = screen.until(is_final)
    assert told[0] == "ready"
    assert told[-1].text.startswith("w0 w1 w2")
    assert (told[-1].utterance, told[-1].language) == (1, "nl")
    listening.finish()


def test_expected_words_reach_the_recogniser(process: Process) -> None:
    screen = Screen()
    words = ["Oudegracht", "bijzondere bijstand"]
    captioner = SpeechClient(process.path).captioner
    listening = captioner.listen("nl", "pcm", screen.told.put, screen.told.put, words)
    for _ in range(60):
        listening.hear(LOUD)
    listening.finish()
    screen.until(is_final)
    assert list(process.recogniser.vocabulary) == words


def test_a_model_that_is_still_being_read_is_unavailable_and_then_hears_what_was_said(
    process: Process,
) -> None:
    screen = Screen()
    captioner = SpeechClient(process.path).captioner
    listening = captioner.listen("ko", "pcm", screen.told.put, screen.told.put)
    assert screen.told.get(timeout=30) == "unavailable"
    for _ in range(60):
        listening.hear(LOUD)
    process.may_load.set()
    assert screen.told.get(timeout=30) == "ready"
    listening.finish()
    assert screen.until(is_final)[-1].text.startswith("w0 w1")


def test_a_model_that_cannot_be_read_is_no_longer_offered(process: Process) -> None:
    screen = Screen()
    listening = SpeechClient(process.path).captioner.listen("fa", "pcm", screen.told.put, screen.told.put)
    assert screen.told.get(timeout=30) == "unavailable"
    until(lambda: "fa" not in SpeechClient(process.path).captioner.languages(), "still offered")
    listening.finish()


def test_finishing_gives_the_final_of_what_was_begun(process: Process) -> None:
    screen = Screen()
    listening = listen(SpeechClient(process.path), screen)
    for _ in range(60):
        listening.hear(LOUD)
    listening.finish()
    listening.hear(LOUD)
    assert screen.until(is_final)


def test_a_microphone_that_goes_off_ends_the_sentence(process: Process) -> None:
    """The server cannot tell it from a stall, so it takes seconds; our page sends a tail of silence, and waits less."""
    screen = Screen()
    listening = listen(SpeechClient(process.path), screen)
    for _ in range(60):
        listening.hear(LOUD)
    assert screen.until(is_final, within_s=30)
    for _ in range(60):
        listening.hear(LOUD)
    assert screen.until(is_final, within_s=30)[-1].utterance == 2
    listening.finish()


def test_an_unknown_language_is_refused_at_once(process: Process) -> None:
    with pytest.raises(LanguageNotSupported):
        SpeechClient(process.path).captioner.listen("ti", "pcm", print, print)


def test_captions_return_by_themselves_and_numbers_go_on(process: Process) -> None:
    screen = Screen()
    listening = listen(SpeechClient(process.path), screen)
    shown = None
    while not isinstance(shown, Caption):  # in mid-sentence: sound goes on until words show
        listening.hear(LOUD)
        with contextlib.suppress(Empty):
            shown = screen.told.get(timeout=0.02)
    assert not shown.final
    process.stop()
    told = screen.until(lambda told: told == "unavailable")
    finals = [t for t in told if is_final(t)]
    assert [t.utterance for t in finals] == [shown.utterance], "the begun line is closed"
    process.start()
    assert screen.until(lambda told: told == "ready")
    for _ in range(60):
        listening.hear(LOUD)
    for _ in range(20):
        listening.hear(QUIET)
    again = screen.until(is_final)[-1]
    assert again.utterance == shown.utterance + 1
    assert again.started_at_s > shown.started_at_s
    listening.finish()


def test_a_listener_that_fails_does_not_end_the_listening(process: Process) -> None:
    finals = Queue()

    def fail(caption: Caption) -> None:
        if caption.final:
            finals.put(caption)
        raise RuntimeError

    listening = SpeechClient(process.path).captioner.listen("nl", "pcm", fail, lambda _state: None)
    for _ in range(2):
        for _ in range(60):
            listening.hear(LOUD)
        for _ in range(20):
            listening.hear(QUIET)
    assert [finals.get(timeout=30).utterance for _ in range(2)] == [1, 2]
    listening.finish()


def test_it_reads_aloud(process: Process) -> None:
    voice = SpeechClient(process.path).voice
    assert voice.speak("Goedemiddag", "nl", 0.8) == SpokenText(
        b"Goedemiddag" * 1000, (WordTiming(5, 0, 11),), 1200
    )
    with pytest.raises(LanguageNotSupported):
        voice.speak("hello", "en")
    with pytest.raises(ValueError, match="rate"):
        voice.speak("hallo", "nl", 9)
    with pytest.raises(ValueError, match="5001"):
        voice.speak("a" * 5001, "nl")


def frame(header: bytes, payload: bytes = b"") -> bytes:
    return struct.pack(">II", len(header), len(payload)) + header + payload


@pytest.mark.parametrize(
    "attack",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff" * 64,
        struct.pack(">II", 10, 1 << 31),
        frame(b"not json"),
        frame(b"[1,2]"),
        frame(b"[" * 60_000),
        frame(b'{"type":7}'),
        frame(b'{"type":"erase"}'),
        frame(b'{"type":"listen","language":["nl"],"encoding":"pcm"}'),
        frame(b'{"type":"listen","language":"nl","encoding":"mp3"}'),
        frame(b'{"type":"listen","language":"nl","encoding":"pcm","vocabulary":"Kerkstraat"}'),
        frame(b'{"type":"listen","language":"nl","encoding":"pcm","vocabulary":[1]}'),
        frame(b'{"type":"speak","language":"nl","rate":"fast"}', b"hoi"),
        frame(b'{"type":"speak","language":"nl","rate":1}', b"\xff\xfe"),
        frame(b'{"type":"listen","language":"nl","encoding":"pcm"}') + frame(b'{"type":"describe"}'),
    ],
)
def test_what_is_no_frame_of_ours_is_refused_and_others_go_on(process: Process, attack: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(process.path))
        connection.sendall(attack)
        data = b""
        while piece := connection.recv(4096):
            data += piece
    assert b'"malformed"' in data
    assert SpeechClient(process.path).describe()["state"] == "ready"


def test_half_a_frame_and_silence_hinders_nobody(process: Process) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(process.path))
        connection.sendall(b"\x00\x00")
        assert SpeechClient(process.path).describe()["state"] == "ready"


@pytest.mark.parametrize(("encoding", "packet"), [("pcm", b"abc"), ("opus", b"\x03\xff")])
def test_sound_that_is_no_sound_is_refused(process: Process, encoding: str, packet: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(process.path))
        connection.sendall(
            frame(json.dumps({"type": "listen", "language": "nl", "encoding": encoding}).encode())
        )
        for _ in range(MOST_BAD_PACKETS + 1):
            connection.sendall(frame(b'{"type":"sound"}', packet))
        data = b""
        while piece := connection.recv(4096):
            data += piece
    assert b'"not_sound"' in data


def test_frames_read_back() -> None:
    data = wire.pack({"type": "spoken", "name": "Zoë"}, b"\x00\x01")
    at = 0

    def take(count: int) -> bytes:
        nonlocal at
        at += count
        return data[at - count : at]

    assert wire.read(take) == ({"type": "spoken", "name": "Zoë"}, b"\x00\x01")


def test_of_two_processes_one_falls_and_the_talk_goes_on_in_the_other(tmp_path: Path) -> None:
    processes = [Process(tmp_path / "a"), Process(tmp_path / "b")]
    client, screen = SpeechClient(*(process.path for process in processes)), Screen()
    listening = listen(client, screen)
    screen.until(lambda told: told == "ready")
    [used] = [process for process in processes if SpeechClient(process.path).described()["listenings"]]
    used.stop()
    screen.until(lambda told: told == "unavailable")
    screen.until(lambda told: told == "ready")
    for sound in [LOUD] * 40 + [QUIET] * 40:
        listening.hear(sound)
    assert screen.until(is_final)
    listening.finish()
    for process in processes:
        process.stop()


def test_speakers_are_spread_over_the_processes(tmp_path: Path) -> None:
    processes = [Process(tmp_path / "a"), Process(tmp_path / "b")]
    client, screens = SpeechClient(*(process.path for process in processes)), [Screen() for _ in range(4)]
    listenings = [listen(client, screen) for screen in screens]
    for screen in screens:
        screen.until(lambda told: told == "ready")
    assert [SpeechClient(process.path).described()["listenings"] for process in processes] == [2, 2]
    for listening in listenings:
        listening.finish()
    for process in processes:
        process.stop()
