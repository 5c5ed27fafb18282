"""One run of the updater, in a process that may lose its power: `update_once.py LOADER PARTITIONS STATE ADDRESS KEY
STEP COUNT`. At the COUNT-th time that STEP is told, it ends by SIGKILL."""

import os
import signal
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.kiosk.device.slots import Slots
from app.kiosk.device.updater import Updater

loader, partitions, state, address, key, last_step, count = sys.argv[1:]
seen: list[str] = []


def told(step: str) -> None:
    seen.append(step)
    if step == last_step and seen.count(step) == int(count):
        os.kill(os.getpid(), signal.SIGKILL)


Updater(
    Slots(Path(loader), Path(partitions), "a"),
    address,
    [Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))],
    Path(state),
    told,
    flush_every=4096,
).run()
