"""Settings of a terminal, read once from the environment. Only roots import this module."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from app.config import BadSetting, Settings, socket_path

__all__ = ["BadSetting", "TerminalSettings"]

_LOOPBACK = ip_network("127.0.0.0/8")


@dataclass(frozen=True, slots=True)
class TerminalSettings:
    """Defaults serve a terminal on the machine of a developer, beside the desk of `wijkbalie run`."""

    data_dir: Path
    """Device key, kept information and outbox. Never anything of the browser."""
    host: str
    """Always loopback: nobody else may see what somebody types here."""
    port: int
    server_url: str
    """The municipality's address, without a slash at the end."""
    agent_socket: Path
    with_agent: bool
    """False on a prepared tablet: there is no agent, and no wipe but the browser's own."""
    idle_s: int
    """After so long without a touch the terminal asks whether anybody is there."""
    idle_count_s: int
    """And so long it waits for the answer."""
    desk: Settings
    """What a terminal shares with the desk: speech, keys, limits."""

    @property
    def own_url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "TerminalSettings":
        """Raises BadSetting. Creates data_dir and the keys in it at the first start."""
        host = _loopback(env.get("HOST") or "127.0.0.1")
        port = env.get("PORT") or "8180"
        data_dir = Path(env.get("DATA_DIR") or "var").expanduser().absolute()
        data_dir.mkdir(parents=True, exist_ok=True)
        desk = Settings.from_env(
            {
                **env,
                "DATA_DIR": str(data_dir),
                "HOST": host,
                "PORT": port,
                "BASE_URL": f"http://{host}:{port}",
                # A desk on the same machine has a speech process of its own.
                "SPEECH_SOCKET": env.get("TERMINAL_SPEECH_SOCKET")
                or socket_path(data_dir, "terminal-speech"),
                "SPEECH_REDIS": "",
                "SPEECH_PROCESSES": "1",
                "TRUSTED_PROXIES": "0",
            }
        )
        return cls(
            data_dir=data_dir,
            host=host,
            port=desk.port,
            server_url=_origin(env.get("SERVER_URL") or "http://127.0.0.1:8000"),
            agent_socket=Path(env.get("AGENT_SOCKET") or data_dir / "run" / "agent.sock"),
            with_agent=env.get("WITH_AGENT", "1") != "0",
            idle_s=_seconds(env, "IDLE_S", 90),
            idle_count_s=_seconds(env, "IDLE_COUNT_S", 30),
            desk=desk,
        )


def _loopback(host: str) -> str:
    try:
        if ip_address(host) in _LOOPBACK:
            return host
    except ValueError:
        pass
    raise BadSetting(f"HOST is {host!r}; a terminal serves its own screen only, so it must be 127.0.0.1.")


def _origin(text: str) -> str:
    """An origin and no more: it goes into the content policy of every page."""
    parts = urlsplit(text.rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or set(text) & set(" ;,'\"*"):
        raise BadSetting(f"SERVER_URL is {text!r}; it must be an address such as https://balie.example.")
    if parts.path or parts.query or parts.fragment or parts.username:
        raise BadSetting(f"SERVER_URL is {text!r}; give only the origin, such as https://balie.example.")
    return text.rstrip("/")


def _seconds(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 5 <= int(text) <= 3600:
        raise BadSetting(f"{name} is {text!r}; it must be a number of seconds from 5 to 3600.")
    return int(text)
