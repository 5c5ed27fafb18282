"""`python -m app.speech` as it really runs: watched, killed in mid-sentence, stopped, orphaned."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import numpy as np
import psutil
import pytest

from app.domain.speech import Caption
from app.speech.client import SpeechClient
from app.speech.supervisor import SpeechSupervisor
from tests.engines.hearing import RATE_HZ, bare_words, read_clips, to_pcm, word_errors
from tests.waiting import until

pytestmark = pytest.mark.media


@pytest.fixture
def env(tmp_path: Path, models_dir: Path) -> dict[str, str]:
    (tmp_path / "models").symlink_to(models_dir, target_is_directory=True)
    return {**os.environ, "DATA_DIR": str(tmp_path), "SPEECH_SOCKET": str(tmp_path / "speech.sock")}


def until_ready(client: SpeechClient) -> None:
    until(lambda: client.describe()["state"] == "ready", "the speech process does not come up")


@pytest.fixture
def supervised(env: dict[str, str]) -> Iterator[tuple[SpeechSupervisor, SpeechClient]]:
    supervisor = SpeechSupervisor(env)
    supervisor.start()
    client = SpeechClient(Path(env["SPEECH_SOCKET"]))
    until_ready(client)
    yield supervisor, client
    supervisor.stop()


def play(listening, samples: np.ndarray) -> None:
    """At natural speed: silence is told from speech by time."""
    pcm = to_pcm(samples)
    began = time.monotonic()
    for at in range(0, len(pcm), 1280):
        listening.hear(pcm[at : at + 1280])
        time.sleep(max(0.0, began + at / 2 / RATE_HZ - time.monotonic()))


def told_until(told: Queue, wanted, within_s: float = 30) -> list:
    seen = []
    deadline = time.monotonic() + within_s
    while not seen or not wanted(seen[-1]):
        seen.append(told.get(timeout=max(0.01, deadline - time.monotonic())))
    return seen


def test_killed_in_mid_sentence_captions_return_by_themselves(
    supervised: tuple[SpeechSupervisor, SpeechClient], recordings: Path
) -> None:
    supervisor, client = supervised
    clip = next(c for c in read_clips(recordings / "nl") if c.name == "vl12745")
    told: Queue = Queue()
    listening = client.captioner.listen("nl", "pcm", told.put, told.put)
    play(listening, clip.samples)
    assert any(isinstance(t, Caption) for t in told_until(told, lambda t: isinstance(t, Caption)))
    first = supervisor.pid
    assert first
    os.kill(first, signal.SIGKILL)
    told_until(told, lambda t: t == "unavailable")
    told_until(told, lambda t: t == "ready")
    assert supervisor.pid != first
    play(listening, np.concatenate((clip.samples, np.zeros(RATE_HZ, np.float32))))
    listening.finish()
    final = told_until(told, lambda t: isinstance(t, Caption) and t.final and len(t.text) > 20)[-1]
    assert word_errors(clip.words, bare_words(final.text)) <= len(clip.words) // 2


def test_it_reads_aloud(supervised: tuple[SpeechSupervisor, SpeechClient]) -> None:
    _, client = supervised
    if "nl" not in client.voice.languages():
        pytest.skip("no Dutch voice on this machine")
    spoken = client.voice.speak("Hoort u dit?", "nl")
    assert spoken.sound[:4] == b"RIFF"
    assert spoken.duration_ms > 300


def test_sigterm_ends_it_cleanly_and_removes_the_socket(env: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "app.speech"], env=env, stderr=subprocess.PIPE, text=True
    )
    client = SpeechClient(Path(env["SPEECH_SOCKET"]))
    until_ready(client)
    listening = client.captioner.listen("nl", "pcm", lambda _c: None, lambda _s: None)
    process.terminate()
    _, log = process.communicate(timeout=30)
    listening.finish()
    assert process.returncode == 0
    assert "Traceback" not in log
    assert not Path(env["SPEECH_SOCKET"]).exists()


def test_it_does_not_outlive_who_started_it(env: dict[str, str]) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, time\n"
            "from app.speech.supervisor import SpeechSupervisor\n"
            "s = SpeechSupervisor(os.environ)\n"
            "s.start()\n"
            "while not s.pid: time.sleep(0.01)\n"
            "print(s.pid, flush=True)\n"
            "time.sleep(600)\n",
        ],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout
    child = psutil.Process(int(parent.stdout.readline()))
    until_ready(SpeechClient(Path(env["SPEECH_SOCKET"])))
    parent.kill()
    parent.communicate()
    assert child.wait(30) is not False
    assert not child.is_running()


def test_without_any_model_it_runs_and_hears_nothing(tmp_path: Path) -> None:
    env = {**os.environ, "DATA_DIR": str(tmp_path), "SPEECH_SOCKET": str(tmp_path / "s")}
    supervisor = SpeechSupervisor(env)
    supervisor.start()
    client = SpeechClient(tmp_path / "s")
    until_ready(client)
    assert client.captioner.languages() == frozenset()
    supervisor.stop()
    assert supervisor.pid is None


def test_a_child_that_always_falls_is_tried_ever_more_slowly(tmp_path: Path) -> None:
    log = tmp_path / "starts"
    supervisor = SpeechSupervisor(
        os.environ,
        command=(sys.executable, "-c", f"open({str(log)!r}, 'a').write('x'); raise SystemExit(3)"),
    )
    supervisor.start()
    until(lambda: log.exists() and len(log.read_text()) >= 3, "it does not try again")
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 1, "stopping does not wait for the next try"
