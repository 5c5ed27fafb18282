"""The agent's process layer: turns what happens into events for Watch, and its actions into deeds."""

import contextlib
import http.client
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from app.kiosk.device import agent, heartbeat
from app.kiosk.device.agent_settings import AgentSettings
from app.kiosk.device.agent_socket import AgentSocket, Answer
from app.kiosk.device.beacon import Asked, AskState, Beacon, Request, Volume
from app.kiosk.device.browser import Browser
from app.kiosk.device.machine import START_VOLUME, Headphones, Machine, NoSound, run, tell_service_manager
from app.kiosk.device.server_process import ServerProcess
from app.kiosk.device.wipe import TracesLeft, wipe

log = logging.getLogger("wijkbalie.agent")

LEAVE_PATH = "/terminal/api/leave"
_WAITING_S, _QUIET_S = 0.1, 1.0
_MIXER_EVERY_S = 5.0
_ANSWER_S = 1.0


class AgentLoop:
    def __init__(
        self,
        settings: AgentSettings,
        machine: Machine,
        line: Callable[[], heartbeat.Line | None] = lambda: None,
        skew_s: Callable[[], float] = lambda: 0.0,
        server_command: Sequence[str] = (),
    ) -> None:
        """line: to the municipality, None while the terminal is not enrolled. server_command: the local server,
        where no service manager runs it."""
        self._settings, self._machine, self._line = settings, machine, line
        self._inbox: queue.Queue[agent.Event] = queue.Queue(maxsize=256)
        self._stopping = threading.Event()
        self._restarted_file = settings.data_dir / "machine-restarted"
        self._watch = agent.Watch(settings.pace, self._machine_restarted())
        self._browser = Browser(settings.browser, self._browser_gone)
        self._server = ServerProcess(server_command, self._server_gone) if server_command else None
        self._socket = AgentSocket(
            settings.socket_path, settings.allowed_uids, self._answer, settings.socket_group
        )
        self._heart = heartbeat.Heart(
            line,
            lambda: heartbeat.gather(settings.version, settings.data_dir, self._browser_state(), skew_s()),
        )
        self._painted_at: datetime | None = None
        self._cleared_at = 0.0
        self._ready_after_s: float | None = None
        self._volume = START_VOLUME
        self._headphones: Headphones = "unknown"
        self._mixer_at = 0.0

    def run(self) -> None:
        """Until stop(). Then the browser is gone and so is all that it kept."""
        self._socket.start()
        self._heart.start()
        if self._server:
            self._server.start()
        self._do(self._watch.begin(time.monotonic()))
        tell_service_manager("READY=1")
        try:
            while not self._stopping.is_set():
                self._take(self._next())
                if self._watch.phase == "waiting":
                    self._take(agent.ServerAnswers(self._server_answers()))
                tell_service_manager("WATCHDOG=1")
        finally:
            tell_service_manager("STOPPING=1")
            self._heart.stop()
            self._socket.close()
            self._browser.pid = None
            with contextlib.suppress(TracesLeft):
                wipe(self._settings.place)
            if self._server:
                self._server.stop()

    def stop(self) -> None:
        self._stopping.set()
        with contextlib.suppress(queue.Full):
            self._inbox.put_nowait(agent.Tick())

    def _next(self) -> agent.Event:
        try:
            return self._inbox.get(timeout=_WAITING_S if self._watch.phase == "waiting" else _QUIET_S)
        except queue.Empty:
            return agent.Tick()

    def _take(self, event: agent.Event) -> None:
        now = time.monotonic()
        starting = self._watch.phase == "starting"
        actions = self._watch.take(event, now)
        if isinstance(event, Beacon) and self._watch.last_paint == now:
            self._painted_at = datetime.now(UTC)
            if starting and self._watch.phase == "up":
                self._ready_after_s = now - self._cleared_at
                log.info("on the screen %.2f s after the wipe began", self._ready_after_s)
        self._do(actions)
        if isinstance(event, agent.Tick):
            self._listen_to_jack(now)
        else:  # a busy socket must not keep what is overdue waiting
            self._do(self._watch.take(agent.Tick(), now))

    def _do(self, actions: list[agent.Action]) -> None:
        for action in actions:
            match action:
                case agent.Clear(why):
                    self._clear(why)
                case agent.StartBrowser():
                    self._start_browser()
                case agent.StartServer():
                    if self._server:
                        self._server.start()
                case agent.RestartServer():
                    log.warning("the local server gives no answer; it starts again")
                    self._restart_server()
                case agent.RestartMachine(why):
                    log.warning("the machine starts again: %s", why)
                    self._restarted_file.write_text(str(time.time()))
                    self._machine.restart()
                case agent.SwitchOff(until):
                    log.info("the machine goes off")
                    # Told once, so that nobody is called about a silent terminal; whatever beats after it is on.
                    self._heart.beat(until)
                    self._machine.switch_off(datetime.now().astimezone())

    def _clear(self, why: str) -> None:
        self._cleared_at = time.monotonic()
        self._ready_after_s = None
        self._browser.pid = None
        try:
            wipe(self._settings.place)
        except TracesLeft as problem:
            log.error("traces are left in %s; nobody may use the terminal now", problem)
            self._inbox.put(agent.TracesLeft())
        log.info("cleared (%s) in %.2f s", why, time.monotonic() - self._cleared_at)
        threading.Thread(target=self._leave, name="leave", daemon=True).start()

    def _leave(self) -> None:
        """The visit's session ends on the server too; its cookie is gone already. And the sound is as at first."""
        self._set_volume(START_VOLUME)
        with contextlib.suppress(Exception):  # no line: then there is nothing to end it with
            line = self._line()
            if line is not None:
                line.post(LEAVE_PATH, {})

    def _start_browser(self) -> None:
        try:
            self._browser.start()
        except OSError as problem:
            log.error("the browser cannot be started: %s", problem.strerror)
            self._inbox.put(agent.BrowserGone())

    def _restart_server(self) -> None:
        if self._server:
            self._server.kill()
        elif self._settings.restart_server:
            run(self._settings.restart_server)

    def _server_answers(self) -> bool:
        """Any answer counts; a server that hangs accepts connections and says nothing."""
        address = urlsplit(self._settings.face_url)
        asked = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=_ANSWER_S)
        try:
            asked.request("GET", "/healthz")
            asked.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()
        return True

    def _browser_gone(self, pid: int) -> None:
        if pid == self._browser.pid:
            log.warning("the browser ended by itself")
            self._inbox.put(agent.BrowserGone())

    def _server_gone(self) -> None:
        log.warning("the local server ended")
        self._inbox.put(agent.ServerGone())

    def _listen_to_jack(self, now: float) -> None:
        plugged = self._machine.headphones()
        if plugged == "unknown":
            if now < self._mixer_at:
                return
            self._mixer_at = now + _MIXER_EVERY_S
            plugged = self._machine.headphones_by_mixer()
        if self._headphones == "in" and plugged == "out":
            # What was for one pair of ears does not go on aloud; one touch on the volume brings it back.
            self._set_volume(0)
        self._headphones = plugged

    def _set_volume(self, percent: int) -> bool:
        try:
            self._machine.set_volume(percent)
        except NoSound:
            return False
        self._volume = percent
        return True

    def _answer(self, request: Request) -> Answer:
        """In a thread of the socket."""
        match request:
            case AskState():
                return {"ok": True, **self._state()}
            case Volume(percent):
                return {"ok": True} if self._set_volume(percent) else {"error": "no_sound"}
            case Asked() if self._watch.refuses(request):
                return {"error": "in_talk"}
            case Asked() | Beacon():
                try:
                    self._inbox.put_nowait(request)
                except queue.Full:
                    return {"error": "busy"}
        return {"ok": True}

    def _state(self) -> Answer:
        watch, painted = self._watch, self._painted_at
        beacon = watch.beacon
        return {
            "phase": watch.phase,
            "page": beacon.page if beacon else None,
            "in_talk": watch.in_talk,
            "restarts": watch.restarts,
            "last_good_paint_at": painted.isoformat() if painted else None,
            "ready_after_s": self._ready_after_s,
            "volume": self._volume,
            **({} if self._headphones == "unknown" else {"headphones": self._headphones == "in"}),
        }

    def _browser_state(self) -> heartbeat.BrowserState:
        return heartbeat.BrowserState(self._painted_at, self._watch.restarts)

    def _machine_restarted(self) -> float | None:
        """By our monotonic clock. A clock on the wall that was set back tells nothing."""
        try:
            ago_s = time.time() - float(Path(self._restarted_file).read_text())
        except (OSError, ValueError):
            return None
        return time.monotonic() - ago_s if ago_s >= 0 else None
