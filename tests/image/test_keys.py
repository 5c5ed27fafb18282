"""The keys of a terminal: what udev makes of our list, and that every way out of the browser needs a key that is dead.

What cannot be seen here: that the kernel applies it. That needs a keyboard (docs/change/terminal-lockdown.md).
"""

import os
import runpy
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.image.policed import require_namespaces

KEYS = Path(__file__).parents[2] / "kiosk_image" / "keys"
MAKE = runpy.run_path(str(KEYS / "make.py"))
USB = "evdev:input:b0003v046DpC31Ce0110-e0,1,4,11,14,k71,72,73"
BLUETOOTH = "evdev:input:b0005v046DpB33Be0110-e0,1,4"
BUILT_IN = "evdev:atkbd:dmi:bvnMaker:bvr1:bd01/01/2026:svnMaker:pnLaptop:"

TYPING = {
    **{chr(ord("a") + n): 0x70004 + n for n in range(26)},
    **{digit: 0x7001E + n for n, digit in enumerate("1234567890")},
    "Enter": 0x70028, "Backspace": 0x7002A, "Tab": 0x7002B, "Space": 0x7002C, "-": 0x7002D, "=": 0x7002E,
    "[": 0x7002F, "]": 0x70030, "\\": 0x70031, ";": 0x70033, "'": 0x70034, "`": 0x70035, ",": 0x70036, ".": 0x70037,
    "/": 0x70038, "Left Shift": 0x700E1, "Right Shift": 0x700E5, "Right": 0x7004F, "Left": 0x70050, "Down": 0x70051,
    "Up": 0x70052, "Delete": 0x7004C, "Home": 0x7004A, "End": 0x7004D, "Page Up": 0x7004B, "Page Down": 0x7004E,
}  # fmt: skip
"""What people write with, by usage of HID page 7."""

DEAD = {
    **{f"F{n}": 0x70039 + n for n in range(1, 13)}, **{f"F{n}": 0x7005B + n for n in range(13, 25)},
    "Left Ctrl": 0x700E0, "Left Alt": 0x700E2, "Left Meta": 0x700E3, "Right Ctrl": 0x700E4, "Right Alt": 0x700E6,
    "Right Meta": 0x700E7, "SysRq": 0x70046, "Menu": 0x70065, "Power": 0x70066, "Caps Lock": 0x70039,
    "Help": 0x70075, "Browser home": 0xC0223, "Browser back": 0xC0224, "Browser search": 0xC0221,
    "Browser refresh": 0xC0227, "Calculator": 0xC0192, "Files": 0xC0194, "Mail": 0xC018A, "Favourites": 0xC022A,
    "Sleep": 0x10082, "System power": 0x10081,
}  # fmt: skip

TYPING_BUILT_IN = {"a": 0x1E, "z": 0x2C, "p": 0x19, "1": 0x02, "0": 0x0B, "Enter": 0x1C, "Backspace": 0x0E, "Tab": 0x0F,
                   "Space": 0x39, "Left Shift": 0x2A, "Right Shift": 0x36, "Up": 0xC8, "Left": 0xCB}  # fmt: skip
DEAD_BUILT_IN = {"F1": 0x3B, "F4": 0x3E, "F12": 0x58, "Left Ctrl": 0x1D, "Right Ctrl": 0x9D, "Left Alt": 0x38,
                 "Right Alt": 0xB8, "Left Meta": 0xDB, "SysRq": 0xB7, "Alt SysRq": 0x54, "Menu": 0xDD, "Power": 0xDE,
                 "Sleep": 0xDF, "Browser back": 0xEA}  # fmt: skip


def asked(folder: Path, hwdb: str, *devices: str) -> list[dict[int, str]]:
    """What the real udev answers for each device, with this list among all of Debian's own."""
    require_namespaces("-m")
    if shutil.which("systemd-hwdb") is None:
        pytest.skip("systemd-hwdb (udev) is not installed")
    (folder / "90-test.hwdb").write_text(hwdb)
    script = (
        "mount -t tmpfs none /etc/udev && mkdir /etc/udev/hwdb.d && cp $0 /etc/udev/hwdb.d/ && systemd-hwdb update;"
        ' for each; do systemd-hwdb query "$each"; echo; done'
    )
    answer = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, str(folder / "90-test.hwdb"), *devices],
        capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    found = []
    for part in answer.stdout.split("\n\n")[: len(devices)]:
        lines = [line.split("=", 1) for line in part.splitlines() if line.startswith("KEYBOARD_KEY_")]
        found.append({int(name.removeprefix("KEYBOARD_KEY_"), 16): key for name, key in lines})
    return found


def wrong(changed: dict[int, str], typing: dict[str, int], dead: dict[str, int]) -> list[str]:
    """Names of keys that should type and do not, or should be dead and are not."""
    silent = [name for name, code in typing.items() if code in changed]
    return silent + [name for name, code in dead.items() if changed.get(code) != "reserved"]


@pytest.fixture(scope="module")
def ours() -> str:
    return str(MAKE["WRITTEN"].read_text())


def test_the_file_is_the_tables(ours: str) -> None:
    assert ours == MAKE["hwdb"](tomllib.loads((KEYS / "keys.toml").read_text())), (
        "run kiosk_image/keys/make.py"
    )


def test_letters_live_and_ways_out_are_dead(ours: str, tmp_path: Path) -> None:
    usb, bluetooth, built_in = asked(tmp_path, ours, USB, BLUETOOTH, BUILT_IN)
    assert wrong(usb, TYPING, DEAD) == []
    assert usb == bluetooth
    assert wrong(built_in, TYPING_BUILT_IN, DEAD_BUILT_IN) == []
    assert usb[0x70029] == built_in[0x01] == "f13", "Escape is a key of its own"
    assert [usb[0x70059 + n] for n in range(10)] == list("1234567890"), "the number pad has no Num Lock"


def test_a_list_that_kills_the_keyboard_does_not_pass(ours: str, tmp_path: Path) -> None:
    """The controls: no list at all, and one under which nobody can type."""
    [nothing] = asked(tmp_path, "evdev:nothing:*\n X=1\n", USB)
    assert set(wrong(nothing, TYPING, DEAD)) == set(DEAD)
    killed = ours.replace(
        "evdev:atkbd", " KEYBOARD_KEY_70004=reserved\n KEYBOARD_KEY_700e1=reserved\n\nevdev:atkbd"
    )
    [usb] = asked(tmp_path, killed.replace("\n\n KEYBOARD", "\n KEYBOARD"), USB)
    assert wrong(usb, TYPING, DEAD) == ["a", "Left Shift"]


def test_what_is_not_named_is_dead(ours: str) -> None:
    """An allowlist: every usage of the keyboard page that Linux knows either types or is changed."""
    keys = tomllib.loads((KEYS / "keys.toml").read_text())["usb"]
    changed = MAKE["shut_or_changed"](keys, 0x70000)
    left = {0x70000 + code for code in MAKE["codes"](keys["known"])} - changed.keys()
    unnamed = left - set(TYPING.values())
    pad = {0x70032, 0x70054, 0x70055, 0x70056, 0x70057, 0x70058, 0x70064, 0x70067}
    assert unnamed == pad, [hex(code) for code in unnamed ^ pad]


def test_udevs_message_about_a_keyboard_stays_small(ours: str) -> None:
    """Readers of udev's messages in older systems take 8 KiB; a longer one and the keyboard would not be noticed."""
    usb = ours.partition("evdev:atkbd")[0]
    assert sum(len(line) for line in usb.splitlines() if line.startswith(" ")) < 7168
