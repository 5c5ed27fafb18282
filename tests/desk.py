"""A whole desk in processes of its own, started as a newcomer starts it."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServedDesk:
    """`wijkbalie run` with its own DATA_DIR. start() returns once it says that it is ready."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.settings = settings
        self.process: subprocess.Popen[str] | None = None
        self.demo: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return str(self.demo["base_url"])

    def log(self) -> str:
        return (self.data_dir / "log.txt").read_text(errors="replace")

    def start(self, within_s: float = 150) -> None:
        with (self.data_dir / "log.txt").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "run"],
                cwd=ROOT,
                env={**os.environ, "DATA_DIR": str(self.data_dir), "PORT": str(self.port), **self.settings},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        deadline = time.monotonic() + within_s
        assert self.process.stdout
        while True:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self.process.stdout], [], [], max(left, 0))
            line = self.process.stdout.readline() if ready else ""
            if line.startswith("Wijkbalie is ready: "):
                break
            if not line:
                self.stop()
                raise AssertionError(f"the desk did not become ready:\n{self.log()[-4000:]}")
        self.demo = json.loads((self.data_dir / "demo.json").read_text())

    def stop(self) -> int:
        """SIGTERM, as a service manager does; its exit status."""
        process, self.process = self.process, None
        if process is None:
            return 0
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        return process.returncode
