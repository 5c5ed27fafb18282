"""The agent's decisions, without clock or process."""

from datetime import UTC, datetime

import pytest

from app.kiosk.device.agent import (
    BrowserGone,
    Clear,
    Pace,
    RestartMachine,
    RestartServer,
    ServerAnswers,
    ServerGone,
    StartBrowser,
    StartServer,
    SwitchOff,
    Tick,
    TracesLeft,
    Watch,
)
from app.kiosk.device.beacon import Asked, Beacon

MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)

PACE = Pace()
FACE = Beacon("face", True, False)
TALK = Beacon("talk", True, True)
BLACK = Beacon("face", False, False)


def up_at(now: float, **options: object) -> Watch:
    watch = Watch(**options)  # type: ignore[arg-type]
    assert watch.begin(now) == [Clear("start")]
    start_again(watch, now)
    return watch


def start_again(watch: Watch, now: float) -> None:
    assert watch.take(ServerAnswers(True), now) == [StartBrowser()]
    assert watch.take(FACE, now) == []
    assert watch.phase == "up"


def test_the_browser_starts_when_the_local_server_answers() -> None:
    watch = Watch()
    assert watch.begin(0) == [Clear("start")]
    assert watch.take(Tick(), 1) == []
    assert watch.take(ServerAnswers(False), 1) == []
    assert watch.take(ServerAnswers(True), 2) == [StartBrowser()]
    assert watch.phase == "starting"
    assert watch.take(FACE, 3) == []
    assert watch.phase == "up"


def test_two_missed_beacons_do_nothing_and_the_third_restarts() -> None:
    watch = up_at(100)
    due = 100 + 3 * PACE.beacon_s
    assert watch.take(Tick(), due - 0.1) == []
    assert watch.take(Tick(), due) == [Clear("beacon_lost")]
    assert watch.restarts == 1
    assert watch.take(ServerAnswers(True), due) == [StartBrowser()]


def test_each_beacon_gives_new_time() -> None:
    watch, now = up_at(0), 0.0
    for _ in range(50):
        now += 2.9 * PACE.beacon_s
        assert watch.take(Tick(), now) == []
        watch.take(FACE, now)
    assert watch.restarts == 0


def test_a_page_that_lives_but_is_not_drawn_is_lost_too() -> None:
    watch = up_at(0)
    for second in range(8, 24, 8):
        assert watch.take(BLACK, second) == []
    assert watch.take(Tick(), 24) == [Clear("beacon_lost")]


def test_a_frozen_page_is_found_early_enough_to_be_back_within_30_s() -> None:
    """The browser's start takes the rest: its bench holds the whole."""
    assert PACE.beacon_s * PACE.missed <= 25


def test_a_browser_that_never_paints_is_started_again() -> None:
    watch = Watch()
    watch.begin(0)
    watch.take(ServerAnswers(True), 0)
    assert watch.take(BLACK, 5) == []
    assert watch.phase == "starting"
    assert watch.take(Tick(), PACE.start_s - 0.1) == []
    assert watch.take(Tick(), PACE.start_s) == [Clear("not_painted")]


def test_a_browser_that_ends_by_itself_is_back_at_once() -> None:
    watch = up_at(0)
    assert watch.take(BrowserGone(), 5) == [Clear("browser_gone")]
    assert watch.take(ServerAnswers(True), 5) == [StartBrowser()]
    assert watch.take(BrowserGone(), 5.1) == [Clear("browser_gone")]
    assert watch.take(BrowserGone(), 5.1) == []  # none runs


def test_after_three_restarts_in_ten_minutes_the_machine_restarts() -> None:
    watch = up_at(0)
    for now in (100, 200, 300):
        assert watch.take(BrowserGone(), now) == [Clear("browser_gone")]
        start_again(watch, now + 40)
    assert watch.take(BrowserGone(), 400) == [Clear("stop"), RestartMachine("browser_gone")]
    assert watch.phase == "off"


def test_three_restarts_spread_over_more_than_ten_minutes_do_not() -> None:
    watch = up_at(0)
    for now in range(0, 6000, 250):
        assert watch.take(BrowserGone(), now) == [Clear("browser_gone")]
        start_again(watch, now + 40)
    assert watch.restarts == 24


def test_a_machine_that_just_restarted_is_left_on() -> None:
    """A broken part must not make it blink all day: it goes on trying, ever more slowly, and after an hour again."""
    watch = up_at(0, machine_restarted=-60)
    pauses, now = [], 0.0
    for _ in range(8):
        assert watch.take(BrowserGone(), now) == [Clear("browser_gone")]
        began = now
        while watch.take(ServerAnswers(True), now) != [StartBrowser()]:
            now += 0.5
        pauses.append(now - began)
    assert pauses == [0, 1, 2, 4, 8, 16, 30, 30]
    watch.phase = "up"
    for later in (3540, 3541, 3542, 3543):
        actions = watch.take(BrowserGone(), later)
        watch.phase = "starting"
    assert actions == [Clear("stop"), RestartMachine("browser_gone")]


def test_a_machine_that_does_not_stop_goes_on() -> None:
    watch = up_at(0)
    assert watch.take(Asked("restart_machine"), 10) == [Clear("stop"), RestartMachine("asked")]
    assert watch.take(Tick(), 10 + PACE.off_s - 1) == []
    assert watch.take(FACE, 11) == []
    assert watch.take(Tick(), 10 + PACE.off_s) == [Clear("start")]
    start_again(watch, 200)


def test_a_wipe_clears_and_starts_without_being_a_fault() -> None:
    watch = up_at(0)
    for now in range(10, 100, 10):
        assert watch.take(Asked("wipe"), now) == [Clear("wipe")]
        start_again(watch, now)
    assert watch.restarts == 0


def test_beacons_of_a_stopped_browser_do_not_count() -> None:
    watch = up_at(0)
    watch.take(Asked("wipe"), 10)
    assert watch.take(TALK, 10.01) == []
    assert watch.phase == "waiting"
    assert not watch.in_talk


@pytest.mark.parametrize("order", ["restart_browser", "restart_machine", "switch_off"])
def test_in_a_talk_nobody_stops_the_terminal(order: str) -> None:
    watch = up_at(0)
    watch.take(TALK, 5)
    assert watch.refuses(Asked(order))  # type: ignore[arg-type]
    assert watch.take(Asked(order), 6) == []  # type: ignore[arg-type]
    watch.take(FACE, 8)
    assert not watch.refuses(Asked(order))  # type: ignore[arg-type]
    assert watch.take(Asked(order), 9)  # type: ignore[arg-type]


def test_in_a_talk_a_wipe_is_obeyed_and_a_lost_page_restarted() -> None:
    watch = up_at(0)
    watch.take(TALK, 5)
    assert watch.take(Asked("wipe"), 6) == [Clear("wipe")]
    start_again(watch, 7)
    watch.take(TALK, 8)
    assert watch.take(Tick(), 32) == [Clear("beacon_lost")]


def test_a_talk_of_hours_is_left_alone() -> None:
    watch = up_at(0)
    for now in range(8, 4 * 3600, 8):
        assert watch.take(TALK, now) == []
        assert watch.take(Tick(), now + 4) == []


def test_a_visit_that_the_page_does_not_end_ends_after_a_quarter_of_an_hour() -> None:
    """A second belt: the page's own idle time is a tenth of that. Never in a talk, and not where nobody is."""
    watch = up_at(0)
    assert watch.take(Beacon("face", True, False, still_s=899), 1) == []
    assert watch.take(Beacon("face", True, False, at_rest=True, still_s=90_000), 2) == []
    assert watch.take(Beacon("talk", True, True, still_s=90_000), 3) == []
    assert watch.take(Beacon("face", True, False, still_s=900), 4) == [Clear("still")]
    assert watch.restarts == 0


def test_orders_of_the_host() -> None:
    assert up_at(0).take(Asked("restart_browser"), 1) == [Clear("asked")]
    assert up_at(0).take(Asked("switch_off", MORNING), 1) == [Clear("stop"), SwitchOff(MORNING)]


def test_a_server_that_says_nothing_is_restarted_and_then_the_machine() -> None:
    watch = Watch()
    watch.begin(0)
    given, now = [], 0.0
    while not given or not isinstance(given[-1], RestartMachine):
        now += 0.5
        given += watch.take(ServerAnswers(False), now)
        assert now < 60
    assert given == [*[RestartServer()] * 3, Clear("stop"), RestartMachine("server_silent")]


def test_a_server_that_fell_is_started_at_once_and_then_ever_more_slowly() -> None:
    watch, now, waits = up_at(0), 0.0, []
    for _ in range(8):
        watch.take(ServerGone(), now)
        began = now
        while watch.take(Tick(), now) != [StartServer()]:
            watch.take(BLACK, now)
            watch.last_paint = now  # the page itself goes on
            now += 0.1
        waits.append(round(now - began, 1))
    assert waits[0] == 0
    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(5, abs=0.2)


def test_nobody_gets_a_terminal_that_could_not_be_cleared() -> None:
    watch = up_at(0)
    watch.take(Asked("wipe"), 10)
    assert watch.take(TracesLeft(), 10) == []
    assert watch.take(ServerAnswers(True), 10) == []
    assert watch.take(Tick(), 10.1) == [Clear("traces_left")]
    assert watch.take(TracesLeft(), 10.2) == []
    assert watch.take(Tick(), 10.3) == []
    assert watch.take(Tick(), 11.3) == [Clear("traces_left")]
    assert watch.take(TracesLeft(), 11.4) == []
    assert watch.take(Tick(), 14) == [Clear("traces_left")]
    assert watch.take(TracesLeft(), 14.1) == [Clear("stop"), RestartMachine("traces_left")]
