"""A power cut loses what the kernel had not yet brought to the disk: the disk is rebuilt from what was synced alone."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.kiosk.device.outbox import Outbox
from app.kiosk.device.store import Store
from app.kiosk.sealing import seal

_CALL = re.compile(
    r"(?P<call>pwrite64|fdatasync|fsync|ftruncate|write|unlink)"
    r'\((?:\d+<(?P<file>[^>]*)>|"(?P<name>[^"]*)")(?:, "(?P<data>[^"]*)")?'
    r"(?:, (?P<first>\d+))?(?:, (?P<second>\d+))?\) += \d+"
)


def disk_when_told(trace: str, folder: str) -> dict[str, bytes]:
    """Each file's content as far as it had been synced when the process said that the request is kept."""
    written: dict[str, bytearray] = {}
    removed: set[str] = set()
    synced: dict[str, bytes] = {}
    for call in _CALL.finditer(trace):
        file = call["file"] or ""
        data = bytes.fromhex((call["data"] or "").replace("\\x", ""))
        content = written.setdefault(file, bytearray())
        match call["call"]:
            case "write" if data == b"kept\n":
                return {name: content for name, content in synced.items() if content}
            case "pwrite64":
                at = int(call["second"])
                content.extend(bytes(max(0, at + len(data) - len(content))))
                content[at : at + len(data)] = data
            case "ftruncate":
                del content[int(call["first"]) :]
            case "fsync" | "fdatasync" if file == folder:
                # A file that was removed is gone for good when its folder is on the disk.
                for gone in removed:
                    synced.pop(gone, None)
            case "fsync" | "fdatasync":
                synced[file] = bytes(content)
            case "unlink":
                removed.add(_plain(call["name"]))
    raise AssertionError("it never said that the request is kept")


def kept_after_lost_power(place: Path, synchronous: str) -> int:
    data = place / "data"
    trace = place / "trace"
    subprocess.run(
        ["strace", "-f", "-y", "-xx", "-s", "1000000", "-e", "trace=pwrite64,fdatasync,fsync,ftruncate,unlink,write",
         "-o", trace, sys.executable, "-m", "tests.terminal.keep_one", data, synchronous],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    text = re.sub(r"<((?:\\x[0-9a-f]{2})+)>", lambda path: f"<{_plain(path[1])}>", trace.read_text())
    rebuilt = place / "rebuilt"
    rebuilt.mkdir()
    for file, content in disk_when_told(text, str(data)).items():
        if file.startswith(str(data)):
            (rebuilt / Path(file).name).write_bytes(content)
    assert (rebuilt / "terminal.sqlite-wal").stat().st_size > 0
    store = Store(rebuilt)
    try:
        return Outbox(store, seal).left()
    finally:
        store.close()


def _plain(path: str) -> str:
    return bytes.fromhex(path.replace("\\x", "")).decode()


@pytest.fixture(autouse=True)
def needs_strace(tmp_path: Path) -> None:
    if not shutil.which("strace"):
        pytest.skip("strace is not installed: apt-get install strace")
    tried = subprocess.run(["strace", "-o", tmp_path / "try", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("this machine lets no process be traced (ptrace)")


def test_what_was_said_to_be_kept_is_on_the_disk(tmp_path: Path) -> None:
    assert kept_after_lost_power(tmp_path, "FULL") == 1


def test_control_a_store_that_does_not_wait_for_the_disk_loses_it(tmp_path: Path) -> None:
    assert kept_after_lost_power(tmp_path, "NORMAL") == 0
