"""Settings go from the stick to the services, and to nobody once the terminal is enrolled."""

import json
import stat
from pathlib import Path

import pytest

from app.kiosk.device.installing import ANSWER_NAME, Places, hand_out, install, usb_partitions
from app.kiosk.device.site_settings import SiteSettings, Wifi

FILE = 'server = "https://balie.voorbeeld.nl"\nwifi_naam = "Gast \\"} x"\nwifi_wachtwoord = "boek \\"en koffie"\n'


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "kept", tmp_path / "run", tmp_path / "terminal.json")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    stick = tmp_path / "stick"
    stick.mkdir()
    return stick


def test_the_stick_is_taken_kept_and_answered(places, stick):
    (stick / "Wijkbalie.toml.txt").write_text(FILE)
    found = install(places, lambda: iter([stick]))
    assert found is not None
    assert found.server == "https://balie.voorbeeld.nl"
    assert "SERVER_URL=https://balie.voorbeeld.nl\n" in places.environment.read_text()
    assert "overgenomen" in (stick / ANSWER_NAME).read_text()
    assert stat.S_IMODE(places.settings.stat().st_mode) == 0o600
    assert stat.S_IMODE(places.wifi.stat().st_mode) == 0o600
    assert "boek" not in places.environment.read_text()


def test_at_the_next_start_no_stick_is_needed(places, stick):
    (stick / "wijkbalie.toml").write_text(FILE)
    first = install(places, lambda: iter([stick]))
    places.environment.unlink()
    assert install(places, lambda: iter([])) == first
    assert places.environment.exists()


def test_an_enrolled_terminal_looks_at_no_stick(places, stick):
    (stick / "wijkbalie.toml").write_text(FILE)
    install(places, lambda: iter([stick]))
    places.enrolled.write_text("{}")
    (stick / "wijkbalie.toml").write_text('server = "https://kwaad.voorbeeld"\n')

    def nobody():
        raise AssertionError("the stick was looked at")

    assert install(places, nobody).server == "https://balie.voorbeeld.nl"


def test_control_before_enrolment_a_second_stick_corrects_the_first(places, stick):
    (stick / "wijkbalie.toml").write_text(FILE)
    install(places, lambda: iter([stick]))
    (stick / "wijkbalie.toml").write_text('server = "https://beter.voorbeeld"\n')
    assert install(places, lambda: iter([stick])).server == "https://beter.voorbeeld"
    assert not places.wifi.exists()


def test_a_wrong_file_is_answered_and_what_was_kept_stays(places, stick):
    (stick / "wijkbalie.toml").write_text(FILE)
    install(places, lambda: iter([stick]))
    (stick / "wijkbalie.toml").write_text("server = balie\n")
    assert install(places, lambda: iter([stick])).server == "https://balie.voorbeeld.nl"
    assert "Regel 1 klopt niet" in (stick / ANSWER_NAME).read_text()
    assert "Regel 1 klopt niet" in places.problem.read_text()


def test_without_stick_and_settings_the_terminal_starts_all_the_same(places, stick):
    assert install(places, lambda: iter([stick])) is None
    assert not places.environment.exists()


def test_a_link_on_the_stick_is_not_followed(places, stick):
    (stick / "wijkbalie.toml").symlink_to("/etc/hostname")
    assert install(places, lambda: iter([stick])) is None
    assert not (stick / ANSWER_NAME).exists()


def test_no_name_or_password_breaks_out_of_the_wifi_file(places):
    places.run.mkdir()
    hand_out(SiteSettings("https://a.nl", "nl", Wifi('x"\n}', '"}secret#"'), "https://a.nl/u/"), places)
    lines = places.wifi.read_text().splitlines()
    assert "  ssid=78220a7d" in lines
    assert '  psk=""}secret#""' in lines
    assert lines.count("}") == 1


def test_only_usb_disks_are_sticks():
    listing = {
        "blockdevices": [
            {"path": "/dev/vda", "tran": "virtio", "fstype": None, "children": [
                {"path": "/dev/vda1", "fstype": "vfat"}]},
            {"path": "/dev/sda", "tran": "usb", "fstype": None, "children": [
                {"path": "/dev/sda1", "fstype": "vfat"}, {"path": "/dev/sda2", "fstype": "crypto_LUKS"}]},
            {"path": "/dev/sdb", "tran": "usb", "fstype": "exfat"},
            {"path": "/dev/sdc", "tran": "usb", "fstype": None},
        ]
    }  # fmt: skip
    assert usb_partitions(json.dumps(listing)) == [("/dev/sda1", "vfat"), ("/dev/sdb", "exfat")]
