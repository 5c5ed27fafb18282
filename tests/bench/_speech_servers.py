"""Speech servers that benchmarks talk to: our own process and WhisperLive's, with the same model."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from websocket import WebSocket, WebSocketException, create_connection

from app.domain.speech import Caption
from app.speech.client import SpeechClient
from tests.bench._talkers import Line, Talker, share_out
from tests.desk import free_port
from tests.engines.hearing import bare_words, to_pcm

ROOT = Path(__file__).parent.parent.parent
MODELS = ROOT / "var" / "models"
MODEL = MODELS / "whisper-base"
SILENCE_MS = 500
SETTLE_S = 12.0
"""How long a final text may take after the last sound."""


def cpu_s(process: "subprocess.Popen[bytes]") -> float:
    tree = psutil.Process(process.pid)
    return sum(sum(p.cpu_times()[:2]) for p in (tree, *tree.children(recursive=True)))


class OurServer:
    """`python -m app.speech`, with the models that are installed."""

    name = "ours"

    def __init__(self, folder: Path) -> None:
        (folder / "models").symlink_to(MODELS, target_is_directory=True)
        self._client = SpeechClient(folder / "speech.sock")
        env = {
            **os.environ,
            "DATA_DIR": str(folder),
            "SPEECH_SOCKET": str(folder / "speech.sock"),
            "SILENCE_MS": str(SILENCE_MS),
        }
        self._log = (folder / "log.txt").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.speech"], cwd=ROOT, env=env, stderr=self._log
        )
        deadline = time.monotonic() + 90
        while self._client.describe()["state"] != "ready":
            if self.process.poll() is not None or time.monotonic() > deadline:
                self._log.seek(0)
                raise RuntimeError(f"the speech process does not come up: {self._log.read()[-2000:]}")
            time.sleep(0.1)

    def open(self, talker: Talker) -> Line:
        return OurLine(self._client, talker)


class OurLine:
    def __init__(self, client: SpeechClient, talker: Talker) -> None:
        self._talker = talker
        self._ready = threading.Event()
        self._open = 0
        self._changed = threading.Condition()
        self._listening = client.captioner.listen(
            talker.clips[0].language, "pcm", self._read, lambda state: state == "ready" and self._ready.set()
        )
        if not self._ready.wait(30):
            raise TimeoutError("no captions")

    def _read(self, caption: Caption) -> None:
        spoken = self._talker.at(caption.started_at_s + 0.4)  # the lead-in may be of the silence before
        with self._changed:
            self._open = 0 if caption.final else caption.utterance
            self._changed.notify_all()
        if spoken:
            spoken.pieces[caption.utterance] = caption.text
            spoken.read(" ".join(text for _, text in sorted(spoken.pieces.items())), caption.final)

    def send(self, samples: np.ndarray) -> None:
        self._listening.hear(to_pcm(samples))

    def close(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._open, SETTLE_S)
        self._listening.finish()


class WhisperLiveServer:
    """WhisperLive 0.10 with one shared model, voice detection on, as its own client asks for.

    Raises RuntimeError, with the reason, where it cannot be installed.
    """

    name = "WhisperLive"
    _PLACE = ROOT / "var" / "bench" / "whisper-live"
    _NEEDS = ("websockets", "fastapi", "uvicorn", "python-multipart", "scipy")
    # Of torch (2 GB) this path of the server asks one thing only: whether there is a GPU.
    _TORCH = "class cuda:\n    @staticmethod\n    def is_available():\n        return False\n"

    def __init__(self, folder: Path) -> None:
        python = self._install()
        self._port = free_port()
        start = (
            "from whisper_live.server import TranscriptionServer\n"
            f"TranscriptionServer().run('127.0.0.1', {self._port}, backend='faster_whisper', max_clients=16,\n"
            f"    faster_whisper_custom_model_path={str(MODEL)!r}, single_model=True)\n"
        )
        self._log = (folder / "log.txt").open("w+")
        self.process = subprocess.Popen(
            [str(python), "-c", start],
            cwd=folder,
            env={**os.environ, "OMP_NUM_THREADS": str(os.cpu_count()), "HF_HUB_OFFLINE": "1"},
            stdout=self._log,
            stderr=self._log,
        )
        deadline = time.monotonic() + 90
        while True:
            with contextlib.suppress(OSError):
                create_connection(f"ws://127.0.0.1:{self._port}", timeout=5).close()
                return
            if self.process.poll() is not None or time.monotonic() > deadline:
                self._log.seek(0)
                raise RuntimeError(f"WhisperLive does not start: {self._log.read()[-500:]}")
            time.sleep(0.2)

    def _install(self) -> Path:
        python = self._PLACE / "bin" / "python"
        done = self._PLACE / "complete"
        if done.exists():
            return python
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
        try:
            run = {"check": True, "capture_output": True, "timeout": 600}
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(self._PLACE)], **run)
            subprocess.run([*pip, "--no-deps", "whisper-live==0.10.0"], **run)
            subprocess.run([*pip, *self._NEEDS], **run)
        except (OSError, subprocess.SubprocessError) as problem:
            raise RuntimeError(
                f"WhisperLive 0.10 cannot be installed here: {type(problem).__name__}"
            ) from None
        packages = next(self._PLACE.glob("lib/python3*/site-packages"))
        # The very faster-whisper and CTranslate2 that we use, so that only the servers differ.
        import faster_whisper

        (packages / "ours.pth").write_text(str(Path(faster_whisper.__file__).parent.parent) + "\n")
        (packages / "torch.py").write_text(self._TORCH)
        done.touch()
        return python

    def open(self, talker: Talker) -> Line:
        return WhisperLiveLine(self._port, talker)


class WhisperLiveLine:
    """Its protocol: float32 samples out, the last ten segments in, each time they change."""

    def __init__(self, port: int, talker: Talker) -> None:
        self._talker = talker
        self._socket: WebSocket = create_connection(f"ws://127.0.0.1:{port}", timeout=60)
        options = {
            "uid": str(uuid.uuid4()),
            "language": talker.clips[0].language,
            "task": "transcribe",
            "model": str(MODEL),
            "use_vad": True,
            "send_last_n_segments": 10,
            "no_speech_thresh": 0.45,
            "clip_audio": False,
            "same_output_threshold": 10,
        }
        self._socket.send(json.dumps(options))
        while (message := json.loads(self._socket.recv())).get("message") != "SERVER_READY":
            if message.get("status"):
                raise RuntimeError(f"WhisperLive refuses: {message}")
        self._last = time.monotonic()
        self._segments: dict[float, dict[str, Any]] = {}
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(WebSocketException, OSError, ValueError):
            while text := self._socket.recv():
                self._segments = {at: one for at, one in self._segments.items() if one["completed"]}
                for segment in json.loads(text).get("segments", ()):
                    # Finished ones leave the list; what begins where they did replaces them.
                    self._segments[float(segment["start"])] = segment
                self._show()
                self._last = time.monotonic()

    def _show(self) -> None:
        """Its segments know nothing of where a clip ends: words go to the clip whose words they are like."""
        heard = bare_words(" ".join(segment["text"] for _, segment in sorted(self._segments.items())))
        for spoken, words in zip(self._talker.said, share_out(heard, self._talker.said), strict=True):
            spoken.read(" ".join(words))

    def send(self, samples: np.ndarray) -> None:
        self._socket.send_binary(samples.astype(np.float32).tobytes())

    def close(self) -> None:
        # It never says that it is ready; while it still sends, it may still change something.
        ended = time.monotonic()
        while time.monotonic() < min(ended + 3 * SETTLE_S, max(ended, self._last) + SETTLE_S):
            time.sleep(0.1)
        self._socket.send_binary(b"END_OF_AUDIO")
        self._socket.close()


@contextlib.contextmanager
def running(kind: type[OurServer] | type[WhisperLiveServer]) -> Iterator[OurServer | WhisperLiveServer]:
    """The server, ended afterwards whatever happens."""
    with tempfile.TemporaryDirectory() as folder:
        server = kind(Path(folder))
        try:
            yield server
        finally:
            server.process.terminate()
            try:
                server.process.wait(10)
            except subprocess.TimeoutExpired:
                server.process.kill()
                server.process.wait()
