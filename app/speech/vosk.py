"""Vosk: hears a stream, so partial captions cost nothing extra. Without capitals or full stops of its own."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.speech import SAMPLE_RATE_HZ
from app.speech.recogniser import Heard, Samples


class VoskRecogniser:
    """One model, one language; each utterance has its own decoder. Raises RuntimeError for a bad model."""

    def __init__(self, path: Path) -> None:
        import vosk

        vosk.SetLogLevel(-1)
        try:
            self._model = vosk.Model(str(path))
        except Exception as problem:  # the binding raises nothing narrower
            raise RuntimeError(f"vosk cannot read {path.name}") from problem
        self._decoder = vosk.KaldiRecognizer

    def begin(self, _language: str, _vocabulary: Sequence[str] = ()) -> "VoskTranscription":
        # A grammar would forbid all other words, and the small models take no new ones.
        return VoskTranscription(self._decoder(self._model, SAMPLE_RATE_HZ))

    def warm_up(self) -> None:
        self.begin("").finish(np.zeros(SAMPLE_RATE_HZ, np.float32))


class VoskTranscription:
    """Feeds the decoder only what is new."""

    streams = True

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder
        self._fed = 0
        self._pieces: list[str] = []

    def hear(self, samples: Samples, ending: bool) -> Heard:
        del ending  # a stream has no second, more thorough way
        began = time.perf_counter()
        self._feed(samples)
        piece = json.loads(self._decoder.PartialResult())["partial"]
        return Heard(self._text(piece), time.perf_counter() - began, complete=False)

    def finish(self, samples: Samples) -> Heard:
        began = time.perf_counter()
        self._feed(samples)
        piece = json.loads(self._decoder.FinalResult())["text"]
        return Heard(self._text(piece), time.perf_counter() - began, complete=True)

    def _feed(self, samples: Samples) -> None:
        new, self._fed = samples[self._fed :], max(self._fed, len(samples))
        # It has its own idea of where an utterance ends; what it closes then is kept.
        if len(new) and self._decoder.AcceptWaveform((new * 32767).astype("<i2").tobytes()):
            self._pieces.append(json.loads(self._decoder.Result())["text"])

    def _text(self, piece: str) -> str:
        text = " ".join(part for part in (*self._pieces, piece) if part)
        return text[:1].upper() + text[1:]
