"""What the speech process and a child with an engine have in common: how it is started, and how it begins."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "ESPEAK_DATA_PATH")
"""A child needs no secret that stands in our environment."""


def start(module: str, arguments: list[str], **pipes: Any) -> subprocess.Popen[bytes]:
    """Runs `module` of this project; its complaints go nowhere, they could quote a text. Raises OSError."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        **pipes,
    )


def begin() -> None:
    """In the child, before anything else."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash must not write words to a disk
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its child


def write_all(descriptor: int, frame: bytes) -> None:
    unsent = memoryview(frame)
    while unsent:
        unsent = unsent[os.write(descriptor, unsent) :]
