"""A terminal: how soon the next visitor can begin, how soon it stands up again, what it uses while nobody is there.

Real agent, real local process and real Chromium without a screen, on a page of the kit with the real beacon; the
agent's own pace, nothing hurried.
"""

import os
import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.kiosk_trial import KioskTrial
from tests.waiting import until

WIPE_BUDGET_S, RECOVERY_BUDGET_S = 3, 30
WIPES, WAKES = 5, 5
IDLE_S = 20.0


def measure(_audio: Path) -> Iterator[dict[str, Any]]:
    with _terminal() as trial:
        yield _seconds("start_s", float(trial.state()["ready_after_s"]))
        yield from _idle(trial)
        yield _seconds("wake_s", statistics.median(_wake(trial) for _ in range(WAKES)))
        wipes = [trial.wipe() for _ in range(WIPES)]
        yield {**_seconds("wipe_s", statistics.median(wipes), WIPE_BUDGET_S), "worst": round(max(wipes), 2)}
    for name, harm in (("frozen", _freeze), ("browser", _kill_browser), ("server", _kill_server)):
        with _terminal() as trial:  # a new one each: the third fault within ten minutes would count
            yield _seconds(f"recovery_{name}_s", harm(trial), RECOVERY_BUDGET_S)


def _freeze(trial: KioskTrial) -> float:
    """Just after a beacon, when it takes longest to notice."""
    painted = trial.state()["last_good_paint_at"]
    until(lambda: trial.state()["last_good_paint_at"] != painted, "no beacon")
    for pid in trial.renderers():
        os.kill(pid, signal.SIGSTOP)
    return trial.wait_until_up(restarts=1)


def _kill_browser(trial: KioskTrial) -> float:
    os.kill(trial.browser_pid(), signal.SIGKILL)
    return trial.wait_until_up(restarts=1)


def _kill_server(trial: KioskTrial) -> float:
    """Until pages are served again; the one on the screen never left."""
    os.kill(trial.server_pid(), signal.SIGKILL)
    began = time.monotonic()
    until(trial.server_answers, "the local server did not come back")
    assert trial.state()["phase"] == "up"
    return time.monotonic() - began


def _wake(trial: KioskTrial) -> float:
    """From a touch on the first page until the next one is drawn and its button can be touched."""
    with trial.page() as page:
        page.goto(trial.settings.face_url)
        page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
        began = time.monotonic()
        page.get_by_role("link", name="Verder").click()
        page.wait_for_url("**/visit")
        page.get_by_role("button", name="Begin", exact=True).click(trial=True)
        page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
        return time.monotonic() - began


def _idle(trial: KioskTrial) -> Iterator[dict[str, Any]]:
    """Browser, agent and local server. Shared memory counts once (PSS)."""
    assert trial.process
    agent = psutil.Process(trial.process.pid)
    everything = [agent, *agent.children(recursive=True), *map(psutil.Process, trial.browser_pids())]
    processes = list({process.pid: process for process in everything}.values())
    before, began = cpu_s(processes), time.monotonic()
    # Nothing to wait for: that nothing happens is what is measured.
    time.sleep(IDLE_S)
    used = (cpu_s(processes) - before) / (time.monotonic() - began)
    memory = sum(process.memory_full_info().pss for process in processes)
    yield {"name": "kiosk.idle_rss_mb", "value": round(memory / 2**20), "unit": "MB"}
    yield {"name": "kiosk.idle_cpu", "value": round(100 * used, 1), "unit": "% of a core"}


def cpu_s(processes: list[psutil.Process]) -> float:
    return sum(process.cpu_times().user + process.cpu_times().system for process in processes)


@contextmanager
def _terminal() -> Iterator[KioskTrial]:
    trial = KioskTrial()
    try:
        trial.start()
        yield trial
    finally:
        trial.stop()


def _seconds(name: str, value: float, budget: float | None = None) -> dict[str, Any]:
    figure: dict[str, Any] = {"name": f"kiosk.{name}", "value": round(value, 2), "unit": "s"}
    return figure if budget is None else {**figure, "budget": budget}


BENCHMARKS = {"kiosk": measure}
