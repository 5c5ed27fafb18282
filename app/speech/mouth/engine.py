"""What every speech engine in this room offers, and what they share."""

import struct
from collections.abc import Mapping
from typing import Protocol

from app.domain.speech import SpokenText

WORDS_A_MINUTE = 160
"""Our normal speed; espeak's own is 175. Half of it, 80, is the slowest that espeak speaks."""

MAX_CHARACTERS = 5_000
MIN_RATE, MAX_RATE = 0.5, 1.5

_WAV_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


class Engine(Protocol):
    """One speech engine. It lives alone in its process and is used by one thread."""

    name: str

    def voices(self) -> Mapping[str, str]:
        """Two-letter code of each language it speaks → the name of the voice, for people who ask."""

    def speak(self, text: str, language: str, rate: float) -> SpokenText:
        """text: at most MAX_CHARACTERS. Raises LanguageNotSupported."""


def wav(samples: bytes, sample_rate_hz: int) -> bytes:
    """A complete WAV file of 16-bit little-endian mono samples."""
    return (
        _WAV_HEADER.pack(
            b"RIFF", 36 + len(samples), b"WAVE",
            b"fmt ", 16, 1, 1, sample_rate_hz, sample_rate_hz * 2, 2, 16,
            b"data", len(samples),
        )
        + samples
    )  # fmt: skip


def duration_ms(samples: bytes, sample_rate_hz: int) -> int:
    return len(samples) * 500 // sample_rate_hz


def words_a_minute(rate: float) -> int:
    return round(WORDS_A_MINUTE * rate)
