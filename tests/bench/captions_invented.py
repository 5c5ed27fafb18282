"""Words that nobody said: a minute of each sound that is no speech, through the ear as it hears a speaker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.domain.speech import Caption
from app.speech import models
from app.speech.whisper import WhisperRecogniser
from tests.bench._speech_servers import MODEL, MODELS
from tests.engines.hearing import bare_words, captions_of, wordless

SECONDS = 60


def measure(_audio: Path) -> Iterator[dict[str, Any]]:
    models.install(models.default_models()[0], MODELS)
    whisper = WhisperRecogniser(MODEL, threads=2)
    whisper.warm_up()
    invented: dict[str, int] = {}
    for name, sound in wordless(SECONDS).items():
        captions: list[Caption] = captions_of(whisper, sound, "nl")
        invented[name] = sum(len(bare_words(caption.text)) for caption in captions)
    yield {
        "name": "captions.invented_words",
        "value": sum(invented.values()),
        "unit": "words",
        "seconds_each": SECONDS,
        **invented,
    }


BENCHMARKS = {"captions.invented": measure}
