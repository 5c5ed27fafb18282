"""What a translation engine offers, and which one a model needs."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol


class Engine(Protocol):
    """One model, loaded. Lives in the engines' process and is used by one thread."""

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """One translation for each sentence."""


class ModelUnusable(Exception):
    """A model's files are not what its engine needs."""


def _firefox(path: Path, source: str, target: str) -> Engine:
    from app.speech.tongue.firefox import FirefoxEngine

    return FirefoxEngine(path, source, target)


def _argos(path: Path, source: str, target: str) -> Engine:
    from app.speech.tongue.argos import ArgosEngine

    return ArgosEngine(path, source, target)


ENGINES: dict[str, Callable[[Path, str, str], Engine]] = {"firefox": _firefox, "argos": _argos}
"""By the catalogue's name; (folder, source, target) → engine. The heavy import is in the engine's own file."""
