"""The machine under the terminal: power, loudness, headphones, the service manager's watchdog."""

import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Literal

Headphones = Literal["in", "out", "unknown"]

START_VOLUME = 70
"""Percent, for each new visitor."""
_AMIXER_S = 2.0
_JACK = re.compile(r"Headphone|Headset", re.IGNORECASE)
_EVIOCGSW = 0x8002451B  # ioctl(2): _IOC(_IOC_READ, 'E', 0x1b, 2), from linux/input.h
_SW_HEADPHONE_INSERT = 1 << 2


class NoSound(Exception):
    """There is no sound device whose loudness can be set."""


class Machine:
    def __init__(
        self,
        restart: Sequence[str],
        switch_off: Sequence[str],
        wake_at: time | None = None,
        root: Path = Path("/"),
    ) -> None:
        """restart, switch_off: commands. wake_at: local time of the next start. root: for tests."""
        self._restart, self._switch_off = tuple(restart), tuple(switch_off)
        self._wake_at = wake_at
        self._root = root

    def restart(self) -> None:
        run(self._restart)

    def switch_off(self, now: datetime) -> None:
        """now: local, with its offset. Wakes by the machine's own clock where it has one (rtc(4))."""
        alarm = self._root / "sys/class/rtc/rtc0/wakealarm"
        if self._wake_at and alarm.exists():
            alarm.write_text("0")
            alarm.write_text(str(int(next_time(now, self._wake_at).timestamp())))
        run(self._switch_off)

    def set_volume(self, percent: int) -> None:
        """Raises NoSound."""
        program = shutil.which("amixer")
        if not program or not run((program, "-q", "-M", "set", "Master", f"{percent}%", "unmute")):
            raise NoSound

    def headphones(self) -> Headphones:
        """Asked once a second: reads the jack's switch, without a process of its own where the kernel tells it."""
        switch = self._jack_switch()
        if switch is not None:
            return "in" if switch else "out"
        return "unknown"

    def headphones_by_mixer(self) -> Headphones:
        """Slower: asks each sound card's controls."""
        program, found = shutil.which("amixer"), "unknown"
        for card in sorted((self._root / "proc/asound").glob("card[0-9]*")):
            if program is None:
                break
            told = subprocess.run(
                [program, "-c", card.name.removeprefix("card"), "contents"],
                capture_output=True, text=True, timeout=_AMIXER_S, check=False,
            )  # fmt: skip
            match jack_in_contents(told.stdout):
                case "in":
                    return "in"
                case "out":
                    found = "out"
        return "out" if found == "out" else "unknown"

    def _jack_switch(self) -> bool | None:
        """None: no jack tells."""
        devices = self._root / "proc/bus/input/devices"
        if not devices.exists():
            return None
        told = None
        for event in jack_events(devices.read_text()):
            try:
                with (self._root / "dev/input" / event).open("rb") as device:
                    bits = fcntl.ioctl(device, _EVIOCGSW, bytes(2))
            except OSError:
                continue
            told = bool(told) or bool(struct.unpack("H", bits)[0] & _SW_HEADPHONE_INSERT)
        return told


def jack_events(devices: str) -> list[str]:
    """/proc/bus/input/devices → the event devices of headphone jacks, e.g. ["event7"]."""
    found = []
    for block in devices.split("\n\n"):
        name = re.search(r'^N: Name="(.*)"', block, re.MULTILINE)
        handler = re.search(r"^H: Handlers=.*\b(event\d+)", block, re.MULTILINE)
        if name and handler and _JACK.search(name[1]) and re.search(r"^B: SW=", block, re.MULTILINE):
            found.append(handler[1])
    return found


def jack_in_contents(contents: str) -> Headphones:
    """`amixer contents` → is something in a headphone jack?"""
    found: Headphones = "unknown"
    for block in re.split(r"^numid=", contents, flags=re.MULTILINE):
        name = re.search(r"name='([^']*) Jack'", block)
        value = re.search(r"^\s*: values=(on|off)", block, re.MULTILINE)
        if name and value and _JACK.search(name[1]):
            if value[1] == "on":
                return "in"
            found = "out"
    return found


def next_time(now: datetime, at: time) -> datetime:
    """The next moment, at least an hour away, at which a clock on the wall shows `at`."""
    then = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return then if then - now >= timedelta(hours=1) else then + timedelta(days=1)


def tell_service_manager(message: str) -> None:
    """sd_notify(3), e.g. "READY=1" or "WATCHDOG=1". Without a service manager nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect("\0" + address[1:] if address.startswith("@") else address)
        line.send(message.encode())


def run(command: Sequence[str]) -> bool:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
