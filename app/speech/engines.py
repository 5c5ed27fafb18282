"""Which recogniser hears which language: by what is installed. A model is loaded when somebody needs it."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.speech.hybrid import HybridRecogniser
from app.speech.models import InstalledModel, installed
from app.speech.recogniser import Recogniser, Transcription

log = logging.getLogger("wijkbalie.speech")

_BEST_FIRST = ("whisper", "vosk")
"""Whisper writes capitals and full stops, which readers need; Vosk hears where there is no Whisper."""
DESK_LANGUAGES = frozenset({"nl"})
"""Heard at every desk, so their models are loaded before anybody asks."""


class LateRecogniser:
    """A recogniser whose model is read when warm_up() is first called; begin() only after that."""

    def __init__(self, name: str, load: Callable[[], Recogniser]) -> None:
        self.name = name
        self.broken = False
        """The model was tried and could not be used."""
        self._load = load
        self._lock = threading.Lock()
        self._recogniser: Recogniser | None = None

    @property
    def ready(self) -> bool:
        return self._recogniser is not None

    def begin(self, language: str, vocabulary: Sequence[str] = ()) -> Transcription:
        assert self._recogniser
        return self._recogniser.begin(language, vocabulary)

    def warm_up(self) -> None:
        """Many may ask at once; it is read once. Raises what the engine raises, again at each try."""
        with self._lock:
            if self._recogniser is not None:
                return
            began = time.monotonic()
            try:
                recogniser = self._load()
                recogniser.warm_up()
            except Exception as problem:
                self.broken = True
                log.error("%s cannot be used: %s", self.name, type(problem).__name__)
                raise
            log.info("%s is ready (%.1f s)", self.name, time.monotonic() - began)
            self._recogniser, self.broken = recogniser, False


@dataclass(frozen=True, slots=True)
class Choice:
    """Of models for one language. drafts: a stream that gives the partial captions, where there is one."""

    finals: InstalledModel
    drafts: InstalledModel | None = None


def choose(models: Sequence[InstalledModel]) -> dict[str, Choice]:
    """Per language the engine that writes best; beside Whisper a stream for what is said meanwhile."""
    usable = sorted((m for m in models if m.engine in _BEST_FIRST), key=lambda m: _BEST_FIRST.index(m.engine))
    chosen: dict[str, Choice] = {}
    for model in usable:
        for language in model.languages:
            before = chosen.get(language)
            if before is None:
                chosen[language] = Choice(model)
            elif before.drafts is None and (before.finals.engine, model.engine) == ("whisper", "vosk"):
                chosen[language] = Choice(before.finals, model)
    return chosen


def load_recognisers(
    models_dir: Path, threads: int, workers: int, at_start: Collection[str] = DESK_LANGUAGES
) -> dict[str, tuple[str, LateRecogniser]]:
    """Language → (model's name, recogniser). Those that hear a language of at_start are ready; of these, one
    that cannot be loaded is logged and left out. The others' models are read when first listened to."""
    engines: dict[str, LateRecogniser] = {}

    def engine(model: InstalledModel) -> LateRecogniser:
        if model.name not in engines:
            engines[model.name] = LateRecogniser(
                model.name, lambda: _ENGINES[model.engine](model, threads, workers)
            )
        return engines[model.name]

    def hybrid(finals: InstalledModel, drafts: InstalledModel) -> LateRecogniser:
        name = f"{finals.name} with {drafts.name}"
        if name not in engines:
            one, other = engine(finals), engine(drafts)
            engines[name] = LateRecogniser(name, lambda: HybridRecogniser(one, other))
        return engines[name]

    recognisers: dict[str, tuple[str, LateRecogniser]] = {}
    for language, choice in choose(installed(models_dir)).items():
        candidates = [engine(choice.finals)]
        if choice.drafts:
            candidates = [hybrid(choice.finals, choice.drafts), *candidates, engine(choice.drafts)]
        for recogniser in candidates:
            if language in at_start and not recogniser.ready:
                with suppress(Exception):  # engines raise what they like; it is logged, and the next may do
                    recogniser.warm_up()
            if not recogniser.broken:
                recognisers[language] = (recogniser.name, recogniser)
                break
    return recognisers


def _whisper(model: InstalledModel, threads: int, workers: int) -> Recogniser:
    from app.speech.whisper import WhisperRecogniser

    return WhisperRecogniser(model.path, threads, workers)


def _vosk(model: InstalledModel, _threads: int, _workers: int) -> Recogniser:
    from app.speech.vosk import VoskRecogniser

    return VoskRecogniser(model.path)


_ENGINES: dict[str, Callable[[InstalledModel, int, int], Recogniser]] = {"whisper": _whisper, "vosk": _vosk}
