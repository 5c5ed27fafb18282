"""What goes into the image, looked at without making one."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk_image import disk, slot
from kiosk_image.sources import NoSources, debian_sources

IMAGE = Path(__file__).parents[2] / "kiosk_image"
OVERLAY = IMAGE / "overlay"
UNITS = sorted((OVERLAY / "etc/systemd/system").glob("wijkbalie-*.*"))


def test_only_debians_own_sources_are_taken(tmp_path):
    (tmp_path / "sources.list").write_text(
        "# deb http://old.example/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib # ours\n"
        "deb http://tool.example/apt tool-bookworm main\n"
        "deb-src http://mirror.example/debian bookworm main\n"
    )
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d/debian.sources").write_text(
        "Types: deb\n# a remark: with a colon\nURIs: http://mirror.example/security\n"
        "Suites: bookworm-security trixie-security\nComponents: main\nSigned-By: /keys/debian.gpg\n\n"
        "Types: deb\nURIs: http://off.example\nSuites: bookworm\nComponents: main\nEnabled: no\n"
    )
    assert debian_sources(tmp_path) == [
        "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib",
        "deb [signed-by=/keys/debian.gpg] http://mirror.example/security bookworm-security main",
    ]


def test_another_system_is_told_so(tmp_path):
    (tmp_path / "sources.list").write_text("deb http://x.example/ubuntu noble main\n")
    with pytest.raises(NoSources, match="Debian 12"):
        debian_sources(tmp_path)


def test_no_address_of_packages_is_in_the_project():
    for file in IMAGE.rglob("*"):
        if file.is_file() and file.suffix != ".pyc":
            text = file.read_text("utf-8", "ignore")
            assert not re.search(r"https?://[\w.-]*(debian\.org|pypi|pythonhosted|mirror)", text), file


def test_there_is_no_browser_without_a_packet_filter():
    agent, lockdown = (
        (OVERLAY / f"etc/systemd/system/wijkbalie-{name}.service").read_text()
        for name in ("agent", "lockdown")
    )
    assert "Requires=wijkbalie-lockdown.service" in agent
    assert "Upholds=wijkbalie-agent.service" in lockdown


def test_nft_can_read_the_names_of_protocols():
    """The emulated machine showed it: nft asks /etc/protocols, which Debian's smallest base does not have."""
    packages = re.findall(r"^[\w.+-]+", (IMAGE / "packages.txt").read_text(), flags=re.M)
    assert {"nftables", "netbase"} <= set(packages)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not on this machine")
def test_units_are_what_systemd_takes(tmp_path):
    """Programs of the image are not on this machine, so each command is replaced by one that is."""
    folder = tmp_path / "units"
    folder.mkdir()
    for unit in UNITS:
        if unit.is_file():
            text = re.sub(r"^(Exec\w+=-?)\S+", r"\1/bin/true", unit.read_text(), flags=re.M)
            (folder / unit.name).write_text(re.sub(r"^(User|Group)=.*\n", "", text, flags=re.M))
    command = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(folder.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "wijkbalie" in line]
    assert ours == []
    (folder / "wijkbalie-bad.service").write_text("[Service]\nType=unheard-of\nExecStart=relative\n")
    control = subprocess.run(
        [*command, str(folder / "wijkbalie-bad.service")], capture_output=True, text=True, timeout=60
    )
    assert "wijkbalie-bad" in control.stdout + control.stderr


def test_every_unit_is_enabled_or_started_by_another():
    preset = (OVERLAY / "etc/systemd/system-preset/10-wijkbalie.preset").read_text()
    others = "".join(
        f.read_text() for f in (*UNITS, *(OVERLAY / "etc/udev/rules.d").iterdir()) if f.is_file()
    )
    for unit in UNITS:
        if unit.is_file() and "[Install]" not in unit.read_text():
            assert f"disable {unit.name}" in preset
            assert unit.name in others or unit.with_suffix(".timer").exists(), unit


def test_a_slot_becomes_good_only_after_the_health_check():
    unit = (OVERLAY / "etc/systemd/system/wijkbalie-health.service").read_text()
    assert "Before=boot-complete.target" in unit
    assert "RequiredBy=boot-complete.target" in unit


def test_modules_and_files_that_units_start_are_there():
    for unit in UNITS:
        if not unit.is_file():
            continue
        for module in re.findall(r"python3 -m (app\.kiosk\.device\.[\w.]+)", unit.read_text()):
            assert (IMAGE.parent / (module.replace(".", "/") + ".py")).exists(), f"{unit.name}: {module}"
        for program in re.findall(r"ExecStart=(/usr/lib/wijkbalie/\S+)", unit.read_text()):
            file = OVERLAY / program[1:]
            assert file.exists(), f"{unit.name}: {program}"
            assert file.stat().st_mode & 0o111, f"{file} cannot be run"


def test_a_terminal_keeps_its_log_in_memory_and_has_no_shell():
    assert "Storage=volatile" in (OVERLAY / "etc/systemd/journald.conf.d/10-wijkbalie.conf").read_text()
    assert "rd.shell=0" in slot._COMMAND_LINE
    assert "editor no" in disk._LOADER
    root = (IMAGE / "root.sh").read_text()
    for way_in in (
        "getty@.service",
        "serial-getty@.service",
        "emergency.service",
        "rescue.service",
        "debug-shell",
    ):
        assert way_in in root


needs_sfdisk = pytest.mark.skipif(not shutil.which("sfdisk"), reason="fdisk is not on this machine")


@needs_sfdisk
def test_the_disk_has_two_slots_and_is_the_same_each_time(tmp_path):
    part = tmp_path / "part"
    part.write_bytes(b"root" * 1000)
    pictures = []
    for name in ("one", "two"):
        out = tmp_path / name
        disk.make_disk(out, {"root-a": part})
        with out.open("rb") as handle:
            head = handle.read(disk.MIB)
            handle.seek(disk.offset("root-a"))
            assert handle.read(4) == b"root"
        pictures.append(head)
        assert out.stat().st_blocks * 512 < 8 * disk.MIB
    assert pictures[0] == pictures[1]
    table = subprocess.run(
        ["sfdisk", "-d", str(tmp_path / "one")], capture_output=True, text=True, check=True
    ).stdout
    assert re.findall(r'name="([\w-]+)"', table) == [
        "esp",
        "root-a",
        "verity-a",
        "root-b",
        "verity-b",
        "data",
    ]


@needs_sfdisk
def test_what_does_not_fit_is_refused(tmp_path, monkeypatch):
    big = tmp_path / "big"
    with big.open("wb") as handle:
        handle.truncate(33 * disk.MIB)
    with pytest.raises(SystemExit, match="verity-b"):
        disk.make_disk(tmp_path / "out", {"verity-b": big})


@pytest.mark.skipif(not shutil.which("objcopy"), reason="binutils is not on this machine")
def test_a_boot_file_names_its_own_slot_and_the_hash(tmp_path):
    stub = Path("/bin/true")
    for name in ("kernel", "initrd"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "os-release").write_text("ID=debian\n")
    for which in ("a", "b"):
        out = tmp_path / f"boot_{which}"
        slot.make_boot_file(which, "abc123", tmp_path, tmp_path / "os-release", stub, out)
        section = tmp_path / "section"
        subprocess.run(
            ["objcopy", "-O", "binary", f"--dump-section=.cmdline={section}", str(out), "/dev/null"],
            check=True,
        )
        line = section.read_text()
        assert f"wijkbalie.slot={which}" in line
        assert f"PARTLABEL=root-{which}" in line
        assert "roothash=abc123" in line
        assert "panic-on-corruption" in line
