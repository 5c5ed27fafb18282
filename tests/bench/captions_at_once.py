"""Captions of several people at once, beside WhisperLive: same model, same clips, same run."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.speech import models
from tests.bench._speech_servers import (
    MODELS,
    ROOT,
    OurServer,
    WhisperLiveServer,
    cpu_s,
    running,
)
from tests.bench._talkers import Spoken, at_part, latency_figures, results, seconds, talk_at_once, talkers_of
from tests.engines.hearing import RATE_HZ, Clip, read_clips

ONE_P95_S, MANY_P95_S = 1.5, 2.5
MOST_SPEAKERS = 12
CLIPS_EACH = 5


def measure_four(audio: Path) -> Iterator[dict[str, Any]]:
    clips = _clips(audio)
    with running(OurServer) as server:
        _talk(server, clips, 1, 1)
        four = _talk(server, clips, 4, CLIPS_EACH).figures()
    yield from latency_figures("captions.four_", four, speakers=4)
    yield seconds("captions.four_cpu_s_per_min", four["cpu_s_per_min"], speakers=4)


def measure_beside(audio: Path) -> Iterator[dict[str, Any]]:
    """The value is ours, the baseline WhisperLive's. Its text counts as final when it last changed, which
    nobody who reads it can know; ours when it says so."""
    clips = _clips(audio)
    got: dict[str, dict[int, _Said]] = {}
    for kind in (OurServer, WhisperLiveServer):
        try:
            with running(kind) as server:
                _talk(server, clips, 1, 1)
                got[kind.name] = {n: _talk(server, clips, n, CLIPS_EACH) for n in (1, 4)}
        except RuntimeError as problem:
            print(f"captions.beside skipped: {problem}", file=sys.stderr)
            return
    for speakers in (1, 4):
        both = (got[OurServer.name][speakers], got[WhisperLiveServer.name][speakers])
        # Of what one of them never gave there is no latency, and thirty seconds would flatter the other.
        heard = [all(one.text for one in pair) for pair in zip(*(run.said for run in both), strict=True)]
        if not any(heard):
            print(f"captions.beside_{speakers} skipped: no utterance was heard by both", file=sys.stderr)
            continue
        ours, theirs = (run.figures(heard) for run in both)
        facts = {"speakers": speakers, "utterances": ours["utterances"], "words": ours["words"]}
        facts |= {"unheard": [sum(not one.text for one in run.said) for run in both]}
        for name, part in (("p50", 0.5), ("p95", 0.95)):
            yield _beside(
                f"captions.beside_{speakers}_final_{name}_s",
                at_part(ours["final_s"], part),
                at_part(theirs["final_s"], part),
                "s",
                facts,
            )
        for name, unit in (("cpu_s_per_min", "s"), ("wer", "ratio")):
            yield _beside(f"captions.beside_{speakers}_{name}", ours[name], theirs[name], unit, facts)


def measure_speakers(audio: Path) -> Iterator[dict[str, Any]]:
    """People who talk all the time, in turns of a clip and 2.4 s of silence: more than a conversation asks for."""
    clips = _clips(audio)
    kept_up, p95 = 0, 0.0
    with running(OurServer) as server:
        _talk(server, clips, 1, 1)
        for speakers in (1, 2, 4, 6, 8, 10, MOST_SPEAKERS):
            now = at_part(_talk(server, clips, speakers, 3).figures()["final_s"], 0.95)
            if now > (ONE_P95_S if speakers == 1 else MANY_P95_S):
                break
            kept_up, p95 = speakers, now
    yield {
        "name": "captions.speakers_at_once",
        "value": kept_up,
        "unit": "speakers",
        "p95_s": round(p95, 3),
        "bound_s": MANY_P95_S,
        "tried_to": MOST_SPEAKERS,
    }


@dataclass(frozen=True)
class _Said:
    """What was said to one server, by as many people at once. cpu_s: all that it used."""

    said: list[Spoken]
    cpu_s: float

    def figures(self, counted: Sequence[bool] | None = None) -> dict[str, Any]:
        """As results() has them, of the utterances that count; the CPU time is that of all."""
        got = results([one for at, one in enumerate(self.said) if counted is None or counted[at]])
        sound_s = sum(len(one.clip.samples) / RATE_HZ for one in self.said)
        return {**got, "cpu_s_per_min": self.cpu_s / sound_s * 60}


def _talk(server: OurServer | WhisperLiveServer, clips: Sequence[Clip], count: int, each: int) -> _Said:
    talkers = talkers_of(clips, count, each)
    before = cpu_s(server.process)
    talk_at_once(talkers, server.open)
    return _Said([one for talker in talkers for one in talker.said], cpu_s(server.process) - before)


def _beside(name: str, ours: float, theirs: float, unit: str, facts: dict[str, Any]) -> dict[str, Any]:
    ratio = {"ratio": round(ours / theirs, 3)} if theirs else {}
    return {
        "name": name,
        "value": round(ours, 3),
        "unit": unit,
        "baseline": round(theirs, 3),
        **ratio,
        **facts,
    }


def _clips(audio: Path) -> list[Clip]:
    clips = read_clips(audio if audio.is_absolute() else (ROOT / audio).resolve())
    if not clips:
        raise FileNotFoundError(f"no recordings with transcripts in {audio}")
    models.install(models.default_models()[0], MODELS)
    return clips


BENCHMARKS = {
    "captions.four": measure_four,
    "captions.beside": measure_beside,
    "captions.speakers": measure_speakers,
}
