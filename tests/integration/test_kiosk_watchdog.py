"""What breaks comes back by itself with a painted face: real browser, real signals, beacons in a hurry."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest

from app.kiosk.device.agent_client import AgentRefused
from tests.kiosk_trial import KioskTrial
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def trial() -> Iterator[KioskTrial]:
    """The page tells each 8 s that it lives; a page that is silent for 9 s counts as lost."""
    trial = KioskTrial(PACE="beacon_s=9 missed=1 start_s=30 restarts=100")
    try:
        trial.start()
        yield trial
        print(trial.log)  # noqa: T201  pytest shows it when a test failed
    finally:
        status = trial.stop()
    assert status == 0


@pytest.fixture(autouse=True)
def on_the_face(trial: KioskTrial) -> None:
    trial.wait_until_up()


def test_a_frozen_page_is_replaced(trial: KioskTrial) -> None:
    before, restarts = trial.browser_pids(), trial.state()["restarts"]
    for pid in trial.renderers():
        os.kill(pid, signal.SIGSTOP)
    trial.wait_until_up(restarts + 1)
    assert not before & trial.browser_pids()
    assert "cleared (beacon_lost)" in trial.log


def test_a_killed_browser_is_replaced(trial: KioskTrial) -> None:
    before, restarts = trial.browser_pids(), trial.state()["restarts"]
    os.kill(trial.browser_pid(), signal.SIGKILL)
    trial.wait_until_up(restarts + 1)
    assert not before & trial.browser_pids()


def test_a_killed_page_is_replaced(trial: KioskTrial) -> None:
    """Chromium's own "Aw, snap" stays for ever in other kiosks."""
    restarts = trial.state()["restarts"]
    for pid in trial.renderers():
        os.kill(pid, signal.SIGKILL)
    trial.wait_until_up(restarts + 1)


def test_a_killed_local_server_comes_back_and_the_page_stays(trial: KioskTrial) -> None:
    browser, pid = trial.browser_pid(), trial.server_pid()
    os.kill(pid, signal.SIGKILL)
    until(trial.server_answers, "the local server did not come back")
    assert trial.server_pid() != pid
    painted = trial.state()["last_good_paint_at"]
    until(lambda: trial.state()["last_good_paint_at"] != painted, "the page tells no more that it lives")
    assert trial.browser_pid() == browser


def test_a_local_server_that_hangs_is_replaced_with_the_browser(trial: KioskTrial) -> None:
    pid, restarts = trial.server_pid(), trial.state()["restarts"]
    os.kill(pid, signal.SIGSTOP)
    trial.wait_until_up(restarts + 2, within_s=120)
    assert trial.server_pid() != pid


def test_what_a_page_tells_reaches_the_agent_and_a_talk_is_not_interrupted(trial: KioskTrial) -> None:
    with trial.page() as page:
        page.goto(f"{trial.url}/talk")
        until(lambda: trial.state()["in_talk"], "the talk was not told")
        assert page.evaluate("document.documentElement.dataset.inTalk") == "true"
        switch_off = partial(trial.client.switch_off, datetime(2026, 11, 23, 8, tzinfo=UTC))
        for order in (trial.client.restart_browser, trial.client.restart_machine, switch_off):
            with pytest.raises(AgentRefused, match="in_talk"):
                order()
        page.evaluate("document.querySelector('[data-module$=call_page]').dataset.stopped = 'ended'")
        page.wait_for_function("!('inTalk' in document.documentElement.dataset)")
        page.goto(trial.settings.face_url)
        until(lambda: not trial.state()["in_talk"], "the talk's end was not told")


def test_the_host_may_restart_browser_and_machine(trial: KioskTrial) -> None:
    """Last: a machine that restarts has no browser any more."""
    before, restarts = trial.browser_pids(), trial.state()["restarts"]
    trial.client.restart_browser()
    until(lambda: not before & trial.browser_pids(), "the browser was not ended")
    trial.wait_until_up()
    assert trial.state()["restarts"] == restarts
    trial.client.restart_machine()
    until(lambda: (trial.folder / "machine-restarts").exists(), "the machine was not restarted")
    assert trial.browser_pids() == set()
    trial.client.wipe()
