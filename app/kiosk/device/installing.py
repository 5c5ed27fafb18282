"""Takes the settings that a host brings on a USB stick, and hands them to the services. Runs as root at each start.

A stick is only looked at until the terminal is enrolled: who walks by later cannot point it at another server. What
went well or wrong is written on the stick, for the host's own computer, and for the face.
"""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.kiosk.device.site_settings import FILE_NAME, MAX_BYTES, SettingsWrong, SiteSettings, read_settings
from app.kiosk.device.written import write_whole

log = logging.getLogger("wijkbalie.installing")

ANSWER_NAME = "wijkbalie-melding.txt"
_FILE_SYSTEMS = ("vfat", "exfat", "ntfs3", "ext4", "iso9660")


@dataclass(frozen=True, slots=True)
class Places:
    """kept: on the data partition. run: gone at each start."""

    kept: Path = Path("/data/settings")
    run: Path = Path("/run/wijkbalie")
    enrolled: Path = Path("/data/terminal/terminal.json")

    @property
    def settings(self) -> Path:
        return self.kept / FILE_NAME

    @property
    def environment(self) -> Path:
        return self.run / "terminal.env"

    @property
    def wifi(self) -> Path:
        return self.run / "wpa_supplicant.conf"

    @property
    def problem(self) -> Path:
        return self.run / "settings-problem.txt"


def install(places: Places, sticks: Callable[[], Iterator[Path]]) -> SiteSettings | None:
    """None: there are no settings yet, or what the stick holds is wrong (places.problem says what)."""
    places.run.mkdir(parents=True, exist_ok=True)
    places.problem.unlink(missing_ok=True)
    if not places.enrolled.exists():
        for stick in sticks():
            if (file := _find(stick)) and (settings := _take(file, stick, places)):
                _keep(file, places)
                hand_out(settings, places)
                return settings
    try:
        settings = read_settings(places.settings.read_bytes())
    except FileNotFoundError:
        return None
    except SettingsWrong as problem:  # an older version kept them, or the disk is failing
        write_whole(places.problem, str(problem), 0o644)
        return None
    hand_out(settings, places)
    return settings


def hand_out(settings: SiteSettings, places: Places) -> None:
    """Writes what systemd's units read."""
    lines = {
        "SERVER_URL": settings.server,
        "UPDATES_URL": settings.updates,
        "TERMINAL_LANGUAGE": settings.language,
    }
    write_whole(places.environment, "".join(f"{name}={value}\n" for name, value in lines.items()), 0o644)
    if settings.wifi is None:
        places.wifi.unlink(missing_ok=True)
        return
    # wpa_supplicant reads a name as hexadecimal where it is not quoted, so no letter in it can end the line.
    network = [f"ssid={settings.wifi.name.encode().hex()}", f"scan_ssid={int(settings.wifi.hidden)}"]
    if settings.wifi.password:
        network += [f'psk="{settings.wifi.password}"', "key_mgmt=WPA-PSK WPA-PSK-SHA256 SAE", "ieee80211w=1"]
    else:
        network.append("key_mgmt=NONE")
    text = "country=NL\nctrl_interface=/run/wpa_supplicant\nnetwork={\n" + "".join(
        f"  {n}\n" for n in network
    )
    write_whole(places.wifi, text + "}\n", 0o600)


def _find(stick: Path) -> Path | None:
    """Windows hides what it knows: the file may be called wijkbalie.toml.txt without its maker seeing so."""
    names = (FILE_NAME, f"{FILE_NAME}.txt", "wijkbalie.txt")
    files = {file.name.lower(): file for file in stick.iterdir() if file.is_file() and not file.is_symlink()}
    return next((files[name] for name in names if name in files), None)


def _take(file: Path, stick: Path, places: Places) -> SiteSettings | None:
    try:
        with file.open("rb") as handle:
            settings = read_settings(handle.read(MAX_BYTES + 1))
    except SettingsWrong as problem:
        text = f"De zuil kan het bestand {file.name} niet gebruiken.\n\n{problem}\n"
        write_whole(places.problem, text, 0o644)
        _answer(stick, text)
        return None
    _answer(
        stick, "De zuil heeft de instellingen overgenomen. U mag de stick eruit halen. Bewaar hem goed.\n"
    )
    return settings


def _answer(stick: Path, text: str) -> None:
    try:
        (stick / ANSWER_NAME).write_text(text.replace("\n", "\r\n"), "utf-8")
    except OSError:
        log.info("the stick cannot be written; its answer stays on the screen")


def _keep(file: Path, places: Places) -> None:
    places.kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(places.settings, file.read_bytes(), 0o600)


def usb_sticks() -> Iterator[Path]:
    """Each partition of each USB disk, mounted while it is looked at: no programs, no devices."""
    for device, kind in usb_partitions(_lsblk()):
        with _mounted(device, kind) as stick:
            if stick:
                yield stick


def usb_partitions(listing: str) -> list[tuple[str, str]]:
    """(device, file system) from the JSON of `lsblk -o PATH,TRAN,FSTYPE`."""
    found = []
    for disk in json.loads(listing)["blockdevices"]:
        if disk.get("tran") == "usb":
            found += [
                (part["path"], part["fstype"])
                for part in (disk, *disk.get("children", ()))
                if part.get("fstype") in (*_FILE_SYSTEMS, "ntfs")
            ]
    return found


def _lsblk() -> str:
    asked = subprocess.run(
        ["lsblk", "-J", "-o", "PATH,TRAN,FSTYPE"], capture_output=True, text=True, check=True
    )
    return asked.stdout


@contextmanager
def _mounted(device: str, kind: str) -> Iterator[Path | None]:
    place = Path("/run/wijkbalie/stick")
    place.mkdir(parents=True, exist_ok=True)
    kind = "ntfs3" if kind == "ntfs" else kind
    for mode in ("rw", "ro"):
        options = f"{mode},nosuid,nodev,noexec,nosymfollow"
        done = subprocess.run(["mount", "-t", kind, "-o", options, device, str(place)], capture_output=True)
        if done.returncode == 0:
            break
    else:
        log.warning("%s cannot be read as %s", device, kind)
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    # The root file system's boot disk may itself be on USB: its partitions hold no settings file.
    found_settings = install(Places(), usb_sticks)
    log.info("settings: %s", found_settings.server if found_settings else "none yet")
    sys.exit(0)
