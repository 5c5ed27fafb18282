"""What tests and benchmarks of recognisers share: recordings as samples, sounds without words, error rates."""

import re
from dataclasses import dataclass
from pathlib import Path

import av
import jiwer
import numpy as np

RATE_HZ = 16_000


@dataclass(frozen=True)
class Clip:
    """A recording and what is said in it."""

    name: str
    language: str
    samples: np.ndarray
    text: str

    @property
    def words(self) -> list[str]:
        return bare_words(self.text)


def read_samples(path: Path) -> np.ndarray:
    """16 kHz mono float32, from any sound file."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    with av.open(str(path)) as source:
        frames = [out for frame in source.decode(audio=0) for out in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])


def read_clips(folder: Path) -> list[Clip]:
    """Every sound with a .txt beside it, in `folder` (then Dutch) or in folders named after their language."""
    clips = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".wav", ".flac", ".ogg", ".mp3")):
        text = path.with_suffix(".txt")
        if text.exists():
            language = path.parent.name if re.fullmatch("[a-z]{2}", path.parent.name) else "nl"
            clips.append(Clip(path.stem, language, read_samples(path), text.read_text().strip()))
    return clips


def bare_words(text: str) -> list[str]:
    """Without capitals and punctuation: what counts for the error rate."""
    return re.sub(r"[^\w\s]", " ", text.lower().replace("'", "")).split()


def word_errors(said: list[str], heard: list[str]) -> int:
    """Substitutions, deletions and insertions."""
    if not heard:
        return len(said)
    measured = jiwer.process_words(" ".join(said), " ".join(heard))
    return int(measured.substitutions + measured.deletions + measured.insertions)


def to_pcm(samples: np.ndarray) -> bytes:
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def to_opus(samples: np.ndarray) -> list[bytes]:
    """Packets of 20 ms at 24 kbps, as a browser sends them on a slow line."""
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = 48_000, "mono", "s16", 24_000
    codec.options = {"application": "voip", "frame_duration": "20"}
    frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], format="s16", layout="mono")
    frame.sample_rate = RATE_HZ
    up = av.AudioResampler(format="s16", layout="mono", rate=48_000, frame_size=960)
    packets = []
    for piece in (*up.resample(frame), *up.resample(None)):
        packets += codec.encode(piece)
    return [bytes(packet) for packet in (*packets, *codec.encode(None))]


def wordless(seconds: float) -> dict[str, np.ndarray]:
    """Sounds in which nobody says anything."""
    random = np.random.default_rng(7)
    count = int(seconds * RATE_HZ)
    at = np.arange(count) / RATE_HZ
    white = random.normal(0, 1, count)
    rumble = np.cumsum(white)
    rumble -= np.convolve(rumble, np.ones(800) / 800, "same")
    fan = rumble / np.abs(rumble).max() + 0.3 * np.sin(2 * np.pi * 120 * at) + 0.02 * white
    melody = np.array([262, 294, 330, 349, 392, 440, 392, 330])[(at * 3).astype(int) % 8]
    pluck = np.exp(-3 * ((at * 3) % 1))
    music = sum(np.sin(2 * np.pi * melody * part * at) / part for part in (1, 2, 3, 4)) * pluck
    clicks = np.zeros(count)
    for start in random.integers(0, max(1, count - 2000), int(seconds)):
        clicks[start : start + 1600] += random.normal(0, 1, 1600) * np.exp(-np.arange(1600) / 300)
    sounds = {
        "silence": np.zeros(count),
        "hiss": 0.05 * white,
        "loud hiss": 0.3 * white,
        "fan": 0.3 * fan,
        "music": 0.1 * music,
        "knocks": 0.4 * clicks,
    }
    return {name: np.clip(sound, -1, 1).astype(np.float32) for name, sound in sounds.items()}
