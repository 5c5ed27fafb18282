"""Ports of ears and mouth. Everything that listens or speaks stands behind these."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Encoding = Literal["pcm", "opus"]
CaptionState = Literal["ready", "behind", "unavailable"]

SAMPLE_RATE_HZ = 16_000
"""Sound for captions is 16 kHz, 16-bit little-endian, mono."""


class LanguageNotSupported(Exception):
    """No installed engine knows this language. args[0] is its code."""


class SpeechUnavailable(Exception):
    """The speech process does not answer; it is being restarted."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What was heard of one utterance so far; a final one never changes again.

    utterance grows within one listening; text is never empty. Times are seconds since the listening began.
    """

    utterance: int
    text: str
    final: bool
    language: str
    started_at_s: float
    ended_at_s: float
    decode_s: float = 0.0
    """What the engine itself took for this text, for the benchmark."""
    heard: str | None = None
    """On final captions: the language that was heard for sure, twice in a row, where it is not the speaker's."""


class Listening(Protocol):
    """One speaker's ear, from opening to finishing."""

    def hear(self, sound: bytes) -> None:
        """pcm: any length, 20 ms is usual. opus: one packet. Never blocks; sound too much is dropped."""

    def finish(self) -> None:
        """The speaker stops: what was begun becomes final, then nothing more comes."""


class Captioner(Protocol):
    """Turns the sound of one speaker into captions."""

    def languages(self) -> frozenset[str]:
        """Two-letter codes that can be heard now; empty while the speech process is away."""

    def listen(
        self,
        language: str,
        encoding: Encoding,
        on_caption: Callable[[Caption], None],
        on_state: Callable[[CaptionState], None],
        vocabulary: Sequence[str] = (),
    ) -> Listening:
        """vocabulary: words to expect that few people know, such as names of streets; the first weigh most.

        Callbacks come on another thread, in order, never concurrently for one listening.

        After "unavailable" it reconnects by itself and says "ready". Raises LanguageNotSupported at once.
        """


@dataclass(frozen=True, slots=True)
class WordTiming:
    """When a word sounds. offset and length count characters of the text that was given."""

    start_ms: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class SpokenText:
    """Speech for one text. sound: a complete WAV file, 16-bit mono. words: empty when the voice gives no timing."""

    sound: bytes
    words: tuple[WordTiming, ...]
    duration_ms: int


class Voice(Protocol):
    """Reads text aloud."""

    def languages(self) -> frozenset[str]:
        """Two-letter codes that have a voice now."""

    def voices(self) -> Mapping[str, str]:
        """Each of those languages → the name of its voice, such as "espeak-ng 1.51"."""

    def speak(self, text: str, language: str, rate: float = 1.0) -> SpokenText:
        """rate: 0.5 (half speed) to 1.5.

        Raises LanguageNotSupported, SpeechUnavailable, ValueError (over 5,000 characters)."""
