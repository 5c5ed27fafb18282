"""The echo as the desk starts it, for tests that need nothing else of the desk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.config import Settings
from app.conversations.echo import EchoClient
from app.serving import start_echo
from app.speech.supervisor import SpeechSupervisor
from tests.waiting import until


@contextmanager
def running_echo(data_dir: Path, **settings: str) -> Iterator[tuple[EchoClient, SpeechSupervisor]]:
    """Watched; answers from the beginning. settings: such as TURN_URLS."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)  # the processes read what their starter has
    try:
        mine = Settings.from_env({"DATA_DIR": str(data_dir), **settings})
        supervisor = start_echo(mine)
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    client = EchoClient(mine.echo_socket)
    try:
        until(lambda: client.describe()["state"] == "ready", "the echo answers")
        yield client, supervisor
    finally:
        supervisor.stop()
