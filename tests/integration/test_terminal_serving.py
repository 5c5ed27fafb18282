"""`wijkbalie terminal` as it is really started: its address, its state, its voice, and how it stops."""

import json
import os
import select
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.desk import ROOT, free_port
from tests.waiting import until

pytestmark = [pytest.mark.media, pytest.mark.timeout(300)]
_STRAIGHT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Served:
    def __init__(self, data_dir: Path) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "terminal"],
            cwd=ROOT,
            env={
                **os.environ,
                "DATA_DIR": str(data_dir),
                "PORT": str(self.port),
                "SERVER_URL": f"http://127.0.0.1:{free_port()}",
            },
            stdout=subprocess.PIPE,
            stderr=(data_dir / "log.txt").open("w"),
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], 120)
        self.said = self.process.stdout.readline() if ready else ""

    def get(self, path: str) -> str:
        with _STRAIGHT.open(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.get("/stand"))
        return state


@pytest.fixture
def served(tmp_path: Path, models_dir: Path) -> Iterator[Served]:
    (tmp_path / "models").symlink_to(models_dir, target_is_directory=True)
    made = Served(tmp_path)
    yield made
    if made.process.poll() is None:
        os.killpg(made.process.pid, signal.SIGKILL)
    made.process.communicate()


def test_it_says_where_it_is_works_without_a_line_and_stops_cleanly(served: Served, tmp_path: Path) -> None:
    assert served.said == f"The terminal is ready: http://127.0.0.1:{served.port}\n", (
        tmp_path / "log.txt"
    ).read_text()
    until(lambda: not served.state()["enrolled"], "nobody looked at the line")
    assert served.state()["line"] is False
    assert "Er is geen verbinding." in served.get("/"), "no server answers, so there is no code yet"
    until(lambda: served.state()["speech"], "no voice")
    family = [
        psutil.Process(served.process.pid),
        *psutil.Process(served.process.pid).children(recursive=True),
    ]
    listening = {
        each.laddr.ip
        for one in family
        for each in one.net_connections("inet")
        if each.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}
    assert len(family) >= 3, "web and speech are processes of their own"
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(30) == 0
    gone, left = psutil.wait_procs(family[1:], timeout=10)
    assert not left, "a process stayed behind"
    assert gone
