"""Voice activity: how likely it is that somebody speaks, per 32 ms. Silero's network, as a stream."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from app.speech.recogniser import Samples

FRAME = 512
"""Samples per judgement: 32 ms."""
_CONTEXT = 64

Activity = Callable[[Samples], float]
"""A frame in, the probability of speech out. Remembers the frames before: one per speaker."""


class SileroActivity:
    """One speaker's ear for voice. 0.2 ms a frame; the network is shared, the memory is its own."""

    def __init__(self) -> None:
        self._network = _network()
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._before = np.zeros(_CONTEXT, np.float32)

    def __call__(self, frame: Samples) -> float:
        sound = np.concatenate((self._before, frame))[None]
        self._before = frame[-_CONTEXT:]
        probability, self._h, self._c = self._network.run(None, {"input": sound, "h": self._h, "c": self._c})
        return float(probability.reshape(-1)[0])


@cache
def _network() -> Any:
    from faster_whisper.vad import get_vad_model

    return get_vad_model().session
