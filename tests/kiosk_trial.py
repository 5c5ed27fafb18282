"""A terminal's agent in a process of its own, its browser without a screen, and hands to harm both."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from app.kiosk.device.agent_client import AgentClient, AgentDown
from app.kiosk.device.agent_settings import AgentSettings
from tests.browser import started_playwright
from tests.desk import ROOT, free_port
from tests.waiting import until

FIRST_UID = 1_000_000
"""Nobody's, and another one for each trial: a wipe ends all that its user runs."""


class KioskTrial:
    """settings: of the agent, besides what every trial needs."""

    def __init__(self, **settings: str) -> None:
        memory = Path("/dev/shm")  # noqa: S108  a tmpfs, as the terminal has for its browser
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-", dir=memory if memory.is_dir() else None))
        self.folder.chmod(0o755)
        port = free_port()
        self.uid = FIRST_UID + port if os.geteuid() == 0 else None
        self.spool = self.folder / "spool"
        self.spool.mkdir()
        own = {"KIOSK_USER": f"{self.uid}:{self.uid}"} if self.uid else {"BROWSER_SWITCHES": "--no-sandbox"}
        switches = f"{own.pop('BROWSER_SWITCHES', '')} --remote-debugging-port=0"
        self.environment = {
            "DATA_DIR": str(self.folder / "data"),
            "KIOSK_DIR": str(self.folder / "kiosk"),
            "PORT": str(port),
            "RESTART_MACHINE": f"touch {self.folder / 'machine-restarts'}",
            "SWITCH_OFF": f"touch {self.folder / 'machine-off'}",
            "PRINT_SPOOL": str(self.spool),
            "BROWSER_SWITCHES": switches,
            **own,
            **settings,
        }
        (self.folder / "data").mkdir()
        self.settings = AgentSettings.from_env(self.environment)
        self.client = AgentClient(self.settings.socket_path)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.settings.face_url.rstrip("/")

    @property
    def server_command(self) -> list[str]:
        port, socket_path = self.environment["PORT"], str(self.settings.socket_path)
        return [sys.executable, "-m", "tests.face_stand_in", port, socket_path]

    @property
    def log(self) -> str:
        return (self.folder / "agent.log").read_text(errors="replace")

    def start(self) -> None:
        """Returns when the face stands on the screen."""
        with (self.folder / "agent.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.kiosk", "--", *self.server_command],
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_up()

    def stop(self) -> int:
        process, self.process = self.process, None
        status = 0
        if process:
            process.send_signal(signal.SIGTERM)
            try:
                status = process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                status = process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        return status

    def server_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def state(self) -> dict[str, Any]:
        try:
            return self.client.state()
        except AgentDown:
            return {}

    def wait_until_up(self, restarts: int = 0, within_s: float = 60) -> float:
        """Seconds until the face is painted after so many restarts at least."""
        began = time.monotonic()

        def is_up() -> bool:
            state = self.state()
            return state.get("phase") == "up" and state["restarts"] >= restarts

        until(is_up, "the face did not come back", within_s)
        return time.monotonic() - began

    def wipe(self) -> float:
        """Asks for a wipe; seconds until the next visitor can begin, by the agent's own clock."""
        before = self.browser_pids()
        self.client.wipe()
        until(lambda: not before & self.browser_pids(), "the browser was not ended")
        until(lambda: self.state().get("ready_after_s"), "the face did not come back")
        return float(self.state()["ready_after_s"])

    def browser_pids(self) -> set[int]:
        """All of Chromium's processes but its crash reporter."""
        return {int(line.split()[0]) for line in self._chromium()}

    def browser_pid(self) -> int:
        """The one that started the others."""
        [pid] = [int(line.split()[0]) for line in self._chromium() if "--type=" not in line]
        return pid

    def renderers(self) -> set[int]:
        """Those that draw pages; Chromium keeps a spare one."""
        return {int(line.split()[0]) for line in self._chromium() if "--type=renderer" in line}

    def server_pid(self) -> int:
        command = " ".join(self.server_command[1:])
        [pid] = [int(line.split()[0]) for line in _ps() if command in line and "app.kiosk" not in line]
        return pid

    def _chromium(self) -> list[str]:
        own = f"--user-data-dir={self.settings.browser.profile}"
        return [line for line in _ps() if own in line]

    @contextlib.contextmanager
    def page(self) -> Iterator[Page]:
        """The page on the terminal's screen, by the debugging port that only trials have."""
        with cdp_page(self.settings.browser.profile) as page:
            yield page


@contextlib.contextmanager
def cdp_page(profile: Path) -> Iterator[Page]:
    told = profile / "DevToolsActivePort"
    until(lambda: told.exists() and told.read_text().count("\n"), "no debugging port")
    port = told.read_text().split("\n")[0]
    browser = started_playwright().chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
    try:
        until(lambda: browser.contexts and browser.contexts[0].pages, "no page")
        yield browser.contexts[0].pages[0]
    finally:
        browser.close()


def _ps() -> list[str]:
    """ "pid arguments" of each process. From /proc: `ps` cuts lines where COLUMNS is set."""
    lines = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            arguments = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            lines.append(f"{folder.name} {arguments}")
    return lines
