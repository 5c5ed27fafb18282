"""The two slots of a terminal, as systemd-boot sees them.

Each slot has a partition for the root, one for its verity hashes, and one boot file in the loader's folder:
`wijkbalie_<slot>_<version>[+<tries left>[-<tries done>]].efi`. Without a plus sign the slot is good: it has painted.
With one, each start lowers the number; at 0 the loader puts it behind all others, so the other slot starts.
(systemd, "Automatic Boot Assessment".) There is never a moment at which no good slot is in the folder: what runs is
never touched, and the idle slot's boot file is the first thing to go and the last to come.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from app.kiosk.device.release import ReleaseRefused, Version
from app.kiosk.device.written import sync_folder

SLOTS = ("a", "b")
TRIES = 3
_ENTRY = re.compile(r"wijkbalie_([ab])_([0-9.]+?)(?:\+([0-9]+)(?:-([0-9]+))?)?\.efi")


@dataclass(frozen=True, slots=True)
class Entry:
    """One boot file. tries_left: None once the slot is good."""

    slot: str
    version: Version
    tries_left: int | None
    path: Path

    @property
    def bad(self) -> bool:
        return self.tries_left == 0


@dataclass(frozen=True, slots=True)
class Slots:
    """loader_dir: `EFI/Linux` of the loader's partition. partitions: folder with root-a, verity-a, root-b, verity-b;
    on a terminal /dev/disk/by-partlabel, in tests plain files. running: the slot that this system was started from."""

    loader_dir: Path
    partitions: Path
    running: str

    @property
    def idle(self) -> str:
        return "b" if self.running == "a" else "a"

    def partition(self, part: str, slot: str) -> Path:
        return self.partitions / f"{part}-{slot}"

    def entries(self) -> list[Entry]:
        """Boot files of ours, in the order in which the loader prefers them."""
        found = [entry for file in self.loader_dir.iterdir() if (entry := read_entry(file))]
        return sorted(found, key=lambda e: (not e.bad, e.version), reverse=True)

    def entry(self, slot: str) -> Entry | None:
        return next((e for e in self.entries() if e.slot == slot), None)

    def empty_idle(self) -> None:
        """Takes the idle slot out of the loader's choice, and what an earlier try left behind."""
        for file in self.loader_dir.iterdir():
            entry = read_entry(file)
            if (entry and entry.slot == self.idle) or file.suffix == ".part":
                file.unlink()
        sync_folder(self.loader_dir)

    def offer_idle(self, boot_file: Path, version: Version) -> Path:
        """Puts the idle slot up for `TRIES` starts. boot_file: in loader_dir already, complete and flushed."""
        entry = self.loader_dir / f"wijkbalie_{self.idle}_{version}+{TRIES}.efi"
        boot_file.rename(entry)
        sync_folder(self.loader_dir)
        return entry


def read_entry(file: Path) -> Entry | None:
    match = _ENTRY.fullmatch(file.name)
    if not match:
        return None
    slot, version, left, _done = match.groups()
    try:
        return Entry(slot, Version.parse(version), None if left is None else int(left), file)
    except ReleaseRefused:
        return None
