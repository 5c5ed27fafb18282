"""Starting and stopping the desk's processes: speech and the echo, watched, and the web server."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

from app.config import Settings
from app.speech.supervisor import SpeechSupervisor

_STRAIGHT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""A proxy that the environment names does not know this machine's own addresses."""


class NotServing(Exception):
    """The desk did not come up; the message says why and what to do."""


def require_free_port(settings: Settings) -> None:
    """Raises NotServing. Asked before anything is changed: a start that fails must not replace the demo's links."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn binds
            probe.bind((settings.host, settings.port))
    except OSError as problem:
        raise NotServing(
            f"Port {settings.port} of {settings.host} cannot be used: {problem.strerror or problem}. "
            "Stop what uses it, or choose another with PORT."
        ) from problem


def environment(settings: Settings) -> dict[str, str]:
    """What the processes read: the same settings, each path whole, whatever folder they start in."""
    return {
        **os.environ,
        "DATA_DIR": str(settings.data_dir),
        "PORT": str(settings.port),
        "HOST": settings.host,
        "BASE_URL": settings.base_url,
        "SPEECH_SOCKET": str(settings.speech_socket),
    }


def serve(
    settings: Settings,
    announce: Any,
    application: str = "app.main:create_app()",
    config: str = "app.gunicorn_conf",
    *,
    with_echo: bool = True,
) -> int:
    """Serves until SIGTERM or SIGINT. announce: called once, when /readyz is green. Returns the exit status.

    application: what gunicorn loads, with its config. with_echo: terminals test themselves against this server.
    """
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    env = environment(settings)
    watched = start_speech(settings)
    if with_echo:
        watched.append(start_echo(settings))
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", f"python:{config}", application],
        env=env,
        start_new_session=True,  # Ctrl-C reaches us alone; we stop the parts in order
    )
    try:
        announced = False
        deadline = time.monotonic() + settings.ready_within_s
        while not stopping:
            if web.poll() is not None:
                raise NotServing(
                    f"The web server stopped (status {web.returncode}). Is port {settings.port} free?"
                )
            if not announced and _ready(settings):
                announced = True
                announce()
            if not announced and time.monotonic() > deadline:
                raise NotServing(
                    f"Not ready within {settings.ready_within_s} s: {settings.base_url}/readyz says which part."
                )
            # Signals interrupt nothing here but the loop's condition; half a second is soon enough to stop.
            time.sleep(0.2 if not announced else 0.5)
    finally:
        if web.poll() is None:
            web.send_signal(signal.SIGTERM)
            try:
                web.wait(10)
            except subprocess.TimeoutExpired:
                web.kill()
                web.wait()
        stop_watched(watched)
    return 0


def serve_terminal(settings: Settings, announce: Any) -> int:
    """As serve(), for a terminal's own screen. settings: what a terminal shares with a desk."""
    application, config = "app.terminal:create_terminal_app()", "app.terminal_gunicorn_conf"
    return serve(settings, announce, application, config, with_echo=False)


def start_speech(settings: Settings, *arguments: str) -> list[SpeechSupervisor]:
    """One watched process for each socket. arguments: for `python -m app.speech`."""
    started = []
    for path in settings.speech_sockets:
        supervisor = SpeechSupervisor({**environment(settings), "SPEECH_SOCKET": str(path)}, arguments)
        supervisor.start()
        started.append(supervisor)
    return started


def start_echo(settings: Settings) -> SpeechSupervisor:
    """For the self-tests of terminals."""
    command = (sys.executable, "-m", "app.conversations.echo", "--until-stdin-closes")
    supervisor = SpeechSupervisor(environment(settings), command=command, name="echo")
    supervisor.start()
    return supervisor


def stop_watched(started: list[SpeechSupervisor]) -> None:
    """All at once: each may take seconds."""
    threads = [threading.Thread(target=supervisor.stop) for supervisor in started]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def serve_speech(settings: Settings) -> int:
    """Speech alone, for web servers on other machines, until SIGTERM or SIGINT. Returns the exit status."""
    if not settings.speech_redis:
        raise NotServing(
            "Set SPEECH_REDIS (and SPEECH_KEY): without it nobody can find this machine's speech."
        )
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    started = start_speech(settings, "--announce")
    stopping.wait()
    stop_watched(started)
    return 0


def _ready(settings: Settings) -> bool:
    # An address that means "every interface" is not one to call.
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    try:
        with _STRAIGHT.open(f"http://{host}:{settings.port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def write_demo(path: Path, demo: dict[str, Any]) -> None:
    """For people who try it and for tests; only its owner may read it, since it holds passwords and links."""
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(demo, file, indent=2, ensure_ascii=False)
        file.write("\n")
    temporary.replace(path)
