"""pyttsx3, the second engine: any espeak that it can drive, without word timing."""

import os
import wave
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from app.domain.speech import LanguageNotSupported, SpeechUnavailable, SpokenText
from app.speech.mouth.engine import duration_ms, wav, words_a_minute
from app.speech.mouth.normalise import spoken_form


class Pyttsx3Voice:
    """Raises SpeechUnavailable when pyttsx3 finds no espeak."""

    name = "pyttsx3"

    def __init__(self) -> None:
        try:
            import pyttsx3  # loads espeak, so only when this engine is chosen

            self._engine: Any = pyttsx3.init("espeak")
            listed = self._engine.getProperty("voices")
            from pyttsx3.drivers import _espeak

            self._settle: Any = _espeak.Synchronize
        except Exception as error:  # it raises whatever its driver meets
            raise SpeechUnavailable("pyttsx3 finds no espeak") from error
        self._voices: dict[str, str] = {}
        for voice in sorted(listed, key=lambda voice: len(_code(voice))):  # "en" before "en-us"
            short = _code(voice).partition("-")[0]
            if len(short) == 2:
                self._voices.setdefault(short, voice.id)

    def voices(self) -> Mapping[str, str]:
        return dict.fromkeys(self._voices, "pyttsx3")

    def speak(self, text: str, language: str, rate: float) -> SpokenText:
        if language not in self._voices:
            raise LanguageNotSupported(language)
        safe = spoken_form(text, language).text
        if not safe.strip():
            return SpokenText(wav(b"", 22_050), (), 0)
        # A file in memory only: words of a conversation never reach a disk, as sound neither.
        file = os.memfd_create("spoken")
        try:
            self._engine.setProperty("voice", self._voices[language])
            self._engine.setProperty("rate", words_a_minute(rate))
            # espeak takes settings in its own time and pyttsx3 may cancel them: without this, one in
            # three sentences came at the speed of the one before.
            self._settle()
            self._engine.save_to_file(safe, f"/proc/self/fd/{file}")
            self._engine.runAndWait()
            self._settle()
            made = os.pread(file, os.fstat(file).st_size, 0)
        finally:
            os.close(file)
        try:
            with wave.open(BytesIO(made)) as sound:
                rate_hz, samples = sound.getframerate(), sound.readframes(sound.getnframes())
        except (EOFError, wave.Error) as error:
            raise SpeechUnavailable("pyttsx3 made no sound") from error
        return SpokenText(wav(samples, rate_hz), (), duration_ms(samples, rate_hz))


def _code(voice: Any) -> str:
    return voice.languages[0].strip("\0") if voice.languages else ""
