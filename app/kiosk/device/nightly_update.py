"""What the update timer starts: look for a release, take it in, and begin it when the library is closed."""

import logging
import os
import subprocess
import sys
from datetime import datetime, time
from pathlib import Path

from app.kiosk.device import places
from app.kiosk.device.release import ReleaseRefused, read_keys
from app.kiosk.device.slots import Slots
from app.kiosk.device.updater import UpdateFailed, Updater, require_safe

log = logging.getLogger("wijkbalie.update")

CLOSED_FROM, CLOSED_TO = time(23, 0), time(6, 0)
"""No library is open then. By day a release waits for the next start."""


def closed(now: datetime) -> bool:
    return now.time() >= CLOSED_FROM or now.time() < CLOSED_TO


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    address = os.environ.get("UPDATES_URL")
    if not address:
        log.info("update: this terminal has no settings yet")
        return 0
    updater = Updater(
        slots=Slots(
            places.LOADER_DIR,
            places.PARTITIONS,
            places.running_slot(Path("/proc/cmdline").read_text("ascii")),
        ),
        address=require_safe(address),
        keys=read_keys(places.UPDATE_KEYS),
        state_dir=places.UPDATE_STATE,
    )
    try:
        outcome = updater.run()
    except (ReleaseRefused, UpdateFailed) as problem:
        log.warning("update: %s", problem)
        return 1
    log.info("update: %s", outcome)
    if outcome != "up_to_date" and closed(datetime.now().astimezone()):
        subprocess.run(["systemctl", "--no-block", "reboot"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
