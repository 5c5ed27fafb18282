"""Forgetting a visit: every process of the browser's user ends, everything it wrote is destroyed."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ENDED_WITHIN_S = 2.0
MARK = "WIJKBALIE_KIOSK"
"""Where there is no user of its own (a trial, a test), the browser's processes are known by this variable."""


class TracesLeft(Exception):
    """Something could not be removed; the message names the place, never what is in it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit leaves traces.

    emptied: folders that hold nothing but traces. swept: shared folders, where only the user's own files go.
    spools: folders whose files go and whose own folders stay: the print service expects them.
    uid: the browser's own user; None: it runs as we do, then nothing is swept.
    mark: value of MARK in the environment of its processes.
    """

    emptied: tuple[Path, ...]
    swept: tuple[Path, ...] = ()
    spools: tuple[Path, ...] = ()
    uid: int | None = None
    mark: str = ""
    purge_prints: tuple[str, ...] = ()
    """Command that throws away print jobs with their files; empty: no printer."""

    def __post_init__(self) -> None:
        if self.uid is not None and self.uid in (0, os.getuid()):
            raise ValueError("the browser needs a user of its own: all that this user runs is ended")


def wipe(place: Place) -> None:
    """Raises TracesLeft. Takes tens of milliseconds."""
    end_processes(place)
    for folder in place.emptied:
        _empty(folder)
    if place.uid is not None:
        for folder in place.swept:
            _sweep(folder, place.uid)
    if place.purge_prints:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                place.purge_prints, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, timeout=2, check=False,
            )  # fmt: skip
    for folder in place.spools:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_dir():
                _remove(path)
    for folder in place.emptied:
        if folder.is_dir() and any(folder.iterdir()):
            raise TracesLeft(str(folder))


def end_processes(place: Place) -> None:
    """SIGKILL: a browser that is asked kindly writes its session down first. Raises TracesLeft."""
    deadline = time.monotonic() + ENDED_WITHIN_S
    while True:
        left = list(_processes(place))
        if not left:
            return
        if time.monotonic() > deadline:
            raise TracesLeft(f"{len(left)} processes")
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _processes(place: Place) -> Iterator[int]:
    """Dead ones that nobody asked after yet (zombies) hold nothing and do not count."""
    mark = f"{MARK}={place.mark}".encode()
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        # Gone in between, or closed to us: then it is not the browser's.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            folder = Path(entry.path)
            ours = (
                entry.stat().st_uid == place.uid or _real_uid(folder) == place.uid
                if place.uid is not None
                else bool(place.mark) and mark in (folder / "environ").read_bytes().split(b"\0")
            )
            if ours and not _is_dead(folder):
                yield int(entry.name)


def _real_uid(folder: Path) -> int:
    """A process that may not be looked into (dumpable 0) has its folder owned by root (proc(5))."""
    for line in (folder / "status").read_text().splitlines():
        if line.startswith("Uid:"):
            return int(line.split()[1])
    return -1


def _is_dead(folder: Path) -> bool:
    return (folder / "stat").read_text().rpartition(")")[2].split()[0] in "ZX"


def _empty(folder: Path) -> None:
    """The folder itself stays: its parent is not the browser's, and it may be a mount of its own."""
    if not folder.is_dir() or folder.is_symlink():
        return
    for entry in os.scandir(folder):
        _remove(Path(entry.path))


def _sweep(folder: Path, uid: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            with contextlib.suppress(FileNotFoundError):
                if entry.stat(follow_symlinks=False).st_uid == uid:
                    _remove(Path(entry.path))


def _remove(path: Path) -> None:
    try:
        if path.is_mount():  # such as /run/user/902: what is in it goes, the mount stays
            _empty(path)
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except FileNotFoundError:
        pass
    except OSError as problem:
        raise TracesLeft(str(path.parent)) from problem
