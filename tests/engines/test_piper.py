"""A real piper voice: heard back by a real recogniser, and what happens when its process falls."""

import io
import os
import re
import shutil
import signal
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.speech import models
from app.speech.mouth import VoicePool
from app.speech.whisper import WhisperRecogniser

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def joe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In a folder of its own: nobody else's speech process should begin to use it."""
    try:
        return models.install("piper-en-joe", tmp_path_factory.mktemp("voices")).path
    except models.ModelRefused as refused:
        pytest.skip(f"the voice is not to be had here: {refused}")


@pytest.fixture(scope="module")
def pool(joe: Path) -> Iterator[VoicePool]:
    pool = VoicePool(1, piper_voices=[joe])
    yield pool
    pool.close()


def test_its_language_has_its_voice_and_the_others_keep_theirs(pool: VoicePool) -> None:
    voices = pool.voices()
    assert voices["en"] == "piper en_US-joe-medium"
    assert voices["nl"].startswith("espeak-ng")
    spoken = pool.speak("Good morning.", "en")
    assert spoken.words == ()
    assert pool.speak("Goedemorgen.", "nl").words


def test_whisper_hears_what_it_said(pool: VoicePool, whisper: WhisperRecogniser) -> None:
    spoken = pool.speak("Please come on 12-03 at 14:30, and bring your passport.", "en")
    with wave.open(io.BytesIO(spoken.sound)) as sound:
        rate_hz, samples = sound.getframerate(), np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    at_16k = (
        np.interp(np.arange(0, len(samples), rate_hz / 16_000), np.arange(len(samples)), samples) / 32_768
    )
    heard = re.sub(r"\W", "", _text_of(whisper, at_16k.astype(np.float32))).lower()
    assert "12thofmarch" in heard
    assert "230" in heard
    assert "bringyourpassport" in heard


def _text_of(whisper: WhisperRecogniser, samples: np.ndarray) -> str:
    segments, _ = whisper._model.transcribe(samples, language="en", beam_size=1)
    return " ".join(segment.text for segment in segments)


def test_slow_lasts_longer_than_fast(pool: VoicePool) -> None:
    slow, fast = (pool.speak("You can sit down here.", "en", rate).duration_ms for rate in (0.5, 1.5))
    assert slow > 1.8 * fast


@pytest.mark.parametrize(
    "text", ["", "...", "\x01", "\ud800", "😀", "ﷺ" * 40, "?!" * 100, "1" * 300, "a\u0301" * 90]
)
def test_texts_that_say_nothing_or_too_much_are_met_kindly(pool: VoicePool, text: str) -> None:
    before = sorted(pool.child_pids)
    assert pool.speak(text, "en").sound.startswith(b"RIFF")
    assert sorted(pool.child_pids) == before


def test_a_whole_passage_is_spoken_by_the_engine_that_is_quick(pool: VoicePool) -> None:
    began = time.monotonic()
    spoken = pool.speak("We would like to help you. " * 50, "en")
    assert spoken.words
    assert time.monotonic() - began < 5


def test_where_it_falls_silent_the_other_engine_speaks(joe: Path) -> None:
    pool = VoicePool(1, piper_voices=[joe], further=())
    try:
        crew = pool._speakers["en"][0]
        crew._timeout_s = 1.0
        for pid in crew.child_pids:
            os.kill(pid, signal.SIGSTOP)
        assert pool.speak("We go on.", "en").words, "espeak tells when each word sounds"
        crew._timeout_s = 60.0
        assert pool.speak("We go on again.", "en").words == (), "the voice is back"
    finally:
        pool.close()


def test_a_broken_voice_is_left_out(joe: Path, tmp_path: Path) -> None:
    for file in joe.glob("*.onnx*"):
        shutil.copy(file, tmp_path)
    (model,) = tmp_path.glob("*.onnx")
    os.truncate(model, 1_000)
    pool = VoicePool(1, piper_voices=[tmp_path], further=())
    try:
        assert pool.voices()["en"].startswith("espeak-ng")
    finally:
        pool.close()
