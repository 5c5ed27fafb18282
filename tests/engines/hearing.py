"""What tests and benchmarks of recognisers share: recordings as samples, sounds without words, error rates."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import jiwer
import numpy as np

from app.domain.speech import Caption
from app.speech.activity import SileroActivity
from app.speech.captions import Ear
from app.speech.decode_queue import DecodeQueue
from app.speech.recogniser import Recogniser

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


def captions_of(
    recogniser: Recogniser, samples: np.ndarray, language: str = "nl", vocabulary: Sequence[str] = ()
) -> list[Caption]:
    """Through the whole pipeline, its clock running with the sound; no sound comes while it decodes."""
    captions: list[Caption] = []
    queue = DecodeQueue(1)
    now = 0.0
    ear = Ear(
        recogniser,
        language,
        queue,
        SileroActivity(),
        500,
        captions.append,
        lambda _behind: None,
        lambda: now,
        vocabulary,
    )
    for at in range(0, len(samples), 320):
        now += 0.02
        ear.hear(samples[at : at + 320])
        with queue._changed:
            queue._changed.wait_for(
                lambda: not any(s.busy or s.draft or s.finals for s in queue._speakers), 30
            )
    ear.finish(60)
    ear.close()
    queue.close()
    return captions


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
    coughs = np.zeros(count)
    for start in range(
        RATE_HZ, count - RATE_HZ // 2, 2 * RATE_HZ
    ):  # two bursts, the second shorter and voiced
        for after, length in ((0, 2400), (4800, 4000)):
            part = np.arange(min(length, count - start - after))
            burst = random.normal(0, 1, len(part)) + 0.8 * np.sign(np.sin(2 * np.pi * 170 * part / RATE_HZ))
            burst = np.convolve(burst, np.hanning(9), "same") * np.exp(-part / 900)
            coughs[start + after : start + after + len(part)] += burst / 4
    beat = (at * 2) % 1
    drum = np.sin(2 * np.pi * 60 * beat) * np.exp(-12 * beat)
    chords = np.array([[220, 262, 330], [175, 220, 262], [262, 330, 392], [196, 247, 294]])
    chord = chords[(at / 2).astype(int) % 4]
    pad = sum(
        np.sin(2 * np.pi * chord[:, voice] * at + 0.3 * np.sin(2 * np.pi * 5 * at)) for voice in range(3)
    )
    hat = white * np.exp(-30 * ((at * 4) % 1))
    band = 0.4 * drum + 0.12 * pad + 0.05 * hat + 0.15 * music
    sounds = {
        "coughs": 0.6 * coughs,
        "band": 0.5 * band,
        "silence": np.zeros(count),
        "hiss": 0.05 * white,
        "loud hiss": 0.3 * white,
        "fan": 0.3 * fan,
        "music": 0.1 * music,
        "knocks": 0.4 * clicks,
    }
    return {name: np.clip(sound, -1, 1).astype(np.float32) for name, sound in sounds.items()}
