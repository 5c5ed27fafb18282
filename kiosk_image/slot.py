"""A slot: the root as squashfs, its verity hashes, and for each of the two slots the boot file that names the hash.

The boot file is a unified kernel image: systemd's stub with command line, kernel and initrd as sections, so that one
signature covers all that decides what starts (https://uapi-group.org/specifications/specs/unified_kernel_image/).
"""

import hashlib
import os
import subprocess
import sys
import uuid
from pathlib import Path

_COMMAND_LINE = (
    "root=/dev/mapper/root rootfstype=squashfs ro systemd.verity=yes roothash={root_hash}"
    " systemd.verity_root_data=PARTLABEL=root-{slot} systemd.verity_root_hash=PARTLABEL=verity-{slot}"
    # Without these a damaged root hangs for ever, and the loader never gets to count.
    " systemd.verity_root_options=panic-on-corruption panic=10 rd.shell=0 rd.emergency=reboot"
    " systemd.volatile=overlay systemd.gpt_auto=no net.ifnames=0 quiet loglevel=4"
    # The last one is /dev/console: messages go to the serial port, the screen stays black until the face is there.
    " vt.global_cursor_default=0 console=tty0 console=ttyS0,115200 wijkbalie.slot={slot}"
)
_SECTIONS = {".osrel": 0x20000, ".cmdline": 0x30000, ".linux": 0x2000000, ".initrd": 0x4000000}


def make_root(root: Path, out: Path, epoch: int) -> None:
    subprocess.run(
        ["mksquashfs", str(root), str(out), "-comp", "zstd", "-Xcompression-level", os.environ.get("ZSTD", "6"),
         "-noappend", "-no-progress", "-quiet", "-wildcards", "-e", "boot/*", "proc/*", "sys/*", "dev/*", "run/*"],
        check=True, env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
    )  # fmt: skip
    pad(out, 4096)


def make_verity(root: Path, out: Path) -> str:
    """The root hash. Salt and name follow from the root itself, so that the same root gives the same tree."""
    digest = hashlib.sha256()
    with root.open("rb") as handle:
        while piece := handle.read(1 << 20):
            digest.update(piece)
    out.unlink(missing_ok=True)
    told = subprocess.run(
        ["veritysetup", "format", str(root), str(out), f"--salt={digest.hexdigest()}",
         f"--uuid={uuid.uuid5(uuid.NAMESPACE_OID, digest.hexdigest())}"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return next(line.split()[-1] for line in told.splitlines() if line.startswith("Root hash:"))


def make_boot_file(
    slot: str, root_hash: str, parts: Path, os_release: Path, stub: Path, out: Path, extra: str = ""
) -> None:
    """parts holds `kernel` and `initrd`. extra: more of the command line, for tests of bad releases."""
    command_line = parts / f"cmdline-{slot}"
    command_line.write_text(
        _COMMAND_LINE.format(root_hash=root_hash, slot=slot) + (f" {extra}" if extra else ""), "ascii"
    )
    files = {
        ".osrel": os_release,
        ".cmdline": command_line,
        ".linux": parts / "kernel",
        ".initrd": parts / "initrd",
    }
    options = [
        word
        for section, file in files.items()
        for word in (
            f"--add-section={section}={file}",
            f"--change-section-vma={section}={_SECTIONS[section]:#x}",
        )
    ]
    subprocess.run(["objcopy", *options, str(stub), str(out)], check=True)
    _forget_time(out)


def _forget_time(boot_file: Path) -> None:
    """objcopy writes the time of day into the PE header (TimeDateStamp, PE format, COFF file header)."""
    with boot_file.open("r+b") as handle:
        if handle.read(2) != b"MZ":
            return
        handle.seek(0x3C)
        header = int.from_bytes(handle.read(4), "little")
        handle.seek(header + 8)
        handle.write(bytes(4))
        handle.seek(
            header + 24 + 64
        )  # CheckSum of the optional header, which counted the time; firmware ignores it
        handle.write(bytes(4))


def pad(file: Path, block: int) -> None:
    size = file.stat().st_size
    os.truncate(file, -(-size // block) * block)


def main(root: Path, parts: Path, out: Path, epoch: int) -> None:
    out.mkdir(parents=True, exist_ok=True)
    if not (out / "root").exists():
        make_root(root, out / "root.new", epoch)
        (out / "root.new").rename(out / "root")
    root_hash = make_verity(out / "root", out / "verity")
    stub = root / "usr/lib/systemd/boot/efi/linuxx64.efi.stub"
    for slot in ("a", "b"):
        make_boot_file(slot, root_hash, parts, root / "usr/lib/os-release", stub, out / f"boot_{slot}")
    (out / "root_hash").write_text(root_hash + "\n", "ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(os.environ["SOURCE_DATE_EPOCH"]))
