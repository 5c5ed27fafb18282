"""The terminal's disk in an emulated machine makes a call: settings from a stick, enrolled, its morning self-test.

Real parts: the disk with the real face, its packet filter and policies, the municipality with its echo behind coturn.
The emulated machine has no camera, so Chromium shows its own test picture; and nobody knows the test's certificate:
three things are told on the kernel's command line, the disk's programs are as built.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from sqlalchemy import select

from app.domain.terminals import DAYS, Terminal, TerminalProfile
from app.storage.database import Database
from app.storage.tables import TerminalEnrolmentRow
from app.storage.terminals import StoredTerminals
from kiosk_image import disk as disk_layout
from kiosk_image import slot as slot_maker
from kiosk_image.machine import Machine
from tests.image import networks
from tests.image.test_boot import MADE, PATIENCE_S, PLACE
from tests.image.town import SERVER, Town, a_town
from tests.waiting import until

pytestmark = [pytest.mark.image, pytest.mark.timeout(6000)]
SWITCHES = "--use-fake-device-for-media-stream --ignore-certificate-errors"
ALL_DAY = dict.fromkeys(DAYS, "00:00-23:59")


@pytest.fixture
def town(tmp_path: Path, models_dir: Path) -> Iterator[Town]:
    place = tmp_path / "town"
    place.mkdir()
    with a_town(place, models_dir) as town:
        yield town


@pytest.fixture
def disk(tmp_path: Path, town: Town) -> Iterator[Path]:
    """The built root; another command line, and the certificate on the data partition."""
    release = MADE / "release"
    if not release.is_dir():
        pytest.fail("There is no image yet: make image.")
    version = re.search(r'"version": "([\d.]+)"', (release / "release.json").read_text())
    assert version
    systemd_boot = MADE / "work/root/usr/lib/systemd/boot/efi"
    parts = tmp_path / "parts"
    shutil.copytree(next((MADE / "work").glob("parts-*")), parts)
    told = f'"systemd.setenv=BROWSER_SWITCHES={SWITCHES}" systemd.setenv=SSL_CERT_FILE=/data/town.pem'
    slot_maker.make_boot_file(
        "a", (release / "root_hash").read_text().strip(), parts, MADE / "work/root/usr/lib/os-release",
        systemd_boot / "linuxx64.efi.stub", tmp_path / "boot_a", told,
    )  # fmt: skip
    disk_layout.make_esp(
        tmp_path / "esp",
        systemd_boot / "systemd-bootx64.efi",
        {f"wijkbalie_a_{version.group(1)}.efi": tmp_path / "boot_a"},
        0,
    )
    disk_layout.make_data(tmp_path / "data", 0)
    certificate = tmp_path / "town.pem"
    found = load_pem_x509_certificate(town.certificate.read_bytes())
    certificate.write_bytes(found.public_bytes(Encoding.PEM))
    subprocess.run(
        ["debugfs", "-w", "-R", f"write {certificate} town.pem", str(tmp_path / "data")],
        check=True,
        capture_output=True,
    )
    parted = {"root-a": release / "root", "verity-a": release / "verity"}
    parted |= {name: tmp_path / name for name in ("esp", "data")}
    disk_layout.make_disk(tmp_path / "disk", parted)
    yield tmp_path / "disk"
    for made in (tmp_path / "disk", *parted.values()):
        if made.parent == tmp_path:
            made.unlink()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """As a host makes it on another computer."""
    stick, settings = tmp_path / "stick", tmp_path / "wijkbalie.toml"
    settings.write_text(f'server = "{SERVER}"\ntaal = "nl"\n')
    with stick.open("wb") as handle:
        handle.truncate(16 * 2**20)
    subprocess.run(["mkfs.vfat", "-n", "STICK", str(stick)], check=True, capture_output=True)
    subprocess.run(["mcopy", "-i", str(stick), str(settings), "::wijkbalie.toml"], check=True)
    return stick


def waiting_key(database: Database) -> bytes | None:
    with database.reading() as session:
        return session.scalar(select(TerminalEnrolmentRow.public_key))


def enrolled(database: Database) -> Terminal:
    """As the employee does who types the code on the screen; a new one, because only its hash is kept here."""
    terminals = StoredTerminals(database)
    until(lambda: waiting_key(database), "the terminal did not ask for a code", PATIENCE_S, 2)
    key = waiting_key(database)
    assert key
    now = datetime.now(UTC)
    profile = TerminalProfile("Bibliotheek", ALL_DAY, None, ("nl",), printer=False)
    return terminals.confirm_enrolment(terminals.begin_enrolment(key, now), profile, 1, now)


def test_it_starts_a_call(town: Town, disk: Path, stick: Path) -> None:
    plugged = f"if=none,id=stick,format=raw,file={stick}"
    with ExitStack() as stack:
        # QEMU's own network ends in the terminal's cable: there is nothing but the municipality to be reached.
        with networks.inside(town.networks.terminal):
            machine = stack.enter_context(
                Machine(
                    disk,
                    PLACE / "call",
                    memory_mib=3072,
                    extra=("-drive", plugged, "-device", "usb-storage,drive=stick,removable=on"),
                    network="user,model=virtio-net-pci",
                )
            )
        database = stack.enter_context(town.database())
        terminal = enrolled(database)
        terminals = StoredTerminals(database)
        machine.picture(PLACE / "enrolled.png")
        until(lambda: terminals.terminal(terminal.id).self_test, "no self-test came in", PATIENCE_S, 2)
        machine.picture(PLACE / "call.png")
        test = terminals.terminal(terminal.id).self_test
    assert test
    (PLACE / "call.txt").write_text(f"{test}\n")
    assert (test.failed, test.picture, test.sound) == ("", True, True)
    answer = subprocess.run(
        ["mtype", "-i", str(stick), "::wijkbalie-melding.txt"], check=True, capture_output=True, text=True
    )
    assert "overgenomen" in answer.stdout
