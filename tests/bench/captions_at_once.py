"""Captions of several people at once, beside WhisperLive: same model, same clips, same run."""

import sys
from collections.abc import Iterator, Sequence
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
from tests.bench._talkers import at_part, latency_figures, results, seconds, talk_at_once, talkers_of
from tests.engines.hearing import Clip, read_clips

ONE_P95_S, MANY_P95_S = 1.5, 2.5
MOST_SPEAKERS = 12
CLIPS_EACH = 5


def measure_four(audio: Path) -> Iterator[dict[str, Any]]:
    clips = _clips(audio)
    with running(OurServer) as server:
        _talk(server, clips, 1, 1)
        four = _talk(server, clips, 4, CLIPS_EACH)
    yield from latency_figures("captions.four_", four, speakers=4)
    yield seconds("captions.four_cpu_s_per_min", four["cpu_s_per_min"], speakers=4)


def measure_beside(audio: Path) -> Iterator[dict[str, Any]]:
    """The value is ours, the baseline WhisperLive's. Its text counts as final when it last changed, which
    nobody who reads it can know; ours when it says so."""
    clips = _clips(audio)
    got: dict[str, dict[int, dict[str, Any]]] = {}
    for kind in (OurServer, WhisperLiveServer):
        try:
            with running(kind) as server:
                _talk(server, clips, 1, 1)
                got[kind.name] = {n: _talk(server, clips, n, CLIPS_EACH) for n in (1, 4)}
        except RuntimeError as problem:
            print(f"captions.beside skipped: {problem}", file=sys.stderr)
            return
    if lost := sum(one["unheard"] for one in got[WhisperLiveServer.name].values()):
        # Of what never came there is no latency; figures would flatter us.
        print(f"captions.beside skipped: WhisperLive gave nothing for {lost} utterances", file=sys.stderr)
        return
    for speakers in (1, 4):
        ours, theirs = (got[kind.name][speakers] for kind in (OurServer, WhisperLiveServer))
        facts = {"speakers": speakers, "utterances": ours["utterances"], "words": ours["words"]}
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
            now = at_part(_talk(server, clips, speakers, 3)["final_s"], 0.95)
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


def _talk(
    server: OurServer | WhisperLiveServer, clips: Sequence[Clip], count: int, each: int
) -> dict[str, Any]:
    talkers = talkers_of(clips, count, each)
    before = cpu_s(server.process)
    talk_at_once(talkers, server.open)
    got = results(talkers)
    return {**got, "cpu_s_per_min": (cpu_s(server.process) - before) / got["sound_s"] * 60}


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
