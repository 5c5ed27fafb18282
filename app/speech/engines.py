"""Which recogniser hears which language: by what is installed."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from app.speech.models import InstalledModel, installed
from app.speech.recogniser import Recogniser

log = logging.getLogger("wijkbalie.speech")

_BEST_FIRST = ("whisper", "vosk")
"""Whisper writes capitals and full stops, which readers need; Vosk hears where there is no Whisper."""


def load_recognisers(models_dir: Path, threads: int, workers: int) -> dict[str, tuple[str, Recogniser]]:
    """Language → (model's name, recogniser, ready). A model that cannot be loaded is logged and left out."""
    chosen: dict[str, tuple[str, Recogniser]] = {}
    ears = [model for model in installed(models_dir) if model.engine in _BEST_FIRST]
    for model in sorted(ears, key=lambda m: _BEST_FIRST.index(m.engine)):
        languages = [language for language in model.languages if language not in chosen]
        if not languages:
            continue
        began = time.monotonic()
        try:
            recogniser = _ENGINES[model.engine](model, threads, workers)
            recogniser.warm_up()
        except Exception as problem:  # engines raise what they like; none may keep the others from working
            log.error("%s cannot be used: %s", model.name, type(problem).__name__)
            continue
        log.info("%s is ready (%.1f s): %s", model.name, time.monotonic() - began, " ".join(languages))
        chosen |= dict.fromkeys(languages, (model.name, recogniser))
    return chosen


def _whisper(model: InstalledModel, threads: int, workers: int) -> Recogniser:
    from app.speech.whisper import WhisperRecogniser

    return WhisperRecogniser(model.path, threads, workers)


def _vosk(model: InstalledModel, _threads: int, _workers: int) -> Recogniser:
    from app.speech.vosk import VoskRecogniser

    return VoskRecogniser(model.path)


_ENGINES: dict[str, Callable[[InstalledModel, int, int], Recogniser]] = {"whisper": _whisper, "vosk": _vosk}
