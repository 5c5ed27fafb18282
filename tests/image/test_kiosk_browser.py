"""The browser of a terminal with all its policies, on a screen of its own (Xvfb) and with no remote control.

It is watched as a person would: by its windows, by what it asks of the server, and by what its page tells.
xdotool's keys do not come from the kernel, so they pass by the key list of udev (test_keys.py). That makes the control:
the same keys, pressed here, do lead out.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from app.kiosk.device.policies import common_policies, managed_policies
from app.kiosk.device.site import Origin, Site
from tests.image.policed import program_with, require_namespaces
from tests.image.small_sites import Handler

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

KIOSK = (
    "--kiosk", "--no-sandbox", "--no-first-run", "--noerrdialogs", "--disable-infobars", "--ozone-platform=x11",
    "--password-store=basic", "--disable-pinch", "--disable-component-update", "--disable-breakpad",
    "--hide-crash-restore-bubble", "--disable-gpu", "--disable-dev-shm-usage", "--lang=nl",
)  # fmt: skip

PAGE = b"""<!doctype html><html lang="nl"><title>Zuil</title><h1>Zuil</h1>
<input type="file" id="file" tabindex="-1" style="position:fixed;left:0;top:0;width:400px;height:200px">
<p><input id="text"></p><p><a href="#x">link</a></p><p><button>knop</button></p>
<script>
  const tell = (what) => navigator.sendBeacon("/meld", what);
  addEventListener("keydown", (event) => tell(`key ${event.key}`));
  addEventListener("blur", () => tell("blur"));
  addEventListener("resize", () => tell("resize"));
  addEventListener("contextmenu", () => tell("menu"));
  document.addEventListener("visibilitychange", () => tell(document.visibilityState));
  document.getElementById("file").oncancel = () => tell("cancel");
  onload = () => tell("ready");
</script>"""


class Page(Handler):
    def do_GET(self) -> None:  # noqa: N802  the library's names
        if self.path == "/favicon.ico":
            self.send_error(404)
            return
        if self.path == "/bestand":
            super().do_GET()
            return
        self.server.happened.append(f"get {self.path}")  # type: ignore[attr-defined]
        body = PAGE + (b"<script>location = '/bestand'</script>" if self.path == "/haal" else b"")
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:  # noqa: N802
        told = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.happened.append(told)  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()


@dataclass
class Screen:
    display: str
    server: ThreadingHTTPServer
    folder: Path
    browsers: int = 0
    open: list["Kiosk"] = field(default_factory=list)

    @property
    def happened(self) -> list[str]:
        found: list[str] = self.server.happened  # type: ignore[attr-defined]
        return found

    def xdotool(self, *words: str) -> str:
        run = subprocess.run(
            ["xdotool", *words], env={**os.environ, "DISPLAY": self.display}, capture_output=True, text=True
        )
        return run.stdout

    def windows(self) -> int:
        return len(self.xdotool("search", "--onlyvisible", "--name", ".").split())

    @contextmanager
    def kiosk(
        self, path: str = "/", *, policies: bool = True, more: tuple[str, ...] = ()
    ) -> Iterator["Kiosk"]:
        self.browsers += 1
        home = self.folder / f"home{self.browsers}"
        origin = Origin.parse(f"http://127.0.0.1:{self.server.server_port}")
        site = Site(Origin.parse("https://balie.example.nl"), (), origin)
        program = program_with(home, managed_policies(site, common_policies()) if policies else None)
        self.happened.clear()
        process = subprocess.Popen(
            [str(program), *KIOSK, *more, f"--user-data-dir={home / 'profile'}", f"{origin}{path}"],
            env={**os.environ, "DISPLAY": self.display}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        kiosk = Kiosk(self, process, home)
        try:
            assert self.within(60, lambda: f"get {path}" in self.happened), self.happened
            if path == "/":
                assert self.within(60, lambda: "ready" in self.happened), self.happened
                assert self.within(60, lambda: self.windows() > 0)
                assert self.within(60, kiosk.takes_focus), "typing arrives"
            yield kiosk
        finally:
            kiosk.stop()

    @staticmethod
    def within(seconds: float, true: Callable[[], Any]) -> bool:
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


@dataclass
class Kiosk:
    screen: Screen
    process: subprocess.Popen[bytes]
    home: Path

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def takes_focus(self) -> bool:
        """No window manager gives it. The window has its title a moment after it is there."""
        found = self.screen.xdotool("search", "--onlyvisible", "--name", "Zuil").split()
        if not found:
            return False
        self.screen.xdotool("windowfocus", found[-1])
        return self.feels("q")

    def feels(self, letter: str) -> bool:
        """The page hears this letter: the focus is still in it."""
        heard = self.screen.happened.count(f"key {letter}")
        self.screen.xdotool("key", letter)
        return self.screen.within(5, lambda: self.screen.happened.count(f"key {letter}") > heard)

    def leads_to(self, key: str, within_s: float = 1.0) -> list[str]:
        """What comes of it besides the page hearing the key. Empty: nothing, and one can type in the page.

        within_s: longer where something must come; a busy machine opens a window late.
        """
        screen, windows = self.screen, self.screen.windows()
        screen.happened.clear()
        screen.xdotool("key", key)

        def came() -> list[str]:
            found = [each for each in screen.happened if not each.startswith("key ")]
            found += [] if self.alive else ["the browser is gone"]
            return found + ([] if screen.windows() == windows else ["a window"])

        screen.within(within_s, came)
        found = came()
        return found if found or self.feels("q") else ["nobody hears the keys"]

    def stop(self) -> None:
        if self.alive:
            os.killpg(self.process.pid, 15)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, 9)
                self.process.wait()


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    require_namespaces("-m")
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    reader, writer = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
        pass_fds=[writer], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader) as told:
        display = f":{told.readline().strip()}"
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.happened = []  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    yield Screen(display, server, tmp_path_factory.mktemp("screen"))
    server.shutdown()
    server.server_close()
    xvfb.terminate()
    xvfb.wait(20)


WAYS_OUT = {"ctrl+t", "ctrl+w", "ctrl+h", "F5", "shift+Escape", "alt+F4"}
"""Of many (docs/change/terminal-lockdown.md); each needs a key that the list makes dead."""
ALIVE = [
    "a", "shift+a", "1", "shift+2", "Return", "BackSpace", "shift+BackSpace", "space", "shift+space", "Up", "Down",
    "Left", "Right", "shift+Right", "Home", "End", "Prior", "Next", "Delete", "shift+Delete", "minus", "equal",
    "slash", "apostrophe", "period", "F13",
]  # fmt: skip


def test_keys_that_are_left_lead_nowhere(screen: Screen) -> None:
    with screen.kiosk() as kiosk:
        screen.xdotool("key", "Tab")  # into the text field
        assert {f"{n} {key}": came for n, key in enumerate(ALIVE) if (came := kiosk.leads_to(key))} == {}


def test_tab_goes_round_and_nothing_on_its_way_opens(screen: Screen) -> None:
    """After the last thing on the page the focus passes through the browser's own, hidden parts."""
    away = {"blur", "nobody hears the keys"}
    with screen.kiosk() as kiosk:
        left = 0
        for _ in range(8):
            for key in ("Tab", "Return", "space"):
                came = set(kiosk.leads_to(key))
                left += "blur" in came
                assert came <= away, (key, came)
        assert left, "the focus never left the page: this shows less than it should"
        assert any(kiosk.leads_to("Tab") == [] for _ in range(8)), "and it comes back"


@pytest.mark.parametrize("key", sorted(WAYS_OUT))
def test_a_dead_key_would_lead_out_in_spite_of_the_policies(screen: Screen, key: str) -> None:
    """The control: without the key list the policies alone do not hold."""
    with screen.kiosk() as kiosk:
        assert kiosk.leads_to(key, 30)


def has_file_dialog(screen: Screen, kiosk: Kiosk) -> bool:
    windows = screen.windows()
    screen.xdotool("mousemove", "60", "100", "click", "1")
    assert screen.within(60, lambda: "cancel" in screen.happened or screen.windows() > windows)
    return screen.windows() > windows


@pytest.mark.parametrize("policies", [True, False])
def test_the_file_dialog(screen: Screen, policies: bool) -> None:
    with screen.kiosk(policies=policies) as kiosk:
        assert has_file_dialog(screen, kiosk) is not policies


def is_anywhere_in(folder: Path, name: str) -> bool:
    """A browser makes and removes folders all the time, also the one that is looked into."""
    return any(each.startswith(name) for _folder, _folders, files in os.walk(folder) for each in files)


@pytest.mark.parametrize("policies", [True, False])
def test_a_download(screen: Screen, policies: bool) -> None:
    with screen.kiosk("/haal", policies=policies) as kiosk:
        found = screen.within(5 if policies else 120, lambda: is_anywhere_in(kiosk.home, "bestand"))
    assert found is not policies


@pytest.mark.parametrize("policies", [True, False])
def test_the_print_dialog(screen: Screen, policies: bool) -> None:
    with screen.kiosk(policies=policies) as kiosk:
        assert bool(kiosk.leads_to("ctrl+p", 1 if policies else 120)) is not policies


@pytest.mark.parametrize("policies", [True, False])
def test_remote_control(screen: Screen, policies: bool) -> None:
    with screen.kiosk(policies=policies, more=("--remote-debugging-port=0",)) as kiosk:
        found = screen.within(3 if policies else 120, (kiosk.home / "profile" / "DevToolsActivePort").exists)
    assert found is not policies
