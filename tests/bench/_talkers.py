"""Recorded people who talk at natural speed to a speech server, and how soon their words came back."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import jiwer
import numpy as np

from tests.engines.hearing import RATE_HZ, Clip, bare_words, word_errors

LOUD = 0.1
"""Of the loudest 20 ms: where a clip's speech begins and ends, judged without any pipeline's own ear."""
BETWEEN_S = 2.4
PACKET_S = 0.04


def speech_bounds_s(clip: Clip) -> tuple[float, float]:
    """First and last 20 ms that are not much softer than the loudest."""
    step = RATE_HZ // 50
    windows = clip.samples[: len(clip.samples) // step * step].reshape(-1, step)
    loudness = (windows**2).mean(axis=1) ** 0.5
    loud = (loudness > LOUD * loudness.max()).nonzero()[0]
    return float(loud[0]) / 50, float(loud[-1] + 1) / 50


class Line(Protocol):
    """A connection to a speech server, for one language. send() takes float32 samples."""

    def send(self, samples: np.ndarray) -> None: ...

    def close(self) -> None:
        """Returns when nothing more will come."""


@dataclass
class Spoken:
    """One clip as it was said and read. Times are of time.monotonic()."""

    clip: Clip
    onset: float
    end: float
    stream_from_s: float
    stream_to_s: float
    """Where in the stream its sound is."""
    pieces: dict[int, str] = field(default_factory=dict)
    """Of utterances, where an engine cuts a clip into several."""
    text: str = ""
    first_at: float | None = None
    last_at: float | None = None
    """When its text came first, and when it last changed."""

    def read(self, text: str, final: bool = False) -> None:
        """final: the server says that this is its last word, changed or not."""
        if not final and bare_words(text) == bare_words(self.text):
            return
        self.text, self.last_at = text, time.monotonic()
        self.first_at = self.first_at or self.last_at


@dataclass
class Talker:
    """Says clips of one language one after another, with silence between them."""

    clips: Sequence[Clip]
    said: list[Spoken] = field(default_factory=list)
    problem: BaseException | None = None

    def talk(self, open_line: Callable[["Talker"], Line], wait_s: float) -> None:
        line = open_line(self)
        began, sent = time.monotonic(), 0

        def play(samples: np.ndarray) -> None:
            nonlocal sent
            step = int(PACKET_S * RATE_HZ)
            for at in range(0, len(samples), step):
                packet = samples[at : at + step]
                sent += len(packet)
                # A packet can be sent only once it has sounded whole.
                time.sleep(max(0.0, began + sent / RATE_HZ - time.monotonic()))
                line.send(packet)

        play(np.zeros(int(wait_s * RATE_HZ), np.float32))
        for clip in self.clips:
            start_s = sent / RATE_HZ
            onset_s, end_s = speech_bounds_s(clip)
            self.said.append(
                Spoken(clip, began + start_s + onset_s, began + start_s + end_s, start_s, start_s + end_s)
            )
            play(clip.samples)
            play(np.zeros(int(BETWEEN_S * RATE_HZ), np.float32))
        line.close()

    def at(self, stream_s: float) -> Spoken | None:
        """Whose sound that is: what comes in the silence after a clip is of that clip."""
        begun = [s for s in self.said if s.stream_from_s <= stream_s]
        return begun[-1] if begun else None


def talk_at_once(talkers: Sequence[Talker], open_line: Callable[[Talker], Line]) -> None:
    """All at the same time, each a little later than the one before."""

    def talk(talker: Talker, wait_s: float) -> None:
        try:
            talker.talk(open_line, wait_s)
        except BaseException as problem:  # told to whoever waits
            talker.problem = problem

    threads = [threading.Thread(target=talk, args=(t, 0.3 + 0.37 * n)) for n, t in enumerate(talkers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for talker in talkers:
        if talker.problem:
            raise talker.problem


def talkers_of(clips: Sequence[Clip], count: int, each: int) -> list[Talker]:
    """count people with `each` clips, of one language per person; each begins with another clip."""
    languages = sorted({clip.language for clip in clips}, key=lambda x: (x != "nl", x))
    talkers = []
    for number in range(count):
        # Every fourth speaks the second language, where there is one.
        language = languages[-1] if number % 4 == 3 else languages[0]
        own = [clip for clip in clips if clip.language == language]
        talkers.append(Talker([own[(number + n) % len(own)] for n in range(each)]))
    return talkers


def share_out(heard: list[str], said: Sequence[Spoken]) -> list[list[str]]:
    """The words of one transcript, each at the clip whose words it stands with, by least edits."""
    shares: list[list[str]] = [[] for _ in said]
    owners = [number for number, spoken in enumerate(said) for _ in spoken.clip.words]
    if not heard or not owners:
        return shares
    reference = " ".join(word for spoken in said for word in spoken.clip.words)
    for chunk in jiwer.process_words(reference, " ".join(heard)).alignments[0]:
        for at in range(chunk.hyp_start_idx, chunk.hyp_end_idx):
            word = min(chunk.ref_start_idx + at - chunk.hyp_start_idx, len(owners) - 1)
            if chunk.type == "insert":
                word = max(0, min(chunk.ref_start_idx - 1, len(owners) - 1))
            shares[owners[word]].append(heard[at])
    return shares


def results(said: Sequence[Spoken]) -> dict[str, Any]:
    """first_s, final_s: sorted latencies; wer; counts. A clip of which nothing came counts as 30 s."""
    words = sum(len(s.clip.words) for s in said)
    wrong = sum(word_errors(s.clip.words, bare_words(s.text)) for s in said)
    return {
        "first_s": sorted(s.first_at - s.onset if s.first_at else 30.0 for s in said),
        "final_s": sorted(s.last_at - s.end if s.last_at else 30.0 for s in said),
        "wer": wrong / words,
        "utterances": len(said),
        "words": words,
    }


def at_part(ordered: Sequence[float], part: float) -> float:
    if part == 0.5:
        return statistics.median(ordered)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def latency_figures(prefix: str, got: dict[str, Any], **facts: Any) -> Iterator[dict[str, Any]]:
    """first_partial, final p50 and p95, error rate."""
    facts |= {"utterances": got["utterances"], "words": got["words"]}
    for name, part in (("p50", 0.5), ("p95", 0.95)):
        yield seconds(f"{prefix}final_{name}_s", at_part(got["final_s"], part), **facts)
    yield seconds(f"{prefix}first_partial_p50_s", at_part(got["first_s"], 0.5), **facts)
    yield {"name": f"{prefix}wer", "value": round(got["wer"], 4), "unit": "ratio", **facts}


def seconds(name: str, value: float, **facts: Any) -> dict[str, Any]:
    return {"name": name, "value": round(value, 3), "unit": "s", **facts}
