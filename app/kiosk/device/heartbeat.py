"""Once a minute: how the machine is. Never anything of a citizen; a test holds the list of names."""

import logging
import re
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

log = logging.getLogger("wijkbalie.agent")

EVERY_S = 60.0
PATH = "/terminal/api/heartbeat"


class Line(Protocol):
    """Signed requests to the municipality."""

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class BrowserState:
    """What the agent knows of the browser."""

    last_good_paint_at: datetime | None
    restarts: int


def gather(
    version: str,
    data_dir: Path,
    browser: BrowserState,
    clock_skew_s: float,
    root: Path = Path("/"),
) -> dict[str, Any]:
    """What domain.terminals.Heartbeat names, but for the time: the server sets that. root: for tests."""
    paint = browser.last_good_paint_at
    return {
        "version": version,
        "slot": _slot(root),
        "last_good_paint_at": paint.astimezone(UTC).isoformat() if paint else None,
        "restarts": browser.restarts,
        "disk_free_bytes": shutil.disk_usage(data_dir).free,
        "temperature_c": _temperature_c(root),
        "network": _network(root),
        "camera": any((root / "dev").glob("video*")),
        "sound": _has_sound(root),
        "clock_skew_s": round(clock_skew_s, 1),
        "off_until": None,
    }


class Heart:
    """Beats until stopped. line: None until the terminal is enrolled; asked at each beat."""

    def __init__(
        self,
        line: Callable[[], Line | None],
        told: Callable[[], Mapping[str, Any]],
        every_s: float = EVERY_S,
    ) -> None:
        self._line, self._told, self._every_s = line, told, every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def beat(self, off_until: datetime | None = None) -> None:
        """Now, in the caller's thread; a line that is down is logged. off_until: its last word before it goes off."""
        try:
            line = self._line()
            if line is not None:
                last_word = {"off_until": off_until.isoformat()} if off_until else {}
                line.post(PATH, {**self._told(), **last_word})
        except Exception as problem:  # a heart that stops at one bad answer would look like a dead machine
            log.info("heartbeat not delivered: %s", type(problem).__name__)

    def _beat_on(self) -> None:
        while True:
            self.beat()
            if self._stopping.wait(self._every_s):
                return


def _slot(root: Path) -> str:
    """The kernel's command line of each slot names it: wijkbalie.slot=a."""
    found = re.search(r"(?:^|\s)wijkbalie\.slot=([a-z0-9]{1,8})(?=\s|$)", _text(root / "proc/cmdline"))
    return found[1] if found else ""


def _temperature_c(root: Path) -> float | None:
    """Of the hottest part that tells; None: none does."""
    zones = (_text(zone) for zone in sorted((root / "sys/class/thermal").glob("thermal_zone*/temp")))
    degrees = [int(text) / 1000 for text in zones if re.fullmatch(r"-?\d+\s*", text)]
    return max(degrees, default=None)


def _network(root: Path) -> str:
    """ethernet, wifi or none: what carries the default route."""
    for line in _text(root / "proc/net/route").splitlines()[1:]:
        name, destination, *_ = [*line.split(), "", ""]
        if destination == "00000000":
            wireless = (root / "sys/class/net" / name / "wireless").exists()
            return "wifi" if wireless else "ethernet"
    return "none"


def _has_sound(root: Path) -> bool:
    cards = _text(root / "proc/asound/cards")
    return bool(cards.strip()) and "no soundcards" not in cards


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
