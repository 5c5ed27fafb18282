"""The recogniser under test, loaded once."""

from pathlib import Path

import pytest

from app.speech.whisper import WhisperRecogniser


@pytest.fixture(scope="session")
def whisper(models_dir: Path) -> WhisperRecogniser:
    recogniser = WhisperRecogniser(models_dir / "whisper-base", threads=2)
    recogniser.warm_up()
    return recogniser
