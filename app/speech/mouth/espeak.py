"""libespeak-ng through ctypes: the only engine here that says when each word sounds.

Names and numbers follow speak_lib.h of espeak-ng 1.51, API revision 12.
"""

import ctypes as c
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from app.domain.speech import LanguageNotSupported, SpeechUnavailable, SpokenText
from app.speech.mouth.engine import duration_ms, wav, words_a_minute
from app.speech.mouth.normalise import spoken_form
from app.speech.mouth.text import time_words

_SYSTEMS = "libespeak-ng.so.1"
_SYNCHRONOUS = 2  # sound comes to the callback, on the thread that asked, before espeak_Synth returns
_DONT_EXIT = 0x8000
_POSITION_IS_CHARACTER = 1
_UTF8_WITH_END_PAUSE = (
    0x1 | 0x1000
)  # neither espeakSSML nor espeakPHONEMES: "<", "&" and "[[" stay plain signs
_PARAMETER_RATE = 1
_EVENT_END_OF_LIST = 0
_EVENT_WORD = 1
_CALLBACK_MS = 200
_AUDIBLE = 64
"""Of 32,768: what is softer is silence."""


class _EventId(c.Union):
    _fields_ = [("number", c.c_int), ("name", c.c_char_p), ("string", c.c_char * 8)]


class _Event(c.Structure):
    _fields_ = [
        ("type", c.c_int),
        ("unique_identifier", c.c_uint),
        ("text_position", c.c_int),
        ("length", c.c_int),
        ("audio_position", c.c_int),
        ("sample", c.c_int),
        ("user_data", c.c_void_p),
        ("id", _EventId),
    ]


class _Voice(c.Structure):
    _fields_ = [
        ("name", c.c_char_p),
        ("languages", c.c_void_p),  # holds NUL bytes inside, so not c_char_p
        ("identifier", c.c_char_p),
        ("gender", c.c_ubyte),
        ("age", c.c_ubyte),
        ("variant", c.c_ubyte),
        ("xx1", c.c_ubyte),
        ("score", c.c_int),
        ("spare", c.c_void_p),
    ]


_Callback = c.CFUNCTYPE(c.c_int, c.POINTER(c.c_short), c.c_int, c.POINTER(_Event))


def open_espeak(newer: bool) -> tuple[c.CDLL, int]:
    """The library, ready, and its sample rate in Hz. newer: the one that espeakng-loader carries, not the system's.

    Only one per process: both keep their state in the same global names. Raises SpeechUnavailable.
    """
    library_path, data = _SYSTEMS, None
    if newer:
        found = find_spec("espeakng_loader")
        if found is None or found.origin is None:
            raise SpeechUnavailable("espeakng-loader is not installed")
        library_path, data = (
            str(Path(found.origin).with_name(_SYSTEMS)),
            str(Path(found.origin).parent).encode(),
        )
    try:
        library = c.CDLL(library_path)
    except OSError as error:
        raise SpeechUnavailable(library_path) from error
    sample_rate_hz: int = library.espeak_Initialize(_SYNCHRONOUS, _CALLBACK_MS, data, _DONT_EXIT)
    if sample_rate_hz <= 0:
        raise SpeechUnavailable("espeak-ng has no data")
    library.espeak_Info.restype = c.c_char_p
    return library, sample_rate_hz


class EspeakVoice:
    """Raises SpeechUnavailable when the library or its data is missing."""

    def __init__(self, newer: bool = False) -> None:
        self.name = "newer-espeak" if newer else "espeak"
        self._library, self._sample_rate_hz = open_espeak(newer)
        self._title = f"espeak-ng {self._library.espeak_Info(None).decode()}"
        self._library.espeak_ListVoices.restype = c.POINTER(c.POINTER(_Voice))
        self._samples = bytearray()
        self._marks: list[tuple[int, int]] = []
        self._callback = _Callback(self._take)  # kept: the library holds only a bare pointer to it
        self._library.espeak_SetSynthCallback(self._callback)
        self._voices = self._find_voices()
        self._speaking: str | None = None

    def voices(self) -> Mapping[str, str]:
        return dict.fromkeys(self._voices, self._title)

    def speak(self, text: str, language: str, rate: float) -> SpokenText:
        self._choose(language)
        self._library.espeak_SetParameter(_PARAMETER_RATE, words_a_minute(rate), 0)
        safe = spoken_form(text, language)
        self._samples.clear()
        self._marks.clear()
        encoded = safe.text.encode() + b"\0"
        failed = self._library.espeak_Synth(
            encoded, c.c_size_t(len(encoded)), 0, _POSITION_IS_CHARACTER, 0, _UTF8_WITH_END_PAUSE, None, None
        )
        if failed:
            raise SpeechUnavailable(f"espeak_Synth answered {failed}")
        silent_ms = self._leading_silence_ms()
        samples = bytes(self._samples[silent_ms * self._sample_rate_hz // 1000 * 2 :])
        marks = [(max(0, start_ms - silent_ms), place) for start_ms, place in self._marks]
        return SpokenText(
            wav(samples, self._sample_rate_hz),
            time_words(text, safe, marks),
            duration_ms(samples, self._sample_rate_hz),
        )

    def _leading_silence_ms(self) -> int:
        """Up to 130 ms before a quote or a "p": nobody should wait for nothing after the press."""
        samples = memoryview(self._samples).cast("h")
        first = next((index for index, sample in enumerate(samples) if abs(sample) > _AUDIBLE), 0)
        return first * 1000 // self._sample_rate_hz

    def _choose(self, language: str) -> None:
        if language not in self._voices:
            raise LanguageNotSupported(language)
        if language == self._speaking:
            return
        self._speaking = None
        if self._library.espeak_SetVoiceByName(self._voices[language]):
            raise LanguageNotSupported(language)
        self._speaking = language

    def _take(self, samples: "c._Pointer[c.c_short]", count: int, events: "c._Pointer[_Event]") -> int:
        if samples and count > 0:
            self._samples += c.string_at(samples, count * 2)
        index = 0
        while events[index].type != _EVENT_END_OF_LIST:
            event = events[index]
            if event.type == _EVENT_WORD:
                self._marks.append((event.audio_position, event.text_position - 1))
            index += 1
        return 0

    def _find_voices(self) -> dict[str, bytes]:
        """The voice for each two-letter code: the plain one before a regional one, the lower number first."""
        best: dict[str, tuple[tuple[bool, int], bytes]] = {}
        listed = self._library.espeak_ListVoices(None)
        index = 0
        while listed[index]:
            voice = listed[index].contents
            index += 1
            for priority, code in _languages_of(voice.languages):
                short, _, region = code.partition("-")
                rank = (bool(region), priority)
                if len(short) == 2 and (short not in best or rank < best[short][0]):
                    best[short] = (rank, voice.identifier)
        return {code: identifier for code, (_, identifier) in best.items()}


def _languages_of(address: int) -> list[tuple[int, str]]:
    """Reads espeak's list: a byte of priority, a code, NUL, again and again, and a zero byte at the end."""
    languages: list[tuple[int, str]] = []
    while priority := c.string_at(address, 1)[0]:
        code = c.string_at(address + 1)
        languages.append((priority, code.decode()))
        address += len(code) + 2
    return languages
