"""Firefox Translations models through fxtranslate: small, quick, made for pages without a cloud."""

from collections.abc import Sequence
from pathlib import Path

import fxtranslate

from app.speech.tongue.engine import ModelUnusable


class FirefoxEngine:
    """Raises ModelUnusable. An instance may only be used by the thread that made it, and holds the GIL."""

    def __init__(self, path: Path, source: str, target: str) -> None:
        pair = source + target
        shared = _find(path, f"vocab.{pair}.spm")
        source_words = shared or _find(path, f"srcvocab.{pair}.spm")
        target_words = shared or _find(path, f"trgvocab.{pair}.spm")
        model = _find(path, f"model.{pair}.*bin")
        if model is None or source_words is None or target_words is None:
            raise ModelUnusable(f"no files for {pair}")
        likely = _find(path, f"lex.*{pair}.*bin")
        try:
            self._model = fxtranslate.Translator(
                model.read_bytes(),
                source_words.read_bytes(),
                target_words.read_bytes(),
                likely.read_bytes() if likely else None,
            )
        except ValueError as problem:
            raise ModelUnusable("refused by fxtranslate") from problem

    def translate(self, sentences: Sequence[str]) -> list[str]:
        return [self._model.translate(sentence) for sentence in sentences]


def _find(path: Path, pattern: str) -> Path | None:
    return next(iter(sorted(path.rglob(pattern))), None)
