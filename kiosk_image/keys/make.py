#!/usr/bin/env python3
"""Writes the hwdb file of a terminal's keyboards from keys.toml: an allowlist, spelt out as what is not on it.

udev puts it into the kernel when a keyboard appears (systemd's hwdb(7), EVIOCSKEYCODE): what is `reserved` there never
reaches the compositor or the browser.
"""

import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WRITTEN = HERE.parent / "overlay" / "usr" / "lib" / "udev" / "hwdb.d" / "90-wijkbalie-keys.hwdb"
HEAD = "# Made by kiosk_image/keys/make.py from keys.toml. Do not change it here.\n"


def codes(ranges: Iterable[str]) -> list[int]:
    found: list[int] = []
    for each in ranges:
        first, _, last = each.partition("-")
        found += range(int(first, 16), int(last or first, 16) + 1)
    return found


def shut_or_changed(part: dict[str, Any], page: int = 0) -> dict[int, str]:
    """Scan code → what it becomes; what is not named stays as it is."""
    becomes = {int(code, 16): key for code, key in part["becomes"].items()}
    allowed = set(codes(part["allowed"])) - becomes.keys()
    shut = {code: "reserved" for code in codes(part["known"]) if code not in allowed}
    return {page + code: key for code, key in sorted({**shut, **becomes}.items())}


def hwdb(keys: dict[str, Any]) -> str:
    usb = shut_or_changed(keys["usb"], 0x70000)
    usb |= {0xC0000 + code: "reserved" for code in codes(keys["usb"]["consumer"])}
    usb |= {0x10000 + code: "reserved" for code in codes(keys["usb"]["system"])}
    return "\n".join(
        [HEAD, "evdev:input:b0003v*", "evdev:input:b0005v*", *_lines(usb), "", "evdev:atkbd:dmi:*",
         *_lines(shut_or_changed(keys["at"])), ""]
    )  # fmt: skip


def _lines(changed: dict[int, str]) -> list[str]:
    return [f" KEYBOARD_KEY_{code:02x}={key}" for code, key in changed.items()]


if __name__ == "__main__":
    WRITTEN.parent.mkdir(parents=True, exist_ok=True)
    WRITTEN.write_text(hwdb(tomllib.loads((HERE / "keys.toml").read_text())))
    sys.stdout.write(f"{WRITTEN}\n")
