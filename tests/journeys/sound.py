"""Recorded voices as Chromium's fake microphone wants them: 48 kHz, 16-bit, mono WAV, played in a loop."""

import wave
from pathlib import Path

import av
import numpy as np

RATE_HZ = 48_000


def microphone_file(recording: Path, to: Path, silence_s: float = 2.5) -> Path:
    """The recording and then silence, so that each turn of the loop ends an utterance."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    with av.open(str(recording)) as source:
        frames = [out for frame in source.decode(audio=0) for out in resampler.resample(frame)]
        frames += resampler.resample(None)
    speech = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])
    write_wav(to, np.concatenate([speech, np.zeros(int(silence_s * RATE_HZ), np.int16)]))
    return to


def tone_file(hz: float, to: Path, seconds: float = 2.0) -> Path:
    """A soft beep with pauses: sound that can be measured at the other end and is no word."""
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    sound = 0.25 * np.sin(2 * np.pi * hz * at) * (at % 1.0 < 0.5)
    write_wav(to, (sound * 32767).astype(np.int16))
    return to


def silence_file(to: Path) -> Path:
    write_wav(to, np.zeros(RATE_HZ, np.int16))
    return to


def write_wav(to: Path, sound: np.ndarray) -> None:
    with wave.open(str(to), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(sound.tobytes())
