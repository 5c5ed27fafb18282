"""Piper's voices (VITS networks) by onnxruntime, with espeak-ng's phonemes. No word timing: the network tells none.

The voices' form is that of rhasspy/piper (MIT): X.onnx and X.onnx.json. Its present program, piper-tts, is GPL-3 and
brings 34 MB with it; what a voice needs of it is these few lines, so it is not used.
"""

import ctypes as c
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from app.domain.speech import LanguageNotSupported, SpeechUnavailable, SpokenText
from app.speech.mouth.engine import duration_ms, wav
from app.speech.mouth.espeak import open_espeak
from app.speech.mouth.normalise import spoken_form

_TEXT_IS_UTF8 = 1
_AS_IPA = 2
_BEGIN, _END, _BETWEEN = "^", "$", "_"
_CLAUSE = re.compile(r"[^.!?,;:،؛؟…]*(?:[.!?,;:،؛؟…]+(?=\s|$)|[.!?,;:،؛؟…]|$)")
_SIGNS = {"،": ",", "؛": ";", "؟": "?", "…": "."}
_OTHER_LANGUAGE = re.compile(r"\([a-z-]+\)")
_PAUSE_S = 0.15
_LOUDEST = 32_767
_FULL = 0.9


@dataclass(frozen=True, slots=True)
class _Voice:
    title: str
    espeak_voice: bytes
    session: onnxruntime.InferenceSession
    ids: Mapping[str, Sequence[int]]
    sample_rate_hz: int
    scales: tuple[float, float, float]
    """noise, length, noise of the length."""
    speakers: int


class PiperVoice:
    """folders: one installed voice each; the first of a language speaks it. Raises SpeechUnavailable without any."""

    name = "piper"

    def __init__(self, folders: Sequence[Path]) -> None:
        try:
            self._espeak, _ = open_espeak(newer=True)
        except SpeechUnavailable:
            self._espeak, _ = open_espeak(newer=False)
        self._espeak.espeak_TextToPhonemes.restype = c.c_char_p
        self._voices: dict[str, _Voice] = {}
        for folder in folders:
            for model in sorted(folder.rglob("*.onnx")):
                language, voice = _load(model)
                self._voices.setdefault(language, voice)
        if not self._voices:
            raise SpeechUnavailable("no piper voice")

    def voices(self) -> Mapping[str, str]:
        return {language: voice.title for language, voice in self._voices.items()}

    def speak(self, text: str, language: str, rate: float) -> SpokenText:
        if (voice := self._voices.get(language)) is None:
            raise LanguageNotSupported(language)
        if self._espeak.espeak_SetVoiceByName(voice.espeak_voice):
            raise LanguageNotSupported(language)
        pause = np.zeros(int(_PAUSE_S * voice.sample_rate_hz), np.float32)
        sounds = []
        for ids in self._sentences(spoken_form(text, language).text, voice):
            sounds += [_sound(voice, ids, rate), pause]
        sound = np.concatenate([*sounds, pause])
        loudest = float(np.abs(sound).max())
        scale = _FULL * _LOUDEST / loudest if loudest > 0.01 else 0.0
        samples = (sound * scale).astype("<i2").tobytes()
        return SpokenText(wav(samples, voice.sample_rate_hz), (), duration_ms(samples, voice.sample_rate_hz))

    def _sentences(self, text: str, voice: _Voice) -> Iterator[list[int]]:
        """The network's numbers for one sentence after another: it is trained on sentences, and slower on more."""
        ids: list[int] = []
        for found in _CLAUSE.finditer(text):
            clause = found[0]
            said = clause.rstrip(".!?,;:،؛؟… ")
            sign = clause[len(said) :].strip()[:1]
            sign = _SIGNS.get(sign, sign)
            phonemes = self._phonemes(said) if said.strip() else ""
            if phonemes:
                ids += _numbers(f"{' ' if ids else ''}{phonemes}{sign}", voice.ids)
            if ids and sign in (".", "!", "?"):
                yield ids
                ids = []
        if ids:
            yield ids

    def _phonemes(self, clause: str) -> str:
        """In IPA, without espeak's notes of a word in another language."""
        encoded = c.c_char_p(clause.encode("utf-8", "replace"))
        place = c.c_void_p(c.cast(encoded, c.c_void_p).value)
        parts = []
        while place.value:
            made = self._espeak.espeak_TextToPhonemes(c.byref(place), _TEXT_IS_UTF8, _AS_IPA)
            parts.append(made.decode())
        return unicodedata.normalize("NFD", _OTHER_LANGUAGE.sub("", " ".join(parts)).strip())


def _load(model: Path) -> tuple[str, _Voice]:
    """Raises SpeechUnavailable for a voice that is no piper voice."""
    try:
        told: dict[str, Any] = json.loads(Path(f"{model}.json").read_text(encoding="utf-8"))
        espeak_voice = str(told["espeak"]["voice"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        by_default = told.get("inference", {})
        voice = _Voice(
            f"piper {model.stem}",
            espeak_voice.encode(),
            session,
            told["phoneme_id_map"],
            int(told["audio"]["sample_rate"]),
            (
                float(by_default.get("noise_scale", 0.667)),
                float(by_default.get("length_scale", 1.0)),
                float(by_default.get("noise_w", 0.8)),
            ),
            int(told.get("num_speakers", 1)),
        )
    except Exception as error:  # a broken file makes onnxruntime raise what it likes
        raise SpeechUnavailable(model.name) from error
    return re.split("[-_]", espeak_voice)[0], voice


def _numbers(phonemes: str, ids: Mapping[str, Sequence[int]]) -> list[int]:
    """A phoneme that the voice never learnt is left out."""
    return [number for phoneme in phonemes if phoneme in ids for number in (*ids[phoneme], *ids[_BETWEEN])]


def _sound(voice: _Voice, ids: list[int], rate: float) -> Any:
    numbers = [*voice.ids[_BEGIN], *voice.ids[_BETWEEN], *ids, *voice.ids[_END]]
    noise, length, length_noise = voice.scales
    given = {
        "input": np.array([numbers], np.int64),
        "input_lengths": np.array([len(numbers)], np.int64),
        "scales": np.array([noise, length / rate, length_noise], np.float32),
    }
    if voice.speakers > 1:
        given["sid"] = np.array([0], np.int64)
    return voice.session.run(None, given)[0].squeeze()
