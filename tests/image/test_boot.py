"""The terminal's disk in an emulated machine (`make image`, then `make image-test`): it starts to its first page, and a
release that does not start is left again, by itself."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kiosk.device.slots import Slots
from app.kiosk.device.updater import Updater
from kiosk_image import disk as disk_layout
from kiosk_image import slot as slot_maker
from kiosk_image.machine import Machine
from kiosk_image.release import sign
from tests.image.release_server import served

pytestmark = pytest.mark.image

MADE = Path(__file__).parents[2] / "var" / "image"
PLACE = MADE / "test"
PATIENCE_S = float(os.environ.get("BOOT_WITHIN_S", "2400"))
"""Of this machine, which emulates another; a real one starts in seconds."""
BLUE, ORANGE = (0x15, 0x42, 0x73), (0xE1, 0x70, 0x00)


@pytest.fixture(scope="module")
def image() -> Path:
    made = MADE / "wijkbalie-terminal.img"
    if not made.exists():
        pytest.fail("There is no image yet: make image.")
    return made


def reported(machine: Machine) -> dict[str, str]:
    """What the started system tells of itself; each name once, the last one."""
    machine.wait_for(lambda line: "report: end" in line, PATIENCE_S)
    found = (re.search(r"report: (\w+) (.*)", line) for line in machine.lines)
    return {match.group(1): match.group(2) for match in found if match}


def test_it_starts_to_a_painted_page(image):
    with Machine(image, PLACE / "start") as machine:
        report = reported(machine)
        picture = machine.picture(PLACE / "start.png")
    lines = [line for line in machine.lines if "report: " in line]
    (PLACE / "start.txt").write_text("\n".join(lines) + "\n")
    assert report["slot"].startswith("a version 2")
    assert re.fullmatch(r"wijkbalie_a_[\d.]+\.efi", report["loader"]), (
        "the slot was counted down but not made good"
    )
    assert report["root"].startswith("overlay")
    assert not [line for line in lines if "report: failed" in line]
    assert (picture.width, picture.height) == (1280, 720)
    if report["face"] == "stand-in":
        assert picture.share(BLUE) > 0.35
        assert picture.share(ORANGE) > 0.35
        assert picture.at(0.01, 0.9)[2] > 0x60
        assert picture.at(0.99, 0.9)[0] > 0xD0
    else:
        colours = {picture.at(x / 40, y / 40) for x in range(41) for y in range(41)}
        assert len(colours) > 5, "the screen is of one colour: no page"
        assert picture.share((0, 0, 0)) < 0.5, "the screen is black"


@pytest.fixture
def update(tmp_path: Path, image: Path) -> Iterator[object]:
    """Makes a disk on which our own updater has put another release into slot b."""

    def make(extra: str = "", tries: int = 3, damage: bool = False) -> Path:
        release, parts = MADE / "release", next((MADE / "work").glob("parts-*"))
        new = tmp_path / "new"
        new.mkdir()
        for part in ("root", "verity"):
            (new / part).hardlink_to(release / part)
        running = re.search(r'"version": "([\d.]+)"', (release / "release.json").read_text()).group(1)
        os_release = tmp_path / "os-release"
        old = (MADE / "work/root/usr/lib/os-release").read_text()
        os_release.write_text(old.replace(f"IMAGE_VERSION={running}", f"IMAGE_VERSION={running}.1"))
        stub = MADE / "work/root/usr/lib/systemd/boot/efi/linuxx64.efi.stub"
        root_hash = (release / "root_hash").read_text().strip()
        work = tmp_path / "parts"
        shutil.copytree(parts, work)
        for which in ("a", "b"):
            slot_maker.make_boot_file(which, root_hash, work, os_release, stub, new / f"boot_{which}", extra)
        key = Ed25519PrivateKey.generate()
        sign(key, new, f"{running}.1", running)
        loader, partitions = tmp_path / "loader", tmp_path / "partitions"
        loader.mkdir()
        partitions.mkdir()
        (loader / f"wijkbalie_a_{running}.efi").hardlink_to(release / "boot_a")
        for part in disk_layout.LAYOUT:
            if part.name.endswith("-b"):
                with (partitions / part.name).open("wb") as handle:
                    handle.truncate(part.mib * disk_layout.MIB)
        slots = Slots(loader, partitions, "a")
        with served(new) as server:
            address = f"http://127.0.0.1:{server.server_port}/"
            assert Updater(slots, address, [key.public_key()], tmp_path / "state").run() == "installed"
        if damage:
            with (partitions / "root-b").open("r+b") as handle:
                handle.write(b"\xff" * 4096)
        entry = slots.entry("b")
        offered = entry.path.rename(entry.path.with_name(entry.path.name.replace("+3", f"+{tries}")))
        disk_layout.make_esp(
            tmp_path / "esp",
            MADE / "work/root/usr/lib/systemd/boot/efi/systemd-bootx64.efi",
            {file.name: file for file in (loader / f"wijkbalie_a_{running}.efi", offered)},
            0,
        )
        disk_layout.make_data(tmp_path / "data", 0)
        out = tmp_path / "disk"
        disk_layout.make_disk(
            out,
            {
                "esp": tmp_path / "esp",
                "data": tmp_path / "data",
                "root-a": release / "root",
                "verity-a": release / "verity",
            }
            | {name: partitions / name for name in ("root-b", "verity-b")},
        )
        shutil.rmtree(partitions)
        return out

    yield make
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_a_damaged_release_falls_back_by_itself(update):
    """Slot b went bad on the disk after it was written: three tries end in a panic, then a comes up."""
    with Machine(update(damage=True), PLACE / "damaged") as machine:
        report = reported(machine)
        machine.picture(PLACE / "damaged.png")
    assert report["slot"].startswith("a ")
    assert len([line for line in machine.lines if "Kernel panic" in line]) == 3
    assert re.search(r"wijkbalie_b_[\d.]+\+0-3\.efi", report["loader"])
    assert re.search(r"wijkbalie_a_[\d.]+\.efi", report["loader"])


def test_a_release_that_never_paints_falls_back_by_itself(update):
    """Slot b starts, but its face does not: it is not made good, and the machine goes back. One try, to be quicker."""
    extra = "systemd.mask=wijkbalie-server.service systemd.setenv=PAINT_WITHIN_S=30"
    with Machine(update(extra, tries=1), PLACE / "unpainted") as machine:
        report = reported(machine)
    assert any("nothing painted within 30 s" in line for line in machine.lines)
    assert report["slot"].startswith("a ")
    assert re.search(r"wijkbalie_b_[\d.]+\+0-1\.efi", report["loader"])


def test_control_a_good_release_is_kept(update):
    """The same way, but nothing is wrong: b comes up and is made good."""
    with Machine(update(), PLACE / "updated") as machine:
        report = reported(machine)
    assert report["slot"].startswith("b ")
    assert re.search(r"wijkbalie_b_[\d.]+\.efi", report["loader"])
