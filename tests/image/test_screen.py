"""The compositor and the browser of the terminal, on this machine and without a screen: a page gets painted."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.waiting import until

STAND_IN = Path(__file__).parents[2] / "kiosk_image/stand_in/overlay/usr/lib/wijkbalie/stand_in"
SWITCHES = [
    "--kiosk",
    "--no-first-run",
    "--ozone-platform=wayland",
    "--password-store=basic",
    "--disable-gpu",
    "--no-sandbox",
]
USER = 65534 if os.getuid() == 0 else None
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("cage"), reason="cage is not on this machine"),
]


@pytest.fixture
def face() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(STAND_IN / "face.py")], env={**os.environ, "PORT": str(port)}
    )
    yield f"http://127.0.0.1:{port}/"
    process.terminate()
    process.wait(10)


@pytest.fixture
def home() -> Iterator[Path]:
    """Of the browser's user: cage does not start as root."""
    home = Path(tempfile.mkdtemp(prefix="screen-"))
    if USER:
        os.chown(home, USER, USER)
    yield home
    shutil.rmtree(home, ignore_errors=True)


def painted(face: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"{face}stand", timeout=2) as answer:
        return bool(json.load(answer)["painted"])
    return False


def test_cage_and_chromium_paint_the_page(face, home, tmp_path):
    """requestAnimationFrame runs only where somebody draws, so the page's own word is worth something."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "WLR_BACKENDS": "headless",
        "WLR_LIBINPUT_NO_DEVICES": "1",
        "WLR_RENDERER": "pixman",
    }
    command = ["cage", "--", "chromium", *SWITCHES, f"--user-data-dir={home / 'profile'}", face]
    with (tmp_path / "cage.log").open("w") as log:
        cage = subprocess.Popen(
            command, env=env, cwd=home, stdout=log, stderr=log, start_new_session=True, user=USER, group=USER
        )
    try:
        assert not painted(face)
        until(lambda: painted(face), "the page did not paint")
        assert cage.poll() is None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(cage.pid, signal.SIGTERM)
        cage.wait(20)
