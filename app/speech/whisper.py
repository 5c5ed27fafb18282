"""Whisper, through faster-whisper's tokenizer and features and CTranslate2's decoder.

Its encoder is made for windows of 30 s and costs the same for one word. It is given the speech and a few
seconds of silence instead: a third of the time at the same error rate (docs/change/speech.md). Too short a
window may make the decoder repeat itself without end; such an utterance is decoded again, more carefully.
"""

import re
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.speech import SAMPLE_RATE_HZ
from app.speech.recogniser import UNCLEAR, Heard, Samples
from app.speech.vocabulary import believable, resembling


@dataclass(frozen=True, slots=True)
class _Effort:
    """How a decoding is done. padding_s: silence after the speech."""

    padding_s: float
    beam: int
    tokens_more: int = 16
    repetition_penalty: float = 1.0
    no_repeat_words: int = 0


class _Trust(Enum):
    BELIEVED, DOUBTED, CIRCLES = range(3)


_QUICK = _Effort(padding_s=3, beam=1, tokens_more=6)
_THOROUGH = _Effort(padding_s=6, beam=3)
_GUARDED = _Effort(padding_s=3, beam=3, repetition_penalty=1.1, no_repeat_words=3)

_WINDOW_S = 30
_TOKENS_PER_S = 14
"""No language is spoken faster; a decoding that needs more repeats itself."""
_TELLING_S, _CERTAIN = 1.5, 0.75
"""So long an utterance says which language it is, and so probable the language must be (docs/change/speech.md)."""
_REPETITIVE = 2.2
"""zlib's ratio for text; Whisper's makers call 2.4 over 30 s a failure."""
_NO_SPEECH, _UNSURE = 0.6, -0.5
_CERTAINLY_NO_SPEECH, _VERY_UNSURE = 0.8, -1.6
"""Measured on noise, music and silence against sentences: these have 0.0 to 0.3 and -0.1 to -0.6."""

# What Whisper says to sounds without words: subtitlers' names and thanks that it was trained on. Nobody says
# these to a municipal desk. See https://github.com/openai/whisper/discussions/928.
_NOBODY_SAID = re.compile(
    r"amara\.org|ondertitel(s|ing|d)\b.*\b(door|by|ingediend)|\btv gelderland\b|\bnos\b.*\bondertitel|"
    r"bedankt voor het kijken|thank(s| you) for watching|subtitles by|subtitled by|please subscribe|"
    r"vergeet niet te abonneren|اشتركوا في القناة|ترجمة نانسي|untertitel.*\b(zdf|ard|amara|von)\b|"
    r"sous-titrage|sous-titres.*amara|subtítulos.*amara|altyazı m\.k|продолжение следует|субтитры",
    re.IGNORECASE,
)
# Descriptions of sound for deaf viewers, in Dutch subtitles always in capitals.
_DESCRIBED = re.compile(r"\W*(MUZIE\w*|APPLAUS|GELACH|GEJUICH|ZUCHT|STILTE|MUSIC|APPLAUSE|LAUGHTER)\W*")
_NOT_SPOKEN = re.compile(r"[\[(*♪♫][^\])*♪♫]*[\])*♪♫]")


class WhisperRecogniser:
    """One model shared by all speakers. Raises what CTranslate2 raises when the model cannot be read."""

    def __init__(self, path: Path, threads: int, workers: int = 1) -> None:
        from faster_whisper import WhisperModel

        self._model = WhisperModel(
            str(path),
            device="auto",
            compute_type="int8",
            cpu_threads=max(1, threads // workers),
            num_workers=workers,
            local_files_only=True,
        )

    def begin(self, language: str, vocabulary: Sequence[str] = ()) -> "WhisperTranscription":
        return WhisperTranscription(self, language, tuple(vocabulary))

    def warm_up(self) -> None:
        self.decode(np.zeros(SAMPLE_RATE_HZ, np.float32), "nl", thorough=True)

    def decode(
        self, samples: Samples, language: str, thorough: bool, vocabulary: Sequence[str] = ()
    ) -> Heard:
        began = time.perf_counter()
        effort = _THOROUGH if thorough else _QUICK
        encoded = self._encode(samples, effort)
        text, trust = self._try(samples, encoded, language, effort)
        if trust is _Trust.CIRCLES and thorough:
            text, trust = self._try(samples, self._encode(samples, _GUARDED), language, _GUARDED)
        if trust is _Trust.BELIEVED and thorough and (expected := resembling(text, vocabulary)):
            other, other_trust = self._try(samples, encoded, language, effort, expected)
            if other_trust is _Trust.BELIEVED and believable(text, other, expected):
                text = other
        if not thorough:
            # It ends every sound with a full stop, and this one is not over.
            text = text.rstrip(".…")
            guess = text if trust is _Trust.DOUBTED else ""
            text = text if trust is _Trust.BELIEVED else ""
            return Heard(text, time.perf_counter() - began, complete=False, guess=guess)
        text = text if trust is _Trust.BELIEVED else ""
        tells = text and len(samples) >= _TELLING_S * SAMPLE_RATE_HZ
        sounds_like = self._language_of(encoded) if tells else None
        return Heard(text, time.perf_counter() - began, True, sounds_like)

    def _encode(self, samples: Samples, effort: _Effort) -> Any:
        silence = min(effort.padding_s, max(0.0, _WINDOW_S - len(samples) / SAMPLE_RATE_HZ))
        padded = np.pad(samples, (0, int(silence * SAMPLE_RATE_HZ)))
        features = self._model.feature_extractor(padded, padding=0)
        return self._model.encode(features[:, : features.shape[1] // 2 * 2])  # the encoder halves them

    def _language_of(self, encoded: Any) -> str | None:
        """The sound is encoded already, so this costs one step of the decoder."""
        if not self._model.model.is_multilingual:
            return None
        name, probability = self._model.model.detect_language(encoded)[0][0]
        return str(name[2:-2]) if probability >= _CERTAIN else UNCLEAR

    def _try(
        self,
        samples: Samples,
        encoded: Any,
        language: str,
        effort: _Effort,
        expected: Sequence[str] = (),
    ) -> tuple[str, _Trust]:
        """The text, and whether it can be believed."""
        model, tokenizer = self._model, self._tokenizer(language)
        prompt = model.get_prompt(tokenizer, [], without_timestamps=True, hotwords=", ".join(expected))
        most = int(effort.tokens_more + _TOKENS_PER_S * len(samples) / SAMPLE_RATE_HZ)
        result = model.model.generate(
            encoded,
            [prompt],
            beam_size=effort.beam,
            repetition_penalty=effort.repetition_penalty,
            no_repeat_ngram_size=effort.no_repeat_words,
            max_length=min(len(prompt) + most, model.max_length),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=[-1],
        )[0]
        tokens = result.sequences_ids[0]
        text = with_capital(_NOT_SPOKEN.sub("", tokenizer.decode(tokens)).strip(), language)
        if is_nothing(text):
            return "", _Trust.DOUBTED
        circles = len(tokens) >= most - 1 or repeats(text)
        if is_doubtful(result.no_speech_prob, result.scores[0]):
            return "" if circles else text, _Trust.DOUBTED
        return text, _Trust.CIRCLES if circles else _Trust.BELIEVED

    @cache  # noqa: B019  there is one recogniser, and it lives as long as its process
    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        multilingual = self._model.model.is_multilingual
        return Tokenizer(self._model.hf_tokenizer, multilingual, task="transcribe", language=language)


class WhisperTranscription:
    """Whisper has no memory between decodings: each hears the utterance from its beginning."""

    streams = False

    def __init__(self, recogniser: WhisperRecogniser, language: str, vocabulary: tuple[str, ...]) -> None:
        self._recogniser = recogniser
        self._language = language
        self._vocabulary = vocabulary

    def hear(self, samples: Samples, ending: bool) -> Heard:
        return self._recogniser.decode(samples, self._language, ending, self._vocabulary)

    def finish(self, samples: Samples) -> Heard:
        return self.hear(samples, ending=True)


def with_capital(text: str, language: str) -> str:
    """Drafts begin with and without one; a line that changes its first letter flickers."""
    first = 2 if language == "nl" and text[:2] == "ij" else 1
    return text[:first].upper() + text[first:]


def is_nothing(text: str) -> bool:
    """Words that nobody says to a desk: what the model has learnt to say to silence, noise and music."""
    if not any(c.isalnum() for c in text):
        return True
    return _NOBODY_SAID.search(text) is not None or _DESCRIBED.fullmatch(text) is not None


def is_doubtful(no_speech: float, log_probability: float) -> bool:
    """The model's own doubt whether anybody spoke. log_probability: mean per token."""
    if no_speech > _CERTAINLY_NO_SPEECH or log_probability < _VERY_UNSURE:
        return True
    return no_speech > _NO_SPEECH and log_probability < _UNSURE


def repeats(text: str) -> bool:
    """The decoder went round in circles."""
    words = text.casefold().split()
    for size in (1, 2, 3, 4):
        for at in range(len(words) - 4 * size + 1):
            if all(words[at : at + size] == words[at + n * size : at + (n + 1) * size] for n in (1, 2, 3)):
                return True
    raw = text.encode()
    return len(raw) > 60 and len(raw) / len(zlib.compress(raw)) > _REPETITIVE
