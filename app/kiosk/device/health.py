"""Waits until the agent saw the face painted; boot-complete.target, which makes a slot good, waits for this.

If the first page does not come and this start is a try, the machine restarts: the loader counts down and goes back to
the old slot. A slot that was good before is left alone: the agent has its own ways to bring a browser back.
"""

import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.kiosk.device.places import AGENT_SOCKET, counted_start

log = logging.getLogger("wijkbalie.health")

WAIT_S = 300.0
_ASK_EVERY_S = 1.0


def painted(socket_path: Path, timeout_s: float = 3.0) -> bool:
    """Has the agent seen a painted page since it began? An agent that does not answer has not."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(timeout_s)
            line.connect(str(socket_path))
            line.sendall(b'{"do": "state"}\n')
            with line.makefile("rb") as reader:
                state = json.loads(reader.readline(4096))
        return isinstance(state, dict) and bool(state.get("last_good_paint_at"))
    except (OSError, ValueError):
        return False


def wait_for_paint(
    ask: Callable[[], bool],
    wait_s: float = WAIT_S,
    now: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> bool:
    end = now() + wait_s
    while not ask():
        if now() >= end:
            return False
        pause(_ASK_EVERY_S)
    return True


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    agent = Path(os.environ.get("AGENT_SOCKET") or AGENT_SOCKET)
    wait_s = float(os.environ.get("PAINT_WITHIN_S") or WAIT_S)
    if wait_for_paint(lambda: painted(agent), wait_s):
        log.info("wijkbalie: painted after %.1f s", time.clock_gettime(time.CLOCK_BOOTTIME))
        return 0
    log.error("wijkbalie: nothing painted within %.0f s", wait_s)
    if counted_start():
        subprocess.run(["systemctl", "--no-block", "reboot"], check=False)
    return 1


if __name__ == "__main__":
    sys.exit(main())
