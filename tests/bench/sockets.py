"""How quick a socket message is, and what a room costs, with 100 rooms of four on the line."""

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.integration.socket_server import SocketServer
from tests.load.crowd import Crowd

ROOMS = 100
SECONDS = 10
CHANGES_PER_ROOM_PER_S = 4
"""Somebody types in each room at once, as fast as a quick typist."""
KEPT_OPEN: list[Crowd] = []
"""Else their sockets close when they are forgotten."""


def measure(_audio: Path) -> Iterator[dict[str, Any]]:
    """The real server (gunicorn, gthread, threads = 2 * seats + 32) and database; sent → read by each other."""
    with tempfile.TemporaryDirectory() as folder:
        server = SocketServer(Path(folder), seats=4 * ROOMS + 4)
        server.start()
        try:
            yield from _measure(server)
        finally:
            stopped_s = server.stop()
        # All 400 are still open, and none says goodbye: as if every telephone slept.
        yield {"name": "sockets.stop_s", "value": round(stopped_s, 2), "unit": "s", "sockets": 4 * ROOMS}


def _measure(server: SocketServer) -> Iterator[dict[str, Any]]:
    first = Crowd(server, 1)  # what is loaded once is not a room's
    before = _resident_bytes(server)
    crowd = Crowd(server, ROOMS)
    per_room = (_resident_bytes(server) - before) / ROOMS
    crowd.type(1, CHANGES_PER_ROOM_PER_S)
    gc.disable()  # the client's own pauses are not the server's
    try:
        heard = crowd.type(SECONDS, CHANGES_PER_ROOM_PER_S)
    finally:
        gc.enable()
    delays = sorted(heard.delays_ms)
    if len(delays) != heard.expected:
        raise RuntimeError(f"{heard.expected - len(delays)} of {heard.expected} messages did not come")
    facts = {"rooms": ROOMS, "sockets": 4 * ROOMS, "messages": len(delays)}
    yield {"name": "sockets.message_p50_ms", "value": round(_at(delays, 0.5), 2), "unit": "ms", **facts}
    yield {"name": "sockets.message_p99_ms", "value": round(_at(delays, 0.99), 2), "unit": "ms", **facts}
    yield {
        "name": "sockets.memory_per_room_kib",
        "value": round(per_room / 1024),
        "unit": "KiB",
        "rooms": ROOMS,
    }
    KEPT_OPEN.extend((first, crowd))


def _at(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def _resident_bytes(server: SocketServer) -> int:
    statm = Path(f"/proc/{server.state()['pid']}/statm").read_text()
    return int(statm.split()[1]) * os.sysconf("SC_PAGE_SIZE")


BENCHMARKS = {"sockets": measure}
