"""Captions of recorded people, played at natural speed through the whole desk by socket clients."""

import contextlib
import json
import re
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psutil
from websocket import WebSocket, WebSocketException, create_connection

from app.config import Settings
from app.domain.conversations import Choices
from app.speech import models
from app.storage.conversations import StoredConversations
from app.storage.database import connect
from tests.bench._talkers import at_part, speech_bounds_s
from tests.desk import ServedDesk
from tests.engines.hearing import RATE_HZ, Clip, bare_words, read_clips, to_pcm, word_errors

ROOT = Path(__file__).parent.parent.parent
PASSES = 2
SILENCE_MS = 500
FRAME_BYTES = 1280
"""40 ms."""


class Participant:
    """A seat taken and admitted, on the line, with every message and when it came."""

    def __init__(self, desk: ServedDesk, role: str, choices: Choices) -> None:
        settings = Settings.from_env({"DATA_DIR": str(desk.data_dir)})
        database = connect(settings.database_url, settings.data_keys)
        conversations = StoredConversations(database)
        token = desk.demo["links"][role].rpartition("/")[2]
        _, invitation = conversations.check_link(token)
        assert invitation
        conversations.keep_choices(invitation.id, choices)
        self.seat = conversations.admit(conversations.take_seat(invitation.id).id, datetime.now(UTC))
        database.close()
        cookies = CookieJar()
        urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies)).open(
            desk.demo["links"][role]
        ).close()
        self._cookie = "; ".join(f"{c.name}={c.value}" for c in cookies)
        self._url = desk.url
        self.got: list[tuple[float, dict[str, Any]]] = []
        self._came = threading.Condition()
        self._socket = self.connect("gesprek")
        view = {"language": choices.language, "spoken_language": choices.language}
        state = {"microphone": True, "camera": False, "sound_only": True}
        hello = {
            "type": "hello",
            "seq": 1,
            "epoch": "benchmark" + self.seat.id[:8],
            "view": view,
            "state": state,
        }
        self._socket.send(json.dumps(hello))
        threading.Thread(target=self._read, daemon=True).start()

    def connect(self, what: str) -> WebSocket:
        address = self._url.replace("http", "ws", 1) + f"/sockets/{what}/{self.seat.id}"
        return create_connection(address, cookie=self._cookie, origin=self._url, timeout=60)

    def wait(self, wanted: Any, since: int = 0, within_s: float = 60) -> dict[str, Any]:
        """The first message from number `since` on that is wanted."""
        deadline = time.monotonic() + within_s
        with self._came:
            while True:
                for _, message in self.got[since:]:
                    if wanted(message):
                        return message
                if not self._came.wait(deadline - time.monotonic()):
                    raise TimeoutError(
                        f"nothing of the kind in {within_s} s; got {[m['type'] for _, m in self.got]}"
                    )

    def close(self) -> None:
        self._socket.close()

    def _read(self) -> None:
        with contextlib.suppress(WebSocketException, OSError):
            while text := self._socket.recv():
                with self._came:
                    self.got.append((time.monotonic(), json.loads(text)))
                    self._came.notify_all()


class Player:
    """Sends sound at natural speed, silence where nobody speaks."""

    def __init__(self, socket: WebSocket, language: str) -> None:
        self._socket = socket
        socket.send(json.dumps({"type": "open", "encoding": "pcm", "language": language}))
        assert json.loads(socket.recv())["type"] == "listening"
        threading.Thread(target=self._answer_pings, daemon=True).start()
        self._began = time.monotonic()
        self._sent = 0

    def _answer_pings(self) -> None:
        """The library answers the server's pings while it receives; who does not is dropped."""
        with contextlib.suppress(WebSocketException, OSError):
            while self._socket.recv():
                pass

    def play(self, pcm: bytes) -> float:
        """When its first sample sounded."""
        at = self._began + self._sent / 2 / RATE_HZ
        for start in range(0, len(pcm) // FRAME_BYTES * FRAME_BYTES, FRAME_BYTES):
            self._sent += FRAME_BYTES
            # A frame can be sent only once it has sounded whole.
            time.sleep(max(0.0, self._began + self._sent / 2 / RATE_HZ - time.monotonic()))
            self._socket.send_binary(pcm[start : start + FRAME_BYTES])
        return at

    def close(self) -> None:
        self._socket.send(json.dumps({"type": "close"}))


def measure(audio: Path) -> Iterator[dict[str, Any]]:
    audio = audio if audio.is_absolute() else (ROOT / audio).resolve()
    clips = read_clips(audio)
    if not clips:
        raise FileNotFoundError(f"no recordings with transcripts in {audio}")
    models_dir = ROOT / "var" / "models"
    models.install(models.default_models()[0], models_dir)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "models").symlink_to(models_dir, target_is_directory=True)
        desk = ServedDesk(Path(folder), SILENCE_MS=str(SILENCE_MS), LIMITS="off")
        desk.start()
        try:
            heard, cpu_s, sound_s = play_all(desk, clips)
        finally:
            desk.stop()
        decoded = [float(s) for s in re.findall(r"heard \w+: [\d.]+ s, decoded in ([\d.]+) s", desk.log())]
    yield from figures(clips, heard, decoded)
    yield {"name": "captions.cpu_s_per_min", "value": round(cpu_s / sound_s * 60, 1), "unit": "s"}


def play_all(desk: ServedDesk, clips: list[Clip]) -> tuple[list[dict[str, Any]], float, float]:
    """What came of each clip in each pass; CPU seconds of the speech process; seconds of sound."""
    reader = Participant(desk, "relative", Choices("nl", True, "nl", False))
    speaker = Participant(desk, "citizen", Choices("nl", False, "nl", True))
    speaker.wait(lambda m: (m.get("sound") or m).get("send"))
    assert desk.process
    tree = psutil.Process(desk.process.pid).children(recursive=True)
    engine = next(p for p in tree if "app.speech" in p.cmdline())
    before = sum(engine.cpu_times()[:2])
    heard = []
    sound_s = 0.0
    silence = bytes(int(1.6 * RATE_HZ) * 2)
    for language in sorted({clip.language for clip in clips}):
        socket = speaker.connect("geluid")
        player = Player(socket, language)
        for clip in [c for c in clips if c.language == language] * PASSES:
            since = len(reader.got)
            began = player.play(to_pcm(clip.samples))
            player.play(silence)
            player.play(silence[: len(silence) // 2])
            reader.wait(lambda m: m["type"] == "caption" and m["final"], since)
            captions = [(at, m) for at, m in reader.got[since:] if m["type"] == "caption"]
            heard.append({"clip": clip, "began": began, "captions": captions})
            sound_s += len(clip.samples) / RATE_HZ
        player.close()
        socket.close()
    cpu_s = sum(engine.cpu_times()[:2]) - before
    for participant in (reader, speaker):
        participant.close()
    return heard, cpu_s, sound_s


def figures(clips: list[Clip], heard: list[dict[str, Any]], decoded: list[float]) -> Iterator[dict[str, Any]]:
    words = wrong = finals_so_far = 0
    first, final, added = [], [], []
    for one in heard:
        clip: Clip = one["clip"]
        onset, end = (one["began"] + s for s in speech_bounds_s(clip))
        finals = [(at, m) for at, m in one["captions"] if m["final"]]
        text = " ".join(m["text"] for _, m in finals)
        words += len(clip.words)
        wrong += word_errors(clip.words, bare_words(text))
        finals_so_far += len(finals)
        first.append(one["captions"][0][0] - onset)
        final.append(finals[-1][0] - end)
        added.append(final[-1] - SILENCE_MS / 1000 - decoded[finals_so_far - 1])
    bare = bare_word_error_rate(clips)
    count = {"utterances": len(heard), "words": words}
    wer = wrong / words
    yield (
        {"name": "captions.wer", "value": round(wer, 4), "unit": "ratio", "baseline": round(bare, 4)}
        | ({"ratio": round(wer / bare, 3)} if bare else {})
        | count
    )
    yield {"name": "captions.bare_wer", "value": round(bare, 4), "unit": "ratio", **count}
    yield {"name": "captions.first_partial_p50_s", **seconds(first, 0.5), **count}
    yield {"name": "captions.first_partial_p95_s", **seconds(first, 0.95), **count}
    yield {"name": "captions.final_p50_s", **seconds(final, 0.5), **count}
    yield {"name": "captions.final_p95_s", **seconds(final, 0.95), **count}
    yield {"name": "captions.added_p50_s", **seconds(added, 0.5), **count, "silence_s": SILENCE_MS / 1000}
    yield {"name": "captions.decode_p50_s", **seconds(decoded, 0.5)}


def seconds(values: list[float], part: float) -> dict[str, Any]:
    return {"value": round(at_part(sorted(values), part), 3), "unit": "s"}


def bare_word_error_rate(clips: list[Clip]) -> float:
    """The engine alone on whole clips, as it comes: window of 30 s, beam 1."""
    from faster_whisper import WhisperModel

    model = WhisperModel(
        str(ROOT / "var/models/whisper-base"), device="cpu", compute_type="int8", cpu_threads=2
    )
    wrong = 0
    for clip in clips:
        segments, _ = model.transcribe(clip.samples, language=clip.language, beam_size=1, temperature=0.0)
        wrong += word_errors(clip.words, bare_words(" ".join(s.text for s in segments)))
    return wrong / sum(len(clip.words) for clip in clips)


BENCHMARKS = {"captions": measure}
