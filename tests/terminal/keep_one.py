"""Keeps one request and says so: run under strace, to see what the disk had by then. Arguments: folder, synchronous."""

import os
import sys
from pathlib import Path

from sqlalchemy import event

from app.kiosk.device.outbox import Outbox
from app.kiosk.device.store import Store
from app.kiosk.sealing import SealingKeys, seal

store = Store(Path(sys.argv[1]))
event.listen(
    store.engine,
    "checkout",
    lambda connection, *_: connection.execute(f"PRAGMA synchronous = {sys.argv[2]}").close(),
)
box = Outbox(store, seal)
box.learn_key(SealingKeys(["a secret"]).public_key)
box.add({"name": "Wilhelmina", "phone": "14 010"})
os.write(1, b"kept\n")
