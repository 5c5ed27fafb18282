"""The disk: loader, slot a, an empty slot b, data. Written as a sparse file, without loop devices.

Sizes are fixed: a release must fit the terminals that stand in libraries already.
"""

import os
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
_NAMES = uuid.UUID("5a1ef2a6-6c67-4f0e-9d2c-0f8f5b8f6f10")
_ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
_LINUX = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
_LOADER = "timeout 0\neditor no\nauto-entries no\nauto-firmware no\nconsole-mode keep\n"


@dataclass(frozen=True, slots=True)
class Partition:
    name: str
    kind: str
    mib: int


LAYOUT = (
    Partition("esp", _ESP, 320),
    Partition("root-a", _LINUX, 2048),
    Partition("verity-a", _LINUX, 32),
    Partition("root-b", _LINUX, 2048),
    Partition("verity-b", _LINUX, 32),
    Partition("data", _LINUX, 256),
)


def make_esp(out: Path, loader: Path, boot_files: dict[str, Path], epoch: int) -> None:
    """boot_files: name in EFI/Linux → file."""
    out.unlink(missing_ok=True)
    with out.open("wb") as handle:
        handle.truncate(LAYOUT[0].mib * MIB)
    _run("mkfs.vfat", "--invariant", "-F", "32", "-n", "LOADER", "-i", "57494a4b", str(out))
    settings = out.with_name("loader.conf")
    settings.write_text(_LOADER, "ascii")
    env = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "MTOOLS_SKIP_CHECK": "1", "TZ": "UTC"}
    folders = [f"::{name}" for name in ("EFI", "EFI/BOOT", "EFI/Linux", "loader")]
    _run("mmd", "-i", str(out), *folders, env=env)
    files = {"EFI/BOOT/BOOTX64.EFI": loader, "loader/loader.conf": settings}
    files |= {f"EFI/Linux/{name}": file for name, file in boot_files.items()}
    for name, file in files.items():
        _run("mcopy", "-i", str(out), str(file), f"::{name}", env=env)


def make_data(out: Path, epoch: int) -> None:
    out.unlink(missing_ok=True)
    with out.open("wb") as handle:
        handle.truncate(_size("data"))
    _run("mkfs.ext4", "-q", "-L", "data", "-m", "0", "-U", str(uuid.uuid5(_NAMES, "data-fs")),
         "-E", f"lazy_itable_init=0,hash_seed={uuid.uuid5(_NAMES, 'seed')}", str(out),
         env={**os.environ, "E2FSPROGS_FAKE_TIME": str(epoch)})  # fmt: skip


def make_disk(out: Path, contents: dict[str, Path]) -> None:
    """contents: partition → file; what has none stays empty."""
    total = (sum(p.mib for p in LAYOUT) + 4) * MIB
    out.unlink(missing_ok=True)
    with out.open("wb") as handle:
        handle.truncate(total)
    script = f"label: gpt\nlabel-id: {uuid.uuid5(_NAMES, 'disk')}\nfirst-lba: 2048\n" + "".join(
        f"start={offset(p.name) // 512}, size={p.mib * MIB // 512}, type={p.kind}, "
        f"uuid={uuid.uuid5(_NAMES, p.name)}, name={p.name}\n"
        for p in LAYOUT
    )
    subprocess.run(["sfdisk", "-q", str(out)], input=script, text=True, check=True)
    with out.open("r+b") as disk:
        for name, file in contents.items():
            if file.stat().st_size > _size(name):
                raise SystemExit(f"{file} does not fit in {name} ({_size(name) // MIB} MiB)")
            _copy(file, disk.fileno(), offset(name))


def offset(name: str) -> int:
    """Bytes from the disk's begin."""
    start = 1
    for partition in LAYOUT:
        if partition.name == name:
            return start * MIB
        start += partition.mib
    raise KeyError(name)


def _size(name: str) -> int:
    return next(p.mib for p in LAYOUT if p.name == name) * MIB


def _copy(file: Path, disk: int, at: int) -> None:
    """Leaves holes where the file is zero."""
    with file.open("rb") as source:
        while piece := source.read(MIB):
            if piece.count(0) != len(piece):
                os.pwrite(disk, piece, at)
            at += len(piece)


def _run(*command: str, env: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL)


def main(slot: Path, loader: Path, version: str, work: Path, out: Path, epoch: int) -> None:
    make_esp(work / "esp", loader, {f"wijkbalie_a_{version}+3.efi": slot / "boot_a"}, epoch)
    make_data(work / "data", epoch)
    make_disk(
        out,
        {"esp": work / "esp", "root-a": slot / "root", "verity-a": slot / "verity", "data": work / "data"},
    )


if __name__ == "__main__":
    slot, loader, version, work, out = sys.argv[1:]
    main(Path(slot), Path(loader), version, Path(work), Path(out), int(os.environ["SOURCE_DATE_EPOCH"]))
