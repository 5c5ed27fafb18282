"""Vosk, with the one model of its makers that a package registry carries: Korean. Accuracy is not measured here."""

import shutil
import subprocess
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.domain.speech import Caption
from app.speech import models
from app.speech.activity import FRAME
from app.speech.engines import load_recognisers
from app.speech.hybrid import HybridRecogniser
from app.speech.vosk import VoskRecogniser
from app.speech.whisper import WhisperRecogniser
from tests.engines.hearing import RATE_HZ, captions_of, read_samples

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def korean(models_dir: Path) -> Path:
    try:
        return models.install("vosk-small-ko", models_dir).path
    except models.ModelRefused as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed")
    path = tmp_path_factory.mktemp("voice") / "ko.wav"
    subprocess.run(["espeak-ng", "-v", "ko", "-w", str(path), "안녕하세요 감사합니다 안녕하세요"], check=True)
    with wave.open(str(path)) as file:
        assert file.getnframes()
    return read_samples(path)


def test_partials_grow_with_the_sound_and_the_final_holds_words(korean: Path, samples: np.ndarray) -> None:
    transcription = VoskRecogniser(korean).begin("ko")
    partials = [transcription.hear(samples[:at], ending=False) for at in range(8000, len(samples), 8000)]
    assert not any(p.complete for p in partials)
    final = transcription.finish(samples)
    assert final.complete
    assert any("가" <= c <= "힣" for c in final.text), "Korean is written in Hangul"
    assert any(p.text for p in partials)


def test_silence_gives_no_words(korean: Path) -> None:
    silence = np.zeros(32_000, np.float32)
    transcription = VoskRecogniser(korean).begin("ko")
    assert transcription.hear(silence, ending=True).text == ""
    assert transcription.finish(silence).text == ""


def test_a_stream_gives_the_partials_and_whisper_the_final(
    korean: Path, whisper: WhisperRecogniser, samples: np.ndarray
) -> None:
    drafts = VoskRecogniser(korean)
    sound = np.concatenate((np.zeros(8000), samples, np.zeros(12_000))).astype(np.float32)
    captions = captions_of(HybridRecogniser(whisper, drafts), sound, "ko")
    partials = [c.text for c in captions if not c.final]
    assert partials
    assert all(later.startswith(earlier) for earlier, later in pairwise(partials))
    last = next(c for c in captions if c.final)
    assert last.text == whisper.decode(_of(sound, last), "ko", thorough=True).text


def _of(sound: np.ndarray, caption: Caption) -> np.ndarray:
    """The utterance as the ear gave it to the engine: 192 ms of silence after it."""
    begin = round(caption.started_at_s * RATE_HZ / FRAME) * FRAME
    return sound[begin : round(caption.ended_at_s * RATE_HZ / FRAME) * FRAME + 6 * FRAME]


def test_each_language_gets_the_engine_that_is_installed_for_it(korean: Path, models_dir: Path) -> None:
    chosen = load_recognisers(models_dir, 2, 1)
    assert (chosen["nl"][0], chosen["ko"][0]) == ("whisper-base", "vosk-small-ko")
    assert chosen["nl"][1].ready
    assert not chosen["ko"][1].ready, "264 MB that nobody has asked for yet"
    chosen["ko"][1].warm_up()
    assert chosen["ko"][1].begin("ko").streams


def test_a_broken_model_is_left_out_and_the_others_hear(
    korean: Path, models_dir: Path, tmp_path: Path
) -> None:
    shutil.copytree(korean, tmp_path / "vosk-small-ko", copy_function=_link)
    (tmp_path / "whisper-base").symlink_to(models_dir / "whisper-base", target_is_directory=True)
    broken = tmp_path / "vosk-small-ko/am/final.mdl"
    size = broken.stat().st_size
    broken.unlink()
    broken.write_bytes(bytes(size))
    chosen = load_recognisers(tmp_path, 2, 1, at_start=("nl", "ko"))
    assert "nl" in chosen
    assert "ko" not in chosen


def _link(source: str, to: str) -> str:
    Path(to).symlink_to(source)
    return to
