"""What a terminal's browser uses in a talk: the real desk, two real browsers, the citizen's on a standing screen.

The terminal's agent and local server come on top: they stand still meanwhile, and are in `kiosk.idle_rss_mb`.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
from playwright.sync_api import sync_playwright

from app.kiosk.device.browser import SWITCHES
from tests.bench.kiosk_agent import cpu_s
from tests.desk import ServedDesk
from tests.journeys.people import Employee, Guest, starts_talk
from tests.journeys.sound import tone_file

SCREEN = {"width": 1080, "height": 1920}
SETTLE_S, MEASURE_S = 10.0, 20.0


def measure(_audio: Path) -> Iterator[dict[str, Any]]:
    mark = f"--mark={uuid4().hex}"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        beep = tone_file(440, Path(folder) / "beep.wav")
        data = Path(folder) / "desk"
        data.mkdir()
        (data / "models").symlink_to(Path("var/models").absolute(), target_is_directory=True)
        desk = ServedDesk(data)
        desk.start()
        employee = Employee(playwright, "Sanne", microphone=beep)
        citizen = Guest(playwright, "citizen", microphone=beep, viewport=SCREEN, flags=(*SWITCHES, mark))
        try:
            link = starts_talk(employee, desk)
            citizen.come_to_waiting_room(link, reads=True, lends_voice=True)
            citizen.waits()
            employee.lets_in(1)
            citizen.is_in_the_talk()
            citizen.sees_moving(2)
            yield from _used(mark)
        finally:
            citizen.close()
            employee.close()
            desk.stop()


def _used(mark: str) -> Iterator[dict[str, Any]]:
    """Shared memory counts once (PSS)."""
    [first] = [one for one in psutil.process_iter(["cmdline"]) if mark in (one.info["cmdline"] or [])]
    # Nothing to wait for: a talk that goes on is what is measured.
    time.sleep(SETTLE_S)
    processes = [first, *first.children(recursive=True)]
    before, began = cpu_s(processes), time.monotonic()
    time.sleep(MEASURE_S)
    used = (cpu_s(processes) - before) / (time.monotonic() - began)
    memory = sum(process.memory_full_info().pss for process in processes)
    yield {"name": "kiosk.talk_rss_mb", "value": round(memory / 2**20), "unit": "MB"}
    yield {"name": "kiosk.talk_cpu", "value": round(100 * used, 1), "unit": "% of a core"}


BENCHMARKS = {"kiosk.talk": measure}
