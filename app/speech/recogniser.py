"""The port behind which recognisers stand, whether they hear a stream or decode a window of sound."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
"""16 kHz, mono, -1 to 1."""

UNCLEAR = "und"
"""Undetermined, as ISO 639 calls a language that nobody can tell."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recogniser makes of an utterance so far."""

    text: str
    decode_s: float
    complete: bool
    """As good as this engine gets for this sound: finish() would say the same."""
    language: str | None = None
    """What it sounds like, or UNCLEAR. None: not judged, or too short to tell."""
    guess: str = ""
    """Where text is empty: words that the engine itself doubts. Never shown, unless another decoding says them too."""


class Transcription(Protocol):
    """One utterance. Its methods are called one at a time, from any thread."""

    @property
    def streams(self) -> bool:
        """hear() costs no more than what is new, so it may be asked often."""

    def hear(self, samples: Samples, ending: bool) -> Heard:
        """samples: the utterance from its beginning, each time longer. ending: a pause; be thorough."""

    def finish(self, samples: Samples) -> Heard:
        """The whole utterance; nothing comes after."""


class Recogniser(Protocol):
    """An engine with its model loaded. begin() may be called from any thread."""

    def begin(self, language: str, vocabulary: Sequence[str] = ()) -> Transcription:
        """vocabulary: words to expect, where the engine can be told."""

    def warm_up(self) -> None:
        """The first decoding is slower than all that follow; get it over with."""
