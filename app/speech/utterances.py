"""Cuts one speaker's sound into utterances. Pure: sound in, events out; time is counted in sound."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from app.domain.speech import SAMPLE_RATE_HZ
from app.speech.activity import FRAME, Activity
from app.speech.recogniser import Samples

FRAME_S = FRAME / SAMPLE_RATE_HZ
_SPEECH = 0.5
_STILL_SPEECH = 0.35  # hysteresis, as Silero's makers advise
_ONSET_FRAMES = 3  # of the last four: one loud frame of noise is no onset
_LEAD_IN_FRAMES = 10  # 320 ms before the onset: the first consonant is quieter than the threshold
_LEAD_OUT_FRAMES = 6  # 192 ms: also when a pause is first worth a thorough decoding
_LEAST_VOICED_FRAMES = 5  # 160 ms; a cough or a click is less, "ja" is more
_BREATH_AFTER_S = ((8.0, 0.3), (12.0, 0.15))  # so long a monologue may end at so short a pause
LONGEST_S = 15.0


@dataclass(slots=True)
class Utterance:
    """One that is being spoken. Times are seconds of sound since the speaker's beginning."""

    number: int
    started_at_s: float
    frames: list[Samples] = field(default_factory=list)
    voiced: int = 0
    last_voiced: int = 0
    """Frames up to and with the last one that held speech."""
    probabilities: list[float] = field(default_factory=list)

    @property
    def quiet(self) -> int:
        return len(self.frames) - self.last_voiced

    @property
    def pauses(self) -> bool:
        return self.quiet >= _LEAD_OUT_FRAMES

    @property
    def is_speech(self) -> bool:
        return self.voiced >= _LEAST_VOICED_FRAMES

    @property
    def length_s(self) -> float:
        return len(self.frames) * FRAME_S

    @property
    def ended_at_s(self) -> float:
        """Where speech ended, not where we noticed."""
        return self.started_at_s + self.last_voiced * FRAME_S

    def samples(self) -> Samples:
        """The speech with a little silence after it; the same at a pause as at the end after it."""
        return np.concatenate(self.frames[: self.last_voiced + _LEAD_OUT_FRAMES])


@dataclass(frozen=True, slots=True)
class Begun:
    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Paused:
    """Maybe the end; it is if nothing more comes within the configured silence."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Resumed:
    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Ended:
    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Dropped:
    """It was no speech after all."""

    utterance: Utterance


Event = Begun | Paused | Resumed | Ended | Dropped


class Utterances:
    """silence_ms: so much silence ends an utterance."""

    def __init__(self, activity: Activity, silence_ms: int) -> None:
        self._activity = activity
        self._silence_frames = max(_LEAD_OUT_FRAMES + 1, round(silence_ms / 1000 / FRAME_S))
        self._rest: Samples = np.zeros(0, np.float32)
        self._before: deque[Samples] = deque(maxlen=_LEAD_IN_FRAMES)
        self._onset: deque[bool] = deque(maxlen=_ONSET_FRAMES + 1)
        self._position = 0
        self._count = 0
        self.current: Utterance | None = None

    def add(self, samples: Samples) -> list[Event]:
        sound = np.concatenate((self._rest, samples))
        whole = len(sound) // FRAME * FRAME
        self._rest = sound[whole:]
        events: list[Event] = []
        for at in range(0, whole, FRAME):
            events += self._frame(sound[at : at + FRAME])
        return events

    def finish(self) -> list[Event]:
        """The speaker stops."""
        return [self._end(self.current)] if self.current else []

    def _frame(self, frame: Samples) -> list[Event]:
        probability = self._activity(frame)
        self._position += 1
        now = self.current
        if now is None:
            return self._listen_for_onset(frame, probability)
        resumed = False
        now.frames.append(frame)
        now.probabilities.append(probability)
        if probability >= _STILL_SPEECH:
            resumed = now.quiet > _LEAD_OUT_FRAMES
            now.voiced += 1
            now.last_voiced = len(now.frames)
        events: list[Event] = [Resumed(now)] if resumed else []
        if now.quiet >= self._patience(now):
            events.append(self._end(now))
        elif now.length_s >= LONGEST_S:
            events += self._cut(now)
        elif now.quiet == _LEAD_OUT_FRAMES and now.is_speech:
            events.append(Paused(now))
        return events

    def _listen_for_onset(self, frame: Samples, probability: float) -> list[Event]:
        self._before.append(frame)
        self._onset.append(probability >= _SPEECH)
        if sum(self._onset) < _ONSET_FRAMES:
            return []
        self._count += 1
        frames = list(self._before)
        now = Utterance(self._count, (self._position - len(frames)) * FRAME_S, frames)
        now.probabilities = [1.0] * len(frames)
        now.voiced = sum(self._onset)
        now.last_voiced = len(frames)
        self._forget()
        self.current = now
        return [Begun(now)]

    def _patience(self, now: Utterance) -> int:
        patience = self._silence_frames
        for length_s, silence_s in _BREATH_AFTER_S:
            if now.length_s >= length_s:
                patience = min(patience, round(silence_s / FRAME_S))
        return patience

    def _end(self, now: Utterance) -> Event:
        self.current = None
        if now.is_speech:
            return Ended(now)
        self._count -= 1
        return Dropped(now)

    def _cut(self, now: Utterance) -> list[Event]:
        """No breath in 15 s: cut where speech was least likely in the last three seconds."""
        recent = max(1, len(now.frames) - round(3 / FRAME_S))
        at = recent + int(np.argmin(now.probabilities[recent:]))
        rest, rest_probabilities = now.frames[at:], now.probabilities[at:]
        now.frames, now.last_voiced = now.frames[:at], at
        self._count += 1
        after = Utterance(self._count, now.started_at_s + at * FRAME_S, rest, len(rest), len(rest))
        after.probabilities = rest_probabilities
        self.current = after
        return [Ended(now), Begun(after)]

    def _forget(self) -> None:
        self._before.clear()
        self._onset.clear()
