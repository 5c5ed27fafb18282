"""The heartbeat tells how the machine is, and nothing else."""

import queue
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from app.domain.terminals import Heartbeat
from app.kiosk.device.heartbeat import PATH, BrowserState, Heart, gather
from app.kiosk.wire import read_heartbeat

NAMES = {
    "version", "slot", "last_good_paint_at", "restarts", "disk_free_bytes",
    "temperature_c", "network", "camera", "sound", "clock_skew_s", "off_until",
}  # fmt: skip
"""What domain.terminals.Heartbeat has, but for the time, which the server sets. A new name needs a reason here."""
PAINTED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def machine(root: Path, **files: str) -> Path:
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


def test_a_whole_machine(tmp_path: Path) -> None:
    root = machine(
        tmp_path,
        proc__cmdline="BOOT_IMAGE=/x quiet wijkbalie.slot=b roothash=12ab\n",
        proc__net__route="Iface\tDestination\tGateway\nwlan0\t00000000\t0101A8C0\nwlan0\t0001A8C0\t00000000\n",
        proc__asound__cards=" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n",
        sys__class__thermal__thermal_zone0__temp="48000\n",
        sys__class__thermal__thermal_zone1__temp="61500\n",
        sys__class__net__wlan0__wireless__status="0",
        dev__video0="",
    )
    told = gather("1.2.3", tmp_path, BrowserState(PAINTED, 2), -0.42, root)
    assert told.pop("disk_free_bytes") > 0
    assert told == {
        "version": "1.2.3", "slot": "b", "last_good_paint_at": "2026-11-22T09:30:00+00:00", "restarts": 2,
        "temperature_c": 61.5, "network": "wifi", "camera": True, "sound": True, "clock_skew_s": -0.4,
        "off_until": None,
    }  # fmt: skip


def test_a_machine_without_anything(tmp_path: Path) -> None:
    told = gather("1", tmp_path, BrowserState(None, 0), 0.0, tmp_path)
    assert [told[name] for name in ("slot", "temperature_c", "network", "camera", "sound")] == [
        "", None, "none", False, False
    ]  # fmt: skip
    assert told["last_good_paint_at"] is None


def test_a_cable(tmp_path: Path) -> None:
    machine(tmp_path, proc__net__route="Iface\tDestination\neth0\t00000000\n")
    assert gather("1", tmp_path, BrowserState(None, 0), 0.0, tmp_path)["network"] == "ethernet"


def test_only_these_names_ever_leave_the_terminal() -> None:
    """Of this very machine: what a citizen saw, did or is has no name here."""
    told = gather("1", Path("/"), BrowserState(PAINTED, 1), 0.0)
    assert set(told) == NAMES
    assert {field.name for field in fields(Heartbeat)} - {"at"} == NAMES
    assert read_heartbeat(told, PAINTED).last_good_paint_at == PAINTED, "the server understands it"
    for name, value in told.items():
        assert value is None or isinstance(value, bool | int | float) or len(value) <= 32, name


def test_the_last_beat_tells_until_when_it_is_off() -> None:
    class Line:
        bodies: ClassVar[list[dict[str, Any]]] = []

        def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
            self.bodies.append(body)
            return {}

    heart = Heart(Line, lambda: gather("1", Path("/"), BrowserState(PAINTED, 1), 0.0))
    heart.beat(PAINTED)
    heart.beat()
    assert [read_heartbeat(body, PAINTED).off_until for body in Line.bodies] == [PAINTED, None]


def test_the_heart_goes_on_after_a_bad_line() -> None:
    beats: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()

    class Line:
        asked = 0

        def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
            self.asked += 1
            if self.asked == 1:
                raise ConnectionError
            beats.put((path, body))
            return {}

    line, enrolled = Line(), iter([None])
    heart = Heart(lambda: next(enrolled, line), lambda: {"restarts": line.asked}, every_s=0.01)
    heart.start()
    assert beats.get(timeout=10) == (PATH, {"restarts": 1})
    assert beats.get(timeout=10)[0] == PATH
    heart.stop()
