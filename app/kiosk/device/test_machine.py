"""The machine, read from folders as Linux lays them out."""

import socket
import tempfile
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.kiosk.device.machine import Machine, jack_events, jack_in_contents, next_time, tell_service_manager

DEVICES = """I: Bus=0019 Vendor=0000 Product=0001 Version=0000
N: Name="Power Button"
P: Phys=LNXPWRBN/button/input0
H: Handlers=kbd event0
B: EV=3

I: Bus=0000 Vendor=0000 Product=0000 Version=0000
N: Name="HDA Intel PCH Mic"
H: Handlers=event6
B: EV=21
B: SW=10

I: Bus=0000 Vendor=0000 Product=0000 Version=0000
N: Name="HDA Intel PCH Headphone"
P: Phys=ALSA
H: Handlers=event7
B: EV=21
B: SW=4
"""
CONTENTS = """numid=11,iface=CARD,name='Mic Jack'
  ; type=BOOLEAN,access=r-------,values=1
  : values=on
numid=12,iface=CARD,name='Headphone Jack'
  ; type=BOOLEAN,access=r-------,values=1
  : values={}
numid=13,iface=MIXER,name='Headphone Playback Volume'
  ; type=INTEGER,access=rw---R--,values=2,min=0,max=87,step=0
  : values=87,87
"""
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def test_headphones_are_found_among_the_devices() -> None:
    assert jack_events(DEVICES) == ["event7"]
    assert jack_events("") == []


@pytest.mark.parametrize(
    ("contents", "state"),
    [(CONTENTS.format("on"), "in"), (CONTENTS.format("off"), "out"), ("", "unknown")],
)
def test_headphones_by_the_mixer(contents: str, state: str) -> None:
    assert jack_in_contents(contents) == state


def test_a_machine_without_sound_says_that_it_does_not_know(tmp_path: Path) -> None:
    machine = Machine((), (), root=tmp_path)
    assert machine.headphones() == "unknown"
    assert machine.headphones_by_mixer() == "unknown"


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-22 17:30", "2026-11-23 07:30"),
        ("2026-11-22 05:00", "2026-11-22 07:30"),
        ("2026-11-22 07:00", "2026-11-23 07:30"),
        ("2026-10-24 18:00", "2026-10-25 07:30"),  # the night with 25 hours
    ],
)
def test_the_next_morning(now: str, then: str) -> None:
    found = next_time(datetime.fromisoformat(now).replace(tzinfo=AMSTERDAM), time(7, 30))
    assert found == datetime.fromisoformat(then).replace(tzinfo=AMSTERDAM)


def test_a_machine_that_is_switched_off_sets_its_alarm_first(tmp_path: Path) -> None:
    alarm = tmp_path / "sys/class/rtc/rtc0/wakealarm"
    alarm.parent.mkdir(parents=True)
    alarm.write_text("")
    off = tmp_path / "off"
    machine = Machine((), ("cp", str(alarm), str(off)), time(7, 30), tmp_path)
    machine.switch_off(datetime(2026, 11, 22, 17, 30, tzinfo=AMSTERDAM))
    assert off.read_text() == str(int(datetime(2026, 11, 23, 7, 30, tzinfo=AMSTERDAM).timestamp()))


def test_a_command_that_is_not_there_breaks_nothing() -> None:
    Machine(("/no/such/program",), ()).restart()


def test_the_service_manager_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    tell_service_manager("READY=1")  # none there
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"{folder}/notify")
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", f"{folder}/notify")
        tell_service_manager("WATCHDOG=1")
        assert manager.recv(100) == b"WATCHDOG=1"
