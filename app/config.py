"""Settings, read once from the environment. Only roots import this module."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from app.domain.mail import mail_server

_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")


class BadSetting(Exception):
    """A setting cannot be used; the message says which, and what would be right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Defaults are right for one machine serving one municipality."""

    data_dir: Path
    database_url: str
    """SQLAlchemy's form, e.g. postgresql+psycopg://user@host/name; by default SQLite in data_dir."""
    base_url: str
    """How browsers reach us, without a slash at the end. https: cookies are sent over TLS only."""
    host: str
    port: int
    secret_keys: tuple[str, ...]
    """Sign sessions and forms. The first signs; all are accepted."""
    data_keys: tuple[str, ...]
    """Fernet keys that encrypt personal data at rest. The first encrypts; all decrypt."""
    speech_socket: Path
    speech_threads: int
    speech_processes: int
    """How many speech processes `run` starts on this machine; 0 where other machines do the work."""
    speech_redis: str
    """redis://… where speech processes of other machines announce themselves; empty: there are none."""
    speech_key: str
    """Fernet key that seals what goes to other machines; the same on all of them."""
    silence_ms: int
    """This much silence ends an utterance."""
    allow_fixtures: bool
    """Translation models that only serve tests are used too, marked as such; never on a real desk."""
    ready_within_s: int
    """A start that is not ready by then is given up, with a sentence that says what to look at."""
    seats: int
    """People who may be in talks at the same moment; bounds threads and sockets."""
    stun_urls: tuple[str, ...]
    turn_urls: tuple[str, ...]
    turn_secret: str
    """Shared with coturn (static-auth-secret); browsers only see credentials made from it."""
    trusted_proxies: int
    """How many reverse proxies stand before us and set X-Forwarded-*."""
    limits: bool
    """Rate limits; off only where a benchmark measures what lies behind them."""
    limits_storage: str
    """Where they are counted: memory://, or redis://… for several processes."""
    terminal_face: str
    """Where each terminal's own pages are, seen from its browser; without a slash at the end."""
    mail_url: str = ""
    """smtp://user:password@host:587 (STARTTLS) or smtps://…; empty: no mail is sent."""
    mail_from: str = ""
    alarm_mail: str = ""
    """The managers' address, for terminals that fall silent; empty: the fleet page alone tells."""

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"

    @property
    def speech_sockets(self) -> tuple[Path, ...]:
        """Of each speech process on this machine."""
        first = self.speech_socket
        others = (
            first.with_name(f"{first.stem}-{n}{first.suffix}") for n in range(2, self.speech_processes + 1)
        )
        return (first, *others)[: self.speech_processes]

    @property
    def echo_socket(self) -> Path:
        """Of the process that sends a terminal's self-test back."""
        return self.speech_socket.with_name(f"{self.speech_socket.stem}-echo{self.speech_socket.suffix}")

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def threads(self) -> int:
        """Each seat may hold two sockets (signalling, sound) besides the threads that serve pages."""
        return 2 * self.seats + 32

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Raises BadSetting. Creates data_dir and the keys in it at the first start."""
        data_dir = Path(env.get("DATA_DIR", "var")).expanduser().absolute()
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            (data_dir / "run").mkdir(mode=0o700, exist_ok=True)
        except OSError as problem:
            raise BadSetting(
                f"DATA_DIR is {str(data_dir)!r}; we cannot make that folder: {problem.strerror}."
            ) from problem
        host = env.get("HOST", "127.0.0.1")
        port = _number(env, "PORT", 8000, 1, 65535)
        return cls(
            data_dir=data_dir,
            database_url=env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'wijkbalie.sqlite'}",
            base_url=_address(env, "BASE_URL", f"http://{host}:{port}"),
            host=host,
            port=port,
            secret_keys=_words(env, "SECRET_KEYS")
            or (_kept(data_dir / "secret", secrets.token_urlsafe(48)),),
            data_keys=_words(env, "DATA_KEYS")
            or (_kept(data_dir / "data.key", Fernet.generate_key().decode("ascii")),),
            speech_socket=Path(env.get("SPEECH_SOCKET") or socket_path(data_dir, "speech")),
            speech_threads=_number(env, "SPEECH_THREADS", min(4, os.cpu_count() or 1), 1, 64),
            speech_processes=_number(env, "SPEECH_PROCESSES", 1, 0, 64),
            speech_redis=env.get("SPEECH_REDIS", ""),
            speech_key=_speech_key(env),
            silence_ms=_number(env, "SILENCE_MS", 500, 200, 3000),
            allow_fixtures=env.get("ALLOW_FIXTURES", "0") == "1",
            ready_within_s=_number(env, "READY_WITHIN_S", 120, 10, 7200),
            seats=_number(env, "SEATS", 300, 4, 20_000),
            stun_urls=_words(env, "STUN_URLS"),
            turn_urls=_words(env, "TURN_URLS"),
            turn_secret=env.get("TURN_SECRET", ""),
            trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 0, 5),
            limits=env.get("LIMITS", "on") != "off",
            limits_storage=env.get("LIMITS_STORAGE", "memory://"),
            terminal_face=_address(env, "TERMINAL_FACE", "http://127.0.0.1:8180"),
            **_mail(env),
        )


def _words(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(env.get(name, "").split())


def _address(env: Mapping[str, str], name: str, default: str) -> str:
    text = env.get(name) or default
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadSetting(f"{name} is {text!r}; it must be an address such as https://balie.example.")
    return text.rstrip("/")


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise BadSetting(f"{name} is {text!r}; it must be a number from {low} to {high}.")
    return int(text)


def _mail(env: Mapping[str, str]) -> dict[str, str]:
    """All or nothing: an alarm that cannot be sent is found out at the start, not on the day it is needed."""
    url, sender, alarms = (env.get(name, "").strip() for name in ("MAIL_URL", "MAIL_FROM", "ALARM_MAIL"))
    if alarms and not url:
        raise BadSetting("ALARM_MAIL needs MAIL_URL, the server that sends, such as smtp://mail.example:587.")
    if url:
        try:
            mail_server(url)
        except ValueError as problem:
            raise BadSetting(f"MAIL_URL cannot be used: {problem}.") from problem
    for name, address in (("MAIL_FROM", sender), ("ALARM_MAIL", alarms)):
        if (address or (url and name == "MAIL_FROM")) and not _MAIL_ADDRESS.fullmatch(address):
            raise BadSetting(f"{name} is {address!r}; it must be an address such as balie@gemeente.example.")
    return {"mail_url": url, "mail_from": sender, "alarm_mail": alarms}


def _speech_key(env: Mapping[str, str]) -> str:
    key = env.get("SPEECH_KEY", "")
    if not env.get("SPEECH_REDIS"):
        return key
    try:
        Fernet(key)
    except ValueError as problem:
        raise BadSetting(
            "SPEECH_KEY must be a Fernet key, the same on each machine that shares SPEECH_REDIS."
        ) from problem
    return key


def _kept(path: Path, new: str) -> str:
    """The key in this file, made once. O_EXCL: of two first starts at once only one makes it."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(new)
    except FileExistsError:
        return path.read_text().strip()
    return new


def socket_path(data_dir: Path, name: str) -> str:
    """A Unix socket's path is at most 107 bytes (unix(7)); deep folders get one in the runtime directory."""
    path = data_dir / "run" / f"{name}.sock"
    if len(os.fsencode(path)) <= 100:
        return str(path)
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp"))  # noqa: S108  the socket itself is 0600
    return str(runtime / f"wijkbalie-{data_dir.stat().st_ino}-{name}.sock")
