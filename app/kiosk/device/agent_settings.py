"""The agent's settings. Only its root reads them from the environment."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

from app.kiosk.device.agent import Pace
from app.kiosk.device.browser import BrowserSetup, BrowserUser
from app.kiosk.device.wipe import Place


class BadSetting(Exception):
    """A setting cannot be used; the message says which, and what would be right."""


@dataclass(frozen=True, slots=True)
class AgentSettings:
    data_dir: Path
    face_url: str
    server_url: str
    """The municipality's, for the heartbeat."""
    version: str
    socket_path: Path
    allowed_uids: frozenset[int]
    """Who may speak on the socket: we, root and the local server's user. Never the browser's."""
    socket_group: int | None
    browser: BrowserSetup
    place: Place
    pace: Pace
    wake_at: time | None
    """Local time at which a machine that was switched off starts again; None: not by itself."""
    restart_machine: tuple[str, ...]
    switch_off: tuple[str, ...]
    restart_server: tuple[str, ...]
    """Command for a local server that gives no answer; empty where the agent starts the server itself."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "AgentSettings":
        """Raises BadSetting."""
        data_dir = Path(env.get("DATA_DIR", "var")).expanduser().absolute()
        port = env.get("PORT", "8180")
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise BadSetting(f"PORT is {port!r}; it must be a number from 1 to 65535.")
        server = _user(env, "SERVER_USER")
        browser = _browser(env, data_dir, f"http://127.0.0.1:{port}/")
        own = {browser.user.uid} if browser.user else set()
        return cls(
            data_dir=data_dir,
            face_url=browser.face_url,
            server_url=_server(env),
            version=env.get("VERSION", "0"),
            socket_path=Path(env.get("AGENT_SOCKET") or data_dir / "run" / "agent.sock"),
            allowed_uids=frozenset({0, os.getuid(), *({server.uid} if server else ())} - own),
            socket_group=server.gid if server else None,
            browser=browser,
            place=_place(env, browser),
            pace=_pace(env),
            wake_at=_time(env, "WAKE_AT"),
            restart_machine=tuple(env.get("RESTART_MACHINE", "systemctl reboot").split()),
            switch_off=tuple(env.get("SWITCH_OFF", "systemctl poweroff").split()),
            restart_server=tuple(env.get("RESTART_SERVER", "").split()),
        )


def _server(env: Mapping[str, str]) -> str:
    text = env.get("SERVER_URL") or "http://127.0.0.1:8000"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSetting(f"SERVER_URL is {text!r}; it must be an address such as https://balie.example.")
    return text


def _browser(env: Mapping[str, str], data_dir: Path, face_url: str) -> BrowserSetup:
    folder = Path(env.get("KIOSK_DIR") or data_dir / "run" / "kiosk").absolute()
    return BrowserSetup(
        face_url=face_url,
        profile=Path(env.get("PROFILE_DIR") or folder / "profile").absolute(),
        home=folder / "home",
        temporary=folder / "tmp",
        program=env.get("BROWSER", "chromium"),
        compositor=tuple(env.get("COMPOSITOR", "").split()),
        user=_user(env, "KIOSK_USER"),
        mark=str(folder),  # the same after a fall of the agent: it then ends what it started before
        extra=tuple(env.get("BROWSER_SWITCHES", "").split()),
    )


def _place(env: Mapping[str, str], browser: BrowserSetup) -> Place:
    spool = tuple(Path(path) for path in env.get("PRINT_SPOOL", "").split())
    shared = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/run/user")  # noqa: S108  each holds files of many users
    cancel = shutil.which("cancel")
    try:
        return Place(
            emptied=(browser.profile, browser.home, browser.temporary),
            swept=tuple(Path(path) for path in shared) if browser.user else (),
            spools=spool,
            uid=browser.user.uid if browser.user else None,
            mark=browser.mark,
            purge_prints=(cancel, "-a", "-x") if cancel and browser.user else (),
        )
    except ValueError as problem:
        raise BadSetting(f"KIOSK_USER: {problem}.") from problem


def _pace(env: Mapping[str, str]) -> Pace:
    """PACE: a trial or a test may hurry, e.g. "beacon_s=1 start_s=10"."""
    try:
        given = {
            name: float(value) for name, _, value in (w.partition("=") for w in env.get("PACE", "").split())
        }
        if any(value <= 0 for value in given.values()):
            raise ValueError
        counts = {name: int(value) for name, value in given.items() if name in ("missed", "restarts")}
        return replace(Pace(), **{**given, **counts})  # type: ignore[arg-type]
    except (TypeError, ValueError) as problem:
        names = ", ".join(Pace.__dataclass_fields__)
        raise BadSetting(f"PACE is words like start_s=20, with one of: {names}.") from problem


def _user(env: Mapping[str, str], name: str) -> BrowserUser | None:
    """A name, or for tests uid:gid."""
    text = env.get(name, "")
    if not text:
        return None
    uid, _, gid = text.partition(":")
    if uid.isdigit() and gid.isdigit():
        return BrowserUser(int(uid), int(gid))
    try:
        return BrowserUser.named(text)
    except KeyError as problem:
        raise BadSetting(f"{name} is {text!r}; there is no such user.") from problem


def _time(env: Mapping[str, str], name: str) -> time | None:
    text = env.get(name, "")
    try:
        return time.fromisoformat(text) if text else None
    except ValueError as problem:
        raise BadSetting(f"{name} is {text!r}; it must be a time such as 07:30.") from problem
