"""The mouth alone: how long one text takes, how many a pool of two speaks, and what 16 callers at once meet.

Texts are what a desk says, each with its own number, so that none is in the cache; `kept` asks them again.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from app.accessible_ui.read_aloud.opus_sound import opus_sound
from app.accessible_ui.read_aloud.small_sound import small_sound
from app.domain.speech import SpeechUnavailable
from app.speech.models import installed
from app.speech.mouth import VoicePool
from app.speech.mouth.normalise import spoken_form

CALLERS = 16
CALLS = 10_000
SENTENCE = "Goedemorgen, u praat straks met een medewerker van de gemeente over vraag {}."
RICH = "Kom op 12-03-2026 om 14:30 uur naar Coolsingel 40b, 3011 AD, of bel 14 010. Het kost € 12,50, bijv. zaak {}."
PHONES_A_LINE = 100_000
"""Bits a second of a slow telephone."""


def mouth(_recordings: Path) -> Iterator[dict[str, Any]]:
    began = time.perf_counter()
    pool = VoicePool()
    try:
        yield _figure("start_s", time.perf_counter() - began, "s", voices=len(pool.languages()))
        for name, text in (("plain", SENTENCE), ("rich", RICH)):
            asked = [text.format(number) for number in range(20)]
            times = [_ms(partial(pool.speak, one, "nl")) for one in asked]
            again = [_ms(partial(pool.speak, one, "nl")) for one in asked]
            yield _figure(f"{name}_made_ms", median(times), "ms", worst=round(max(times), 1))
            yield _figure(f"{name}_kept_ms", median(again), "ms")
        times = [_ms(lambda number=number: spoken_form(RICH.format(number), "nl")) for number in range(200)]
        yield _figure("normalise_ms", median(times), "ms", characters=len(RICH))
        yield from _crowd(pool)
        yield from _sizes(pool)
    finally:
        pool.close()
    yield from _piper()


def _crowd(pool: VoicePool) -> Iterator[dict[str, Any]]:
    """Every tenth call is a text that was spoken before, as on pages that many open."""
    failures = threading.Semaphore(0)

    def one(number: int) -> float:
        text = SENTENCE.format(number if number % 10 else "nul")
        began = time.perf_counter()
        try:
            spoken = pool.speak(text, "nl", 1.0)
        except SpeechUnavailable:
            failures.release()
        else:
            if (
                not spoken.sound.startswith(b"RIFF")
                or spoken.duration_ms < 500
                or len(spoken.words) != len(text.split())
            ):
                failures.release()
        return (time.perf_counter() - began) * 1000

    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as callers:
        times = sorted(callers.map(one, range(CALLS)))
    took_s = time.perf_counter() - began
    failed = 0
    while failures.acquire(blocking=False):
        failed += 1
    yield _figure("failures", failed, "calls", calls=CALLS, callers=CALLERS, bound=0)
    yield _figure("sentences_per_s", CALLS / took_s, "1/s", children=2)
    yield _figure("crowd_p50_ms", times[CALLS // 2], "ms")
    yield _figure("crowd_p95_ms", times[CALLS * 95 // 100], "ms", worst=round(times[-1], 1))


def _sizes(pool: VoicePool) -> Iterator[dict[str, Any]]:
    spoken = pool.speak(
        "Goedemorgen, u praat straks met een medewerker van de gemeente. Dat kan met beeld.", "nl"
    )
    opus_sound(spoken.sound)  # loads the library
    for name, packed in (
        ("mu_law", lambda: small_sound([spoken.sound])),
        ("opus", lambda: opus_sound(spoken.sound)),
    ):
        size = len(packed())
        times = [_ms(packed) for _ in range(20)]
        line_s = size * 8 / PHONES_A_LINE
        yield _figure(f"{name}_ms", median(times), "ms", speech_s=round(spoken.duration_ms / 1000, 1))
        yield _figure(f"{name}_bytes", size, "bytes", on_a_100_kbit_line_s=round(line_s, 2))


def _piper() -> Iterator[dict[str, Any]]:
    """Only where a voice is installed."""
    folders = [model.path for model in installed(Path("var/models")) if model.engine == "piper"]
    if not folders:
        return
    pool = VoicePool(1, piper_voices=folders, further=())
    try:
        (language, *_) = [code for code, name in pool.voices().items() if name.startswith("piper")]
        spoken = [
            (
                _ms(
                    lambda number=number: pool.speak(
                        f"Good morning, how can we help you with {number}?", language
                    )
                ),
                number,
            )
            for number in range(12)
        ]
        yield _figure("piper_made_ms", median(ms for ms, _ in spoken), "ms", worst=round(max(spoken)[0], 1))
    finally:
        pool.close()


def _ms(call: Any) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def _figure(name: str, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"name": f"mouth.{name}", "value": round(value, 3), "unit": unit, **more}


BENCHMARKS = {"mouth": mouth}
