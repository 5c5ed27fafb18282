"""Speech on another machine, through a real Redis that this test starts."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from cryptography.fernet import Fernet

from app.domain.speech import SpeechUnavailable
from app.speech import wire
from app.speech.client import SpeechClient
from app.speech.redis_line import RedisDoor, RedisPlaces
from app.speech.test_server import LOUD, QUIET, Process, Screen, is_final, listen
from tests.waiting import until

pytestmark = pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not installed")
KEY = Fernet.generate_key().decode()
WORDS = "hier wonen geheime woorden"


class Echo:
    """Stands for a speech process: says what it can, and translates by turning the text round."""

    def __init__(self, path: Path, listenings: int = 0) -> None:
        self.path, self.listenings, self.asked = path, listenings, 0
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._server.close()
        self.path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")

        def exactly(count: int) -> bytes:
            data = stream.read(count)
            if len(data) < count:
                raise ConnectionError
            return data

        try:
            while True:
                header, payload = wire.read(exactly)
                if header["type"] == "describe":
                    pairs = [["nl", "en", "test", None, False]]
                    answer = {"type": "described", "hears": {"nl": "test"}, "speaks": [], "translates": pairs}
                    connection.sendall(wire.pack({**answer, "listenings": self.listenings}))
                else:
                    self.asked += 1
                    told = {
                        "type": "translated",
                        "origin": "machine",
                        "engine": "test",
                        "fixture": False,
                        "lost": [],
                    }
                    connection.sendall(wire.pack(told, payload[::-1]))
        except OSError:
            pass


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("r") / "s"
    command = ["redis-server", "--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    until(path.exists, "the server does not listen")
    yield f"unix://{path}"
    server.terminate()
    server.wait()


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[Echo]:
    echo = Echo(tmp_path / "speech")
    yield echo
    echo.close()


@pytest.fixture
def door(redis_url: str, echo: Echo) -> Iterator[RedisDoor]:
    redis.Redis.from_url(redis_url).flushall()
    door = RedisDoor(redis_url, KEY, "far", echo.path)
    door.start()
    yield door
    door.stop()


def client_of(redis_url: str, key: str = KEY) -> SpeechClient:
    return SpeechClient(others=RedisPlaces(redis_url, key))


def test_a_process_on_another_machine_is_found_and_answers(redis_url: str, door: RedisDoor) -> None:
    client = client_of(redis_url)
    until(lambda: client.describe()["state"] == "ready", "not ready through Redis")
    assert client.captioner.languages() == {"nl"}
    assert client.translator.translate(WORDS, "nl", "en").text == WORDS[::-1]


def test_redis_holds_no_readable_word(redis_url: str, door: RedisDoor) -> None:
    client = client_of(redis_url)
    until(lambda: client.describe()["state"] == "ready", "not ready through Redis")
    seen = bytearray()
    watcher = redis.Redis.from_url(redis_url)
    stop = threading.Event()

    def watch() -> None:
        with watcher.monitor() as commands:
            stop.set()
            for command in commands.listen():
                seen.extend(str(command["command"]).encode())
                if "done" in str(command["command"]):
                    return

    thread = threading.Thread(target=watch)
    thread.start()
    stop.wait(5)
    client.translator.translate(WORDS, "nl", "en")
    redis.Redis.from_url(redis_url).set("done", 1)
    thread.join(10)
    assert b"LPUSH" in bytes(seen).upper() or b"RPUSH" in bytes(seen).upper()
    assert b"geheime" not in seen
    assert WORDS[::-1].encode() not in seen


def test_another_key_gets_no_answer(redis_url: str, door: RedisDoor) -> None:
    stranger = client_of(redis_url, Fernet.generate_key().decode())
    until(RedisPlaces(redis_url, KEY), "no place is announced")
    with pytest.raises(SpeechUnavailable):
        stranger.translator.translate(WORDS, "nl", "en")


def test_a_place_that_stops_is_forgotten(redis_url: str, echo: Echo) -> None:
    door = RedisDoor(redis_url, KEY, "short", echo.path)
    door.start()
    places = RedisPlaces(redis_url, KEY)
    until(lambda: [place.name for place in places()] == ["short"], "the short one is not announced")
    door.stop()
    until(lambda: not places(), "it is announced after it went")


def test_without_redis_there_is_simply_nobody(tmp_path: Path) -> None:
    client = client_of(f"unix://{tmp_path}/nobody")
    assert client.describe()["state"] == "unavailable"
    assert client.translator.pairs() == frozenset()


def test_the_least_busy_process_is_asked(tmp_path: Path) -> None:
    busy, idle = Echo(tmp_path / "busy", listenings=3), Echo(tmp_path / "idle")
    client = SpeechClient(busy.path, idle.path)
    for _ in range(5):
        client.translator.translate(WORDS, "nl", "en")
    assert (busy.asked, idle.asked) == (0, 5)
    busy.close()
    idle.close()


def test_of_a_process_that_fell_the_next_takes_over(tmp_path: Path) -> None:
    first, second = Echo(tmp_path / "first"), Echo(tmp_path / "second", listenings=5)
    client = SpeechClient(first.path, second.path)
    assert client.translator.translate(WORDS, "nl", "en").text == WORDS[::-1]
    first.close()
    assert client.translator.translate(WORDS, "nl", "en").text == WORDS[::-1]
    assert (first.asked, second.asked) == (1, 1)
    second.close()


def test_captions_come_from_another_machine_and_go_on_after_its_fall(redis_url: str, tmp_path: Path) -> None:
    redis.Redis.from_url(redis_url).flushall()
    process = Process(tmp_path / "s")
    door = RedisDoor(redis_url, KEY, "far", process.path)
    door.start()
    client, screen = client_of(redis_url), Screen()
    until(lambda: client.describe()["state"] == "ready", "not ready through Redis")
    listening = listen(client, screen)
    screen.until(lambda told: told == "ready")
    for sound in [LOUD] * 40 + [QUIET] * 40:
        listening.hear(sound)
    assert screen.until(is_final)
    process.stop()
    screen.until(lambda told: told == "unavailable")
    process.start()
    screen.until(lambda told: told == "ready", within_s=20)
    for sound in [LOUD] * 40 + [QUIET] * 40:
        listening.hear(sound)
    assert screen.until(is_final)
    listening.finish()
    door.stop()
    process.stop()
