"""Argos packages: a CTranslate2 model with its tokenizer, as argostranslate makes and reads them.

Of argostranslate only the tokenizers are used. Its own translate() fetches a sentence splitter from the internet,
writes every text to the log at level INFO, and makes folders in the home directory when it is imported.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ctranslate2
from argostranslate.tokenizer import BPETokenizer, SentencePieceTokenizer

from app.speech.tongue.engine import ModelUnusable

_BEAM = 4
_LENGTH_PENALTY = 0.2
"""Both as argostranslate has them; its models are judged with these."""


class ArgosEngine:
    """Raises ModelUnusable."""

    def __init__(self, path: Path, source: str, target: str) -> None:
        package, about = _package(path, source, target)
        if (package / "sentencepiece.model").exists():
            self._tokenizer = SentencePieceTokenizer(package / "sentencepiece.model")
        elif (package / "bpe.model").exists():
            self._tokenizer = BPETokenizer(package / "bpe.model", source, target)
        else:
            raise ModelUnusable("no tokenizer")
        self._prefix = str(about.get("target_prefix") or "")
        try:
            self._model = ctranslate2.Translator(str(package / "model"), device="cpu", intra_threads=1)
            self._tokenizer.encode("1")
        except (RuntimeError, ValueError, OSError) as problem:
            raise ModelUnusable("refused by CTranslate2") from problem

    def translate(self, sentences: Sequence[str]) -> list[str]:
        results = self._model.translate_batch(
            [self._tokenizer.encode(sentence) for sentence in sentences],
            target_prefix=[[self._prefix]] * len(sentences) if self._prefix else None,
            replace_unknowns=True,
            beam_size=_BEAM,
            length_penalty=_LENGTH_PENALTY,
            max_batch_size=1024,
            batch_type="tokens",
        )
        texts = (self._tokenizer.decode(result.hypotheses[0]) for result in results)
        return [text.removeprefix(self._prefix).strip() for text in texts]


def _package(path: Path, source: str, target: str) -> tuple[Path, dict[str, Any]]:
    """The folder with metadata.json of this direction, and what that says."""
    for file in sorted(path.rglob("metadata.json")):
        try:
            about = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise ModelUnusable("metadata.json") from problem
        if isinstance(about, dict) and (about.get("from_code"), about.get("to_code")) == (source, target):
            return file.parent, about
    raise ModelUnusable(f"no package for {source} to {target}")
