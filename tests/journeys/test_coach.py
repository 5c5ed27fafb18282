"""The coach hears the employee's real voice, hints in the employee's page alone, and can be silenced."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser import assert_axe
from tests.desk import ServedDesk
from tests.journeys.people import Employee, meet
from tests.journeys.sound import RATE_HZ, write_wav

pytestmark = [pytest.mark.media, pytest.mark.browser, pytest.mark.timeout(400)]


def hurried(recordings: list[Path], to: Path, tempo: float) -> Path:
    """One after the other, spoken faster at the same pitch, with half a second between."""
    parts: list[np.ndarray] = []
    for recording in recordings:
        graph = av.filter.Graph()
        with av.open(str(recording)) as source:
            stream = source.streams.audio[0]
            steps = [
                graph.add_abuffer(template=stream),
                graph.add("atempo", str(tempo)),
                graph.add("aformat", f"sample_fmts=s16:sample_rates={RATE_HZ}:channel_layouts=mono"),
                graph.add("abuffersink"),
            ]
            graph.link_nodes(*steps).configure()
            for frame in source.decode(stream):
                graph.push(frame)
            graph.push(None)
        while True:
            try:
                parts.append(graph.pull().to_ndarray().reshape(-1))
            except (av.error.EOFError, av.error.BlockingIOError):
                break
        parts.append(np.zeros(int(0.7 * RATE_HZ), np.int16))
    write_wav(to, np.concatenate(parts))
    return to


def test_who_talks_fast_is_told_alone_and_can_switch_it_off(
    served_desk: ServedDesk, people: Callable[..., Any], recordings: Path, tmp_path: Path, beep: Path
) -> None:
    voice = hurried(sorted((recordings / "nl").glob("*.wav")), tmp_path / "fast.wav", 1.5)
    employee, citizen = meet(people, served_desk, beep)
    employee.close()
    employee = people(Employee, "Sanne", microphone=voice)
    demo = served_desk.demo
    employee.sign_in(demo["desk_url"], demo["employees"][0]["user"], demo["employees"][0]["password"])
    employee.page.get_by_role("link", name="Naar het gesprek").first.click()
    coach = employee.page.get_by_role("region", name="Spreekhulp")
    expect(coach).to_contain_text("Alleen u ziet dit.")
    expect(coach).to_contain_text(re.compile(r"U praat snel: \d{3} woorden"), timeout=60_000)
    assert_axe(employee.page)
    employee.page.screenshot(path="test-results/coach.png")

    expect(citizen.page.get_by_text("U praat snel")).to_have_count(0)
    coach.get_by_role("button", name="Zet spreekhulp uit").click()
    expect(coach).to_contain_text("De spreekhulp staat uit.")
    employee.page.reload()
    expect(coach.get_by_role("button", name="Zet spreekhulp aan")).to_be_visible()
    assert employee.broken == []
