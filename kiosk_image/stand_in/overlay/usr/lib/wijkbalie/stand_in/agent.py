"""Stands in for the agent where only the image is tried: starts the browser, answers `state`. It watches nothing."""

import grp
import json
import os
import socket
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

FACE = "http://127.0.0.1:8180/"
SWITCHES = [
    "--kiosk",
    "--no-first-run",
    "--noerrdialogs",
    "--disable-infobars",
    "--ozone-platform=wayland",
    "--password-store=basic",
    "--user-data-dir=/run/kiosk-profile",
    "--disable-component-update",
    "--disable-breakpad",
    "--lang=nl",
]


def ask(path: str) -> dict[str, object]:
    try:
        with urllib.request.urlopen(FACE + path, timeout=3) as answer:
            read: dict[str, object] = json.load(answer)
            return read
    except (OSError, ValueError):
        return {}


def serve(path: Path) -> None:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    while True:
        line, _ = listener.accept()
        with line:
            line.recv(4096)
            painted = time.strftime("%FT%TZ", time.gmtime()) if ask("stand").get("painted") else None
            line.sendall(json.dumps({"last_good_paint_at": painted}).encode() + b"\n")


def main() -> None:
    threading.Thread(target=serve, args=(Path(os.environ["AGENT_SOCKET"]),), daemon=True).start()
    while not ask("stand"):
        time.sleep(0.5)
    for folder in ("/run/kiosk", "/run/kiosk-profile"):
        Path(folder).mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, 902, 902)
    wanted = {name: value for name, value in os.environ.items() if name.startswith(("LIBSEAT", "WLR_"))}
    subprocess.run(
        ["cage", "--", "chromium", *SWITCHES, FACE],
        env={
            **wanted,
            "PATH": "/usr/bin:/bin",
            "HOME": "/run/kiosk",
            "XDG_RUNTIME_DIR": "/run/kiosk",
            "LANG": "nl_NL.UTF-8",
        },
        cwd="/run/kiosk",
        user=902,
        group=902,
        extra_groups=[grp.getgrnam(name).gr_gid for name in ("video", "audio", "render", "input")],
        check=False,
    )


main()
