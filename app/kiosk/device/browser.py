"""Starting the browser: its switches, its user, its clean surroundings."""

import os
import pwd
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.kiosk.device.wipe import MARK

SWITCHES = (
    "--kiosk",
    "--no-first-run",
    "--no-default-browser-check",
    "--noerrdialogs",
    "--disable-infobars",
    "--password-store=basic",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-component-update",
    "--disable-breakpad",
    "--hide-crash-restore-bubble",
    "--lang=nl",
)
"""No --incognito: it crashes on pages that the policies close; the profile is thrown away as a whole instead."""
_HANDED_ON = ("LIBSEAT_BACKEND", "WLR_", "XKB_", "XCURSOR_", "MALLOC_ARENA_MAX")


@dataclass(frozen=True, slots=True)
class BrowserUser:
    uid: int
    gid: int
    groups: tuple[int, ...] = ()

    @classmethod
    def named(cls, name: str) -> "BrowserUser":
        """Raises KeyError."""
        entry = pwd.getpwnam(name)
        return cls(entry.pw_uid, entry.pw_gid, tuple(os.getgrouplist(name, entry.pw_gid)))


@dataclass(frozen=True, slots=True)
class BrowserSetup:
    face_url: str
    profile: Path
    home: Path
    """Also where a download would land."""
    temporary: Path
    """TMPDIR and XDG_RUNTIME_DIR."""
    program: str = "chromium"
    compositor: tuple[str, ...] = ()
    """What draws, e.g. ("cage", "--"). Empty: no screen, Chromium draws for nobody (headless)."""
    user: BrowserUser | None = None
    """None: as we are."""
    mark: str = ""
    extra: tuple[str, ...] = ()
    """Further switches."""

    def command(self) -> list[str]:
        drawing = ("--ozone-platform=wayland",) if self.compositor else ("--headless=new",)
        own = f"--user-data-dir={self.profile}"
        return [*self.compositor, self.program, *SWITCHES, own, *drawing, *self.extra, self.face_url]

    def environment(self) -> dict[str, str]:
        """Nothing of ours but what screen and input need."""
        return {
            **{name: value for name, value in os.environ.items() if name.startswith(_HANDED_ON)},
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "XDG_RUNTIME_DIR": str(self.temporary),
            "LANG": "nl_NL.UTF-8",
            "LANGUAGE": "nl",
            MARK: self.mark,
        }


class Browser:
    """One browser at a time. gone: called in another thread with the pid of one that ended by itself or by us."""

    def __init__(self, setup: BrowserSetup, gone: Callable[[int], None]) -> None:
        self._setup = setup
        self._gone = gone
        self.pid: int | None = None

    def start(self) -> None:
        """What the last one left must be gone. Raises OSError when there is no such program."""
        setup, user = self._setup, self._setup.user
        for folder in (setup.profile, setup.home, setup.temporary):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if user:
                os.chown(folder, user.uid, user.gid)
        process = subprocess.Popen(
            setup.command(),
            env=setup.environment(),
            cwd=setup.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # it names addresses in what it writes
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=user.groups if user else None,
        )
        self.pid = process.pid
        threading.Thread(target=self._wait, args=(process,), name="browser", daemon=True).start()

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        process.wait()
        self._gone(process.pid)
