"""What the agent decides: an event and the time go in, actions come out. No clock, process or file is touched."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.kiosk.device.beacon import BEACON_S, Asked, Beacon

Phase = Literal["waiting", "starting", "up", "off"]
"""waiting: no browser, the local server must answer first. starting: the browser has not painted yet."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, unless said otherwise."""

    beacon_s: float = BEACON_S
    missed: int = 3
    start_s: float = 20
    """From the browser's start to its first painted beacon."""
    server_s: float = 10
    """So long may the local server give no answer."""
    restarts: int = 3
    """So many restarts of the browser within within_s; the next fault restarts the machine."""
    within_s: float = 600
    machine_rest_s: float = 3600
    """A machine that just restarted is not restarted again: a broken part must not make it blink all day."""
    off_s: float = 120
    """A machine that still runs so long after it was told to stop goes on."""
    still_s: float = 900
    """Nobody touched the terminal for so long and the page did not end the visit by itself: then we do."""
    longest_pause_s: float = 30


@dataclass(frozen=True, slots=True)
class Tick:
    pass


@dataclass(frozen=True, slots=True)
class BrowserGone:
    pass


@dataclass(frozen=True, slots=True)
class ServerAnswers:
    """Does the local server give its page?"""

    yes: bool


@dataclass(frozen=True, slots=True)
class ServerGone:
    """Only where the agent itself started it."""


@dataclass(frozen=True, slots=True)
class TracesLeft:
    """The last wipe could not remove all."""


Event = Tick | Beacon | Asked | BrowserGone | ServerAnswers | ServerGone | TracesLeft


@dataclass(frozen=True, slots=True)
class Clear:
    """Stop the browser and remove every trace of its use."""

    why: str


@dataclass(frozen=True, slots=True)
class StartBrowser:
    """On the face, with an empty profile."""


@dataclass(frozen=True, slots=True)
class StartServer:
    pass


@dataclass(frozen=True, slots=True)
class RestartServer:
    pass


@dataclass(frozen=True, slots=True)
class RestartMachine:
    why: str


@dataclass(frozen=True, slots=True)
class SwitchOff:
    until: datetime | None


Action = Clear | StartBrowser | StartServer | RestartServer | RestartMachine | SwitchOff


@dataclass(slots=True)
class Watch:
    """Times are seconds of one clock that never jumps.

    machine_restarted: when the agent last restarted the machine, by that clock; None: not that we know.
    """

    pace: Pace = field(default_factory=Pace)
    machine_restarted: float | None = None
    phase: Phase = "waiting"
    since: float = 0
    beacon: Beacon | None = None
    last_paint: float | None = None
    """Of the browser that runs now."""
    restarts: int = 0
    """Because of a fault, since the agent began."""
    _faults: list[float] = field(default_factory=list)
    _not_before: float = 0
    _asked_server: float = 0
    _dirty: bool = False
    _server_falls: int = 0
    _server_due: float | None = None

    @property
    def in_talk(self) -> bool:
        return self.phase == "up" and self.beacon is not None and self.beacon.in_talk

    def begin(self, now: float) -> list[Action]:
        """Whatever ran before, it starts clean."""
        return self._clear("start", now)

    def refuses(self, order: Asked) -> bool:
        """In a talk nobody stops the terminal; who ends their visit is always obeyed."""
        return self.in_talk and order.order != "wipe"

    def take(self, event: Event, now: float) -> list[Action]:
        if self.phase == "off":
            return self._clear("start", now) if now - self.since >= self.pace.off_s else []
        match event:
            case Tick():
                return [*self._server_again(now), *self._look(now)]
            case Beacon():
                return self._hear(event, now)
            case Asked():
                return [] if self.refuses(event) else self._obey(event, now)
            case BrowserGone():
                return [] if self.phase == "waiting" else self._fault("browser_gone", now)
            case ServerAnswers(yes):
                return self._judge_server(yes, now)
            case ServerGone():
                self._server_due = now + self._growing(self._server_falls, 0.2, 5)
                self._server_falls += 1
                return []
            case TracesLeft():
                self._dirty = True
                return self._fault("traces_left", now, again=False)

    def _hear(self, beacon: Beacon, now: float) -> list[Action]:
        if self.phase == "waiting":  # of a browser that we stopped
            return []
        self.beacon = beacon
        if beacon.painted:
            self.last_paint = now
            self._server_falls = 0
            if self.phase == "starting":
                self.phase, self.since = "up", now
        left = not (beacon.in_talk or beacon.at_rest) and beacon.still_s >= self.pace.still_s
        return self._clear("still", now) if left else []

    def _look(self, now: float) -> list[Action]:
        """What is overdue?"""
        if self.phase == "waiting" and self._dirty and now >= self._not_before:
            return self._clear("traces_left", now)
        if self.phase == "starting" and now - self.since >= self.pace.start_s:
            return self._fault("not_painted", now)
        silent_s = self.pace.beacon_s * self.pace.missed
        if self.phase == "up" and now - (self.last_paint or self.since) >= silent_s:
            return self._fault("beacon_lost", now)
        return []

    def _obey(self, asked: Asked, now: float) -> list[Action]:
        match asked.order:
            case "wipe":
                return self._clear("wipe", now)
            case "restart_browser":
                return self._clear("asked", now)
            case "restart_machine":
                return self._stop(RestartMachine("asked"), now)
            case "switch_off":
                return self._stop(SwitchOff(asked.until), now)

    def _judge_server(self, answers: bool, now: float) -> list[Action]:
        if self.phase != "waiting" or self._dirty:
            return []
        if answers and now >= self._not_before:
            self.phase, self.since = "starting", now
            return [StartBrowser()]
        if not answers and now - self._asked_server >= self.pace.server_s:
            self._asked_server = now
            fault = self._fault("server_silent", now, again=False)
            return fault or [RestartServer()]
        return []

    def _server_again(self, now: float) -> list[Action]:
        if self._server_due is None or now < self._server_due:
            return []
        self._server_due = None
        return [StartServer()]

    def _fault(self, why: str, now: float, *, again: bool = True) -> list[Action]:
        """again: the browser is stopped and started. Otherwise only counted, which may restart the machine."""
        self._faults = [then for then in self._faults if now - then < self.pace.within_s]
        often = len(self._faults) >= self.pace.restarts
        rested = self.machine_restarted is None or now - self.machine_restarted >= self.pace.machine_rest_s
        if often and rested:
            self.machine_restarted = now
            return self._stop(RestartMachine(why), now)
        self._faults.append(now)
        self.restarts += 1
        actions = self._clear(why, now) if again else []
        # The first time at once; a browser that falls over and over must not keep the machine busy with it.
        self._not_before = now + self._growing(len(self._faults) - 1, 1, self.pace.longest_pause_s)
        return actions

    def _clear(self, why: str, now: float) -> list[Action]:
        self.phase, self.since = "waiting", now
        self.beacon = self.last_paint = None
        self._dirty = False
        self._not_before = self._asked_server = now
        return [Clear(why)]

    def _stop(self, action: Action, now: float) -> list[Action]:
        actions = self._clear("stop", now)
        self.phase = "off"
        return [*actions, action]

    @staticmethod
    def _growing(times: int, first_s: float, most_s: float) -> float:
        """0 at the first time, then doubling."""
        return min(first_s * 2 ** (times - 1), most_s) if times else 0.0
